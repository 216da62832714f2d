// WHIP and WHEP clients as npm has them, each used as its own documentation says. All have one face towards the tests.
import { WebRTCPlayer } from '@eyevinn/webrtc-player';
import { WHIPClient as EyevinnClient } from '@eyevinn/whip-web-client';
import { WHEPClient } from 'whip-whep/whep.js';
import { WHIPClient } from 'whip-whep/whip.js';

const THREE_LAYERS = [
  { rid: 'q', scaleResolutionDownBy: 4, maxBitrate: 60_000 },
  { rid: 'h', scaleResolutionDownBy: 2, maxBitrate: 150_000 },
  { rid: 'f', maxBitrate: 300_000 },
];

/** `publish` and `play` resolve with what a test can ask of a running session. */
globalThis.npmClients = {
  'whip-whep': {
    async publish({ url, key }) {
      const media = await camera({ width: 1280, height: 720 });
      const peer = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
      for (const track of media.getTracks()) {
        const sendEncodings = track.kind === 'video' ? THREE_LAYERS : [{}];
        peer.addTransceiver(track, { direction: 'sendonly', streams: [media], sendEncodings });
      }
      const client = new WHIPClient();
      await client.publish(peer, url, key);
      return running(client, peer);
    },

    async play({ url }) {
      const peer = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
      for (const kind of ['video', 'audio']) peer.addTransceiver(kind, { direction: 'recvonly' });
      peer.addEventListener('track', ({ streams: [stream] }) => show(stream));
      const client = new WHEPClient();
      await client.view(peer, url);
      return {
        ...running(client, peer),
        choose: (layer) => (layer ? client.selectLayer(layer) : client.unselectLayer()),
      };
    },
  },

  eyevinn: {
    async publish({ url, key }) {
      const client = new EyevinnClient({ endpoint: url, opts: { authkey: key, iceServers: [] } });
      await client.setIceServersFromEndpoint();
      await client.ingest(await camera({ width: 640, height: 360 }));
      return { stop: () => client.destroy() };
    },

    async play({ url }) {
      const video = document.querySelector('video');
      const player = new WebRTCPlayer({ video, type: 'whep', iceServers: [] });
      await player.load(new URL(url));
      video.play().catch(() => {});
      return { stop: () => player.unload() };
    },
  },
};

function running(client, peer) {
  return {
    stop: () => client.stop(),
    /** Resolves once the path with the new credentials is in use. */
    async restart() {
      await client.restart();
      const own = /a=ice-ufrag:(.*)\r\n/.exec(peer.localDescription.sdp)[1];
      const [{ sender, receiver }] = peer.getTransceivers();
      const { iceTransport } = sender.transport ?? receiver.transport;
      while (iceTransport.getSelectedCandidatePair()?.local.usernameFragment !== own) {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    /** The relays it was told of. */
    relays: () => peer.getConfiguration().iceServers.map(({ urls, username }) => ({ urls, username })),
  };
}

function camera(size) {
  return navigator.mediaDevices.getUserMedia({ audio: true, video: { ...size, frameRate: 30 } });
}

function show(stream) {
  const video = document.querySelector('video');
  video.srcObject = stream;
  video.play().catch(() => {});
}

// The smallest honest WHIP and WHEP clients: an offer without candidates, one POST, no trickle.
import { openEye } from './eye.js';

async function negotiate(peer, url, token, refine = (sdp) => sdp) {
  const { type, sdp } = await peer.createOffer();
  await peer.setLocalDescription({ type, sdp: refine(sdp) });
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/sdp', ...(token && { authorization: `Bearer ${token}` }) },
    body: peer.localDescription.sdp,
  });
  if (response.status !== 201) throw new Error(`${response.status}: ${await response.text()}`);
  await peer.setRemoteDescription({ type: 'answer', sdp: await response.text() });
  const session = new URL(response.headers.get('location'), url);
  return async () => {
    peer.close();
    const deleted = await fetch(session, {
      method: 'DELETE',
      headers: token ? { authorization: `Bearer ${token}` } : {},
    });
    return deleted.status;
  };
}

/**
 * Publishes the fake camera and microphone; `video` is a codec name or false, `audio` true or false, `layers` the
 * encodings of a simulcast. Returns how to stop.
 */
export async function publish({ url, key, video = 'VP8', audio = true, layers }) {
  const peer = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
  const media = await navigator.mediaDevices.getUserMedia({
    audio,
    video: video && { width: layers ? 1280 : 640, height: layers ? 720 : 360, frameRate: 30 },
  });
  for (const track of media.getTracks()) {
    const sendEncodings = track.kind === 'video' && layers ? layers : [{}];
    const transceiver = peer.addTransceiver(track, { direction: 'sendonly', streams: [media], sendEncodings });
    if (track.kind === 'video') transceiver.setCodecPreferences(onlyCodec(video));
  }
  return negotiate(peer, url, key);
}

/** Plays into the page's `<video>`. Returns how to stop. */
export async function play({ url, token }) {
  const peer = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
  const media = new MediaStream();
  peer.addTransceiver('video', { direction: 'recvonly' });
  peer.addTransceiver('audio', { direction: 'recvonly' });
  peer.addEventListener('track', ({ track }) => media.addTrack(track));
  const element = document.querySelector('video');
  element.srcObject = media;
  const stop = await negotiate(peer, url, token, withRoundTrip);
  element.play().catch(() => {}); // Without a picture there is nothing to play.
  globalThis.openEye = () => openEye(element, peer);
  return stop;
}

/** Plays until the first picture is shown, and how many milliseconds that took. */
export async function firstPicture(options) {
  const startedMs = performance.now();
  const shown = new Promise((resolve) => document.querySelector('video').requestVideoFrameCallback(resolve));
  const stop = await play(options);
  await shown;
  const tookMs = performance.now() - startedMs;
  await stop();
  return tookMs;
}

/** As the site's own player asks for it. */
function withRoundTrip(offer) {
  return offer.replaceAll(/^a=rtcp-fb:(\d+) nack\r\n/gm, '$&a=rtcp-fb:$1 rrtr\r\n');
}

function onlyCodec(name) {
  const wanted = [`video/${name}`, 'video/rtx'].map((type) => type.toLowerCase());
  return RTCRtpSender.getCapabilities('video').codecs.filter((codec) => wanted.includes(codec.mimeType.toLowerCase()));
}

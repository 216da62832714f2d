// Loaded into every page before its own scripts: remembers peer connections and looks at what they carry.
{
  const peers = [];
  const Native = globalThis.RTCPeerConnection;

  globalThis.RTCPeerConnection = class RTCPeerConnection extends Native {
    constructor(...options) {
      super(...options);
      peers.push(this);
    }
  };

  async function allStats() {
    const open = peers.filter((peer) => peer.signalingState !== 'closed');
    const reports = await Promise.all(open.map((peer) => peer.getStats()));
    return reports.flatMap((report) =>
      [...report.values()].map((stats) => ({ ...stats, codec: report.get(stats.codecId)?.mimeType })),
    );
  }

  const MS_FROM_1900_TO_1970 = 2_208_988_800_000;
  const sum = (all, field) => all.reduce((total, stats) => total + (stats[field] ?? 0), 0);

  globalThis.probe = {
    /** How many connections the page has made. */
    peers() {
      return peers.length;
    },

    async received() {
      const inbound = (await allStats()).filter((stats) => stats.type === 'inbound-rtp');
      const video = inbound.filter((stats) => stats.kind === 'video');
      const audio = inbound.filter((stats) => stats.kind === 'audio');
      return {
        framesDecoded: sum(video, 'framesDecoded'),
        width: video.at(-1)?.frameWidth ?? 0,
        height: video.at(-1)?.frameHeight ?? 0,
        videoCodec: video.at(-1)?.codec ?? '',
        audioCodec: audio.at(-1)?.codec ?? '',
        audioEnergy: sum(audio, 'totalAudioEnergy'),
        freezes: sum(video, 'freezeCount'),
      };
    },

    /** Of the sound: what came, and what had to be made up. */
    async heard() {
      const audio = (await allStats()).filter(({ type, kind }) => type === 'inbound-rtp' && kind === 'audio');
      return {
        packets: sum(audio, 'packetsReceived'),
        lost: sum(audio, 'packetsLost'),
        samples: sum(audio, 'totalSamplesReceived'),
        concealed: sum(audio, 'concealedSamples'),
      };
    },

    /** Of everything: what came, and what never did. */
    async arrived() {
      const inbound = (await allStats()).filter(({ type }) => type === 'inbound-rtp');
      return { packets: sum(inbound, 'packetsReceived'), lost: sum(inbound, 'packetsLost') };
    },

    async sent() {
      const outbound = (await allStats()).filter((stats) => stats.type === 'outbound-rtp');
      const video = outbound.filter((stats) => stats.kind === 'video');
      const audio = outbound.filter((stats) => stats.kind === 'audio');
      return {
        framesEncoded: sum(video, 'framesEncoded'),
        videoPackets: sum(video, 'packetsSent'),
        audioPackets: sum(audio, 'packetsSent'),
      };
    },

    isConnected() {
      return peers.length > 0 && peers.every((peer) => peer.connectionState === 'connected');
    },

    /** As a program that ends: connections say goodbye, and nobody hears of it by HTTP. */
    hangUp() {
      for (const peer of peers) peer.close();
    },

    /** The connections stay, and nothing is sent any more. */
    async pause() {
      const senders = peers.flatMap((peer) => peer.getSenders());
      await Promise.all(senders.map((sender) => sender.replaceTrack(null)));
    },

    /** Of a simulcast: starts or stops the layer with this rid. */
    async switchLayer(rid, active) {
      for (const sender of peers.flatMap((peer) => peer.getSenders())) {
        const parameters = sender.getParameters();
        const layer = parameters.encodings.find((encoding) => encoding.rid === rid);
        if (!layer) continue;
        layer.active = active;
        await sender.setParameters(parameters);
      }
    },

    /** Of the path that is in use: udp or tcp. */
    async transport() {
      const all = await allStats();
      const { selectedCandidatePairId } = all.find(({ type }) => type === 'transport') ?? {};
      const pair = all.find(({ id }) => id === selectedCandidatePairId);
      return all.find(({ id }) => id === pair?.remoteCandidateId)?.protocol;
    },

    /** From capture to playout, by the sender's reports and on the same machine. */
    async delayMs(kind = 'video') {
      const played = (await allStats()).find((stats) => stats.type === 'inbound-rtp' && stats.kind === kind);
      const playedAt = played?.estimatedPlayoutTimestamp;
      return playedAt && Date.now() + MS_FROM_1900_TO_1970 - playedAt;
    },

    picture(selector) {
      const video = document.querySelector(selector);
      if (video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) return undefined;
      const canvas = new OffscreenCanvas(64, 36);
      const context = canvas.getContext('2d', { willReadFrequently: true });
      context.drawImage(video, 0, 0, 64, 36);
      const { data } = context.getImageData(0, 0, 64, 36);
      return Array.from({ length: 64 * 36 }, (_, index) => {
        const [red, green, blue] = data.subarray(index * 4, index * 4 + 3);
        return Math.round((red + green + blue) / 3);
      });
    },
  };
}

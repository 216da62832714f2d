// What a person in front of a `<video>` sees, and what the connection behind it tells.

const SAMPLE_MS = 250;
/** As the statistics of WebRTC count freezes: a picture that comes this much later than usual. */
const LATE_MS = 150;
const PATIENCE_MS = 3000;

/** Notes every picture shown from the next one on. */
export function openEye(video, peer) {
  /** From picture to picture, with how many came between of which the page was not told, being busy or hidden. */
  const steps = [];
  const offsetsMs = [];
  /** Each time the picture had another size than before. */
  const sizes = [];
  let openedMs = performance.now();
  let shownMs = openedMs;
  let shown;
  let pictures = 0;
  let isOpen = true;
  const begun = videoStats(peer);

  const note = (_, { presentationTime, presentedFrames, height }) => {
    if (sizes.at(-1)?.height !== height) sizes.push({ atMs: presentationTime, height });
    if (shown === undefined) {
      openedMs = presentationTime;
    } else {
      const untold = Math.max(0, presentedFrames - shown - 1);
      steps.push({ ms: presentationTime - shownMs, untold });
      pictures += untold + 1;
    }
    shownMs = presentationTime;
    shown = presentedFrames;
    if (isOpen) video.requestVideoFrameCallback(note);
  };
  video.requestVideoFrameCallback(note);

  const sampler = setInterval(async () => {
    const offsetMs = await lipOffset(peer);
    if (offsetMs !== undefined) offsetsMs.push(Math.abs(offsetMs));
  }, SAMPLE_MS);

  return {
    async look() {
      // A freeze that still lasts counts with all its length.
      await Promise.race([nextPicture(video), new Promise((resolve) => setTimeout(resolve, PATIENCE_MS))]);
      const nowMs = performance.now();
      const sinceMs = nowMs - shownMs;
      const watchedMs = nowMs - openedMs;
      const usualMs = watchedMs / Math.max(1, pictures);
      const gapsMs = steps.map(({ ms, untold }) => ms - untold * usualMs);
      const freezes = [...gapsMs, sinceMs > PATIENCE_MS ? sinceMs : 0].filter((gapMs) => gapMs > usualMs + LATE_MS);
      const { received, sender } = await videoStats(peer);
      const grown = await grownSince(begun, received);
      const emitted = grown('jitterBufferEmittedCount');
      return {
        watchedMs,
        pictures,
        height: video.videoHeight,
        sizes: sizes.map(({ atMs, height }) => ({ height, afterMs: atMs - openedMs })),
        freezes: freezes.length,
        longestFreezeMs: Math.max(0, ...freezes),
        frozenShare: freezes.reduce((sum, gapMs) => sum + gapMs, 0) / watchedMs,
        lipOffsetMs: median(offsetsMs),
        countedFrozenShare: (grown('totalFreezesDuration') * 1000) / watchedMs,
        keyframesAsked: grown('pliCount'),
        bufferMs: emitted && (grown('jitterBufferDelay') * 1000) / emitted,
        packetsRepaired: received?.retransmittedPacketsReceived ?? 0,
        roundTripMs: sender?.roundTripTime && sender.roundTripTime * 1000,
      };
    },
    close() {
      isOpen = false;
      clearInterval(sampler);
    },
  };
}

async function videoStats(peer) {
  const all = [...(await peer.getStats()).values()].filter(({ kind }) => kind === 'video');
  const [received, sender] = ['inbound-rtp', 'remote-outbound-rtp'].map((type) => all.find((one) => one.type === type));
  return { received, sender };
}

/** By how much a number of the receiver's has grown. */
async function grownSince(begun, received) {
  const { received: before } = await begun;
  return (field) => (received?.[field] ?? 0) - (before?.[field] ?? 0);
}

/** How much later than the sound played now the picture shown now was captured, in ms. */
async function lipOffset(peer) {
  const all = [...(await peer.getStats()).values()].filter(({ type }) => type === 'inbound-rtp');
  const [sound, picture] = ['audio', 'video'].map(
    (kind) => all.find((stats) => stats.kind === kind)?.estimatedPlayoutTimestamp,
  );
  return sound && picture ? picture - sound : undefined;
}

function nextPicture(video) {
  return new Promise((resolve) => video.requestVideoFrameCallback(resolve));
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}

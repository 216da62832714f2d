// What a person in front of a `<video>` that flashes and beeps at once sees and hears of it.
{
  const LOOK_EVERY_MS = 10;
  const BRIGHT = 200;
  const LOUD = 0.1;
  /** Between two flashes, or beeps, there is at least this. */
  const APART_MS = 500;
  const SAME_MOMENT_MS = 900;
  const STILL_MS = 100;

  globalThis.openScreening = (selector) => {
    const video = document.querySelector(selector);
    const hear = openEar(video);
    const see = openEyes(video);
    let seen;
    const forget = () => {
      seen = { sinceMs: performance.now(), flashes: [], beeps: [], stalls: [], sizes: [], rates: [] };
    };
    forget();
    const clock = { at: video.currentTime, movedMs: performance.now() };

    see((shownMs, isBright, height) => {
      if (seen.sizes.at(-1)?.height !== height) seen.sizes.push({ height, afterMs: shownMs - seen.sinceMs });
      if (isBright) note(seen.flashes, shownMs);
    });
    setInterval(() => {
      const nowMs = performance.now();
      for (const heardMs of hear(nowMs)) note(seen.beeps, heardMs);
      const isExpected = !video.paused && !video.seeking && !video.ended;
      const stillMs = nowMs - clock.movedMs;
      if (!isExpected || video.currentTime !== clock.at) {
        // The page may be late to look; what was played meanwhile is no stall.
        const stalledMs = stillMs - ((video.currentTime - clock.at) * 1000) / video.playbackRate;
        if (isExpected && stalledMs > STILL_MS) seen.stalls.push(stalledMs);
        Object.assign(clock, { at: video.currentTime, movedMs: nowMs });
      }
    }, LOOK_EVERY_MS);

    return {
      forget,
      look() {
        const stillMs = performance.now() - clock.movedMs;
        const stalls = stillMs > STILL_MS && !video.paused ? [...seen.stalls, stillMs] : seen.stalls;
        return {
          watchedMs: performance.now() - seen.sinceMs,
          at: video.currentTime,
          height: video.videoHeight,
          sizes: seen.sizes,
          longestStallMs: Math.max(0, ...stalls),
          stalledMs: stalls.reduce((sum, ms) => sum + ms, 0),
          offsetsMs: seen.flashes.flatMap((flashMs) => {
            const nearest = seen.beeps
              .map((beepMs) => flashMs - beepMs)
              .toSorted((a, b) => Math.abs(a) - Math.abs(b))[0];
            return Math.abs(nearest) < SAME_MOMENT_MS ? [nearest] : [];
          }),
        };
      },
    };
  };

  function note(moments, atMs) {
    if (atMs - (moments.at(-1) ?? Number.NEGATIVE_INFINITY) > APART_MS) moments.push(atMs);
    else moments[moments.length - 1] = Math.min(moments.at(-1), atMs);
  }

  /** Tells of each picture when it is shown, whether it is a flash, and how large it is. */
  function openEyes(video) {
    const context = new OffscreenCanvas(16, 9).getContext('2d', { willReadFrequently: true });
    return (tell) => {
      const onPicture = (_, { expectedDisplayTime, height }) => {
        context.drawImage(video, 0, 0, 16, 9);
        const { data } = context.getImageData(0, 0, 16, 9);
        const green = data.filter((_, index) => index % 4 === 1);
        tell(expectedDisplayTime, green.reduce((sum, value) => sum + value, 0) / green.length > BRIGHT, height);
        video.requestVideoFrameCallback(onPicture);
      };
      video.requestVideoFrameCallback(onPicture);
    };
  }

  /** Tells when beeps began, as they leave the element. */
  function openEar(video) {
    const context = new AudioContext();
    const analyser = new AnalyserNode(context, { fftSize: 8192 });
    const source = context.createMediaElementSource(video);
    source.connect(analyser).connect(context.destination);
    const samples = new Float32Array(analyser.fftSize);
    let heardUpTo = 0;
    return (nowMs) => {
      analyser.getFloatTimeDomainData(samples);
      const end = context.currentTime;
      const timeOf = (index) => end - (samples.length - index) / context.sampleRate;
      const beeps = [];
      for (const [index, sample] of samples.entries()) {
        const at = timeOf(index);
        if (at <= heardUpTo || Math.abs(sample) < LOUD) continue;
        beeps.push(nowMs - (end - at) * 1000);
        break;
      }
      heardUpTo = end;
      return beeps;
    };
  }
}

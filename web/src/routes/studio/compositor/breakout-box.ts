/** Tracks as streams of frames, which as yet Chromium alone gives to a page (W3C mediacapture-transform). */
interface TrackProcessor {
  readonly readable: ReadableStream<VideoFrame>;
}

type TrackGenerator = MediaStreamTrack & { readonly writable: WritableStream<VideoFrame> };

interface BreakoutBox {
  readonly MediaStreamTrackProcessor: new (init: { track: MediaStreamTrack; maxBufferSize: number }) => TrackProcessor;
  readonly MediaStreamTrackGenerator: new (init: { kind: 'video' }) => TrackGenerator;
}

export function breakoutBox(): BreakoutBox | undefined {
  const has = 'MediaStreamTrackProcessor' in globalThis && 'MediaStreamTrackGenerator' in globalThis;
  return has ? (globalThis as unknown as BreakoutBox) : undefined;
}

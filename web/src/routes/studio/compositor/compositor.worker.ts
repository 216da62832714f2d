import { type PictureSource, REPEATED_AFTER_MS } from './compositor.ts';
import { type Drawable, draw, type Picture } from './draw.ts';

export type ToWorker =
  | { readonly type: 'open'; readonly output: WritableStream<VideoFrame> }
  | { readonly type: 'show'; readonly picture: Picture }
  | { readonly type: 'take'; readonly source: PictureSource; readonly frames: ReadableStream<VideoFrame> | undefined }
  | { readonly type: 'image'; readonly image: ImageBitmap | undefined };

const canvas = new OffscreenCanvas(2, 2);
const context = canvas.getContext('2d', { alpha: false });
const frames: Partial<Record<PictureSource, VideoFrame>> = {};
const readers: Partial<Record<PictureSource, ReadableStreamDefaultReader<VideoFrame>>> = {};

let output: WritableStreamDefaultWriter<VideoFrame> | undefined;
let picture: Picture | undefined;
let image: ImageBitmap | undefined;
let timer: ReturnType<typeof setInterval> | undefined;
let hasChanged = false;
let drawnAtMs = 0;

addEventListener('message', ({ data }: MessageEvent<ToWorker>) => {
  hasChanged = true;
  switch (data.type) {
    case 'open':
      output = data.output.getWriter();
      return;
    case 'show':
      return show(data.picture);
    case 'take':
      return take(data.source, data.frames);
    case 'image':
      image = data.image;
  }
});

function show(next: Picture): void {
  const isSameSize = canvas.width === next.size.width && canvas.height === next.size.height;
  if (!isSameSize) Object.assign(canvas, next.size);
  if (picture?.frameRate !== next.frameRate) {
    clearInterval(timer);
    timer = setInterval(tick, 1000 / next.frameRate);
  }
  picture = next;
}

function take(source: PictureSource, stream: ReadableStream<VideoFrame> | undefined): void {
  // It may have ended by itself.
  void readers[source]?.cancel().catch(() => {});
  delete readers[source];
  frames[source]?.close();
  delete frames[source];
  if (stream) void read(source, stream.getReader());
}

/** Keeps the newest frame of a source, until it ends or another takes its place. */
async function read(source: PictureSource, reader: ReadableStreamDefaultReader<VideoFrame>): Promise<void> {
  readers[source] = reader;
  for (;;) {
    const { value } = await reader.read().catch(() => ({ value: undefined }));
    if (readers[source] !== reader) return value?.close();
    frames[source]?.close();
    delete frames[source];
    hasChanged = true;
    if (!value) return;
    frames[source] = value;
  }
}

function tick(): void {
  const nowMs = performance.now();
  if (!picture || !output || !context) return;
  if (!hasChanged && nowMs - drawnAtMs < REPEATED_AFTER_MS) return;
  // The encoder is behind: a frame that waits is a frame that comes late.
  if ((output.desiredSize ?? 0) <= 0) return;
  draw(context, picture, {
    camera: frames.camera && drawable(frames.camera),
    screen: frames.screen && drawable(frames.screen),
    image: image && { source: image, width: image.width, height: image.height },
  });
  hasChanged = false;
  drawnAtMs = nowMs;
  // Refused once the track has ended, and with it what this is for.
  output.write(new VideoFrame(canvas, { timestamp: nowMs * 1000 })).catch(() => clearInterval(timer));
}

function drawable(frame: VideoFrame): Drawable {
  return { source: frame, width: frame.displayWidth, height: frame.displayHeight };
}

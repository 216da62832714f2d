import { type Compositor, type PictureSource, REPEATED_AFTER_MS } from './compositor.ts';
import { type Drawable, draw, type Picture } from './draw.ts';

/**
 * Draws on a canvas of the page: for browsers that give a worker no frames (Firefox, Safari). `undefined` where a canvas
 * makes no video either.
 */
export function canvasCompositor(): Compositor | undefined {
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d', { alpha: false });
  const videos = { camera: silentVideo(), screen: silentVideo() };
  const [track] = canvas.captureStream?.().getVideoTracks() ?? [];
  if (!track) return undefined;
  const ticker = new Worker(new URL('./ticker.worker.ts', import.meta.url), { type: 'module' });
  const taken: Partial<Record<PictureSource, MediaStreamTrack | undefined>> = {};
  let picture: Picture | undefined;
  let image: ImageBitmap | undefined;
  let drawnAtMs = 0;

  ticker.onmessage = () => {
    const nowMs = performance.now();
    if (!picture || !context) return;
    const isStill = picture.scene === 'image';
    if (isStill && nowMs - drawnAtMs < REPEATED_AFTER_MS) return;
    drawnAtMs = nowMs;
    draw(context, picture, {
      camera: drawable(videos.camera),
      screen: drawable(videos.screen),
      image: image && { source: image, width: image.width, height: image.height },
    });
  };

  return {
    track,
    show(next: Picture) {
      if (canvas.width !== next.size.width || canvas.height !== next.size.height) Object.assign(canvas, next.size);
      if (picture?.frameRate !== next.frameRate) ticker.postMessage(1000 / next.frameRate);
      picture = next;
      drawnAtMs = 0;
    },
    take(source: PictureSource, next: MediaStreamTrack | undefined) {
      if (taken[source] === next) return;
      taken[source] = next;
      const video = videos[source];
      video.srcObject = next ? new MediaStream([next]) : null;
      // It plays as soon as there is something to play.
      if (next) void video.play().catch(() => {});
    },
    takeImage(next: ImageBitmap | undefined) {
      image = next;
      drawnAtMs = 0;
    },
    close() {
      ticker.terminate();
      track.stop();
      for (const video of Object.values(videos)) video.srcObject = null;
    },
  };
}

function silentVideo(): HTMLVideoElement {
  return Object.assign(document.createElement('video'), { muted: true, playsInline: true });
}

function drawable(video: HTMLVideoElement): Drawable | undefined {
  if (video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) return undefined;
  return { source: video, width: video.videoWidth, height: video.videoHeight };
}

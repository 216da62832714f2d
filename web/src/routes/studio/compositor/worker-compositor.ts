import { breakoutBox } from './breakout-box.ts';
import type { Compositor, PictureSource } from './compositor.ts';
import type { ToWorker } from './compositor.worker.ts';
import type { Picture } from './draw.ts';

/**
 * Draws in a worker, which a browser does not slow down while the page is behind another window: as it is whenever
 * somebody shows his screen. `undefined` where the browser can not.
 */
export function workerCompositor(): Compositor | undefined {
  const box = breakoutBox();
  if (!box) return undefined;
  const worker = new Worker(new URL('./compositor.worker.ts', import.meta.url), { type: 'module' });
  const tell = (message: ToWorker, transfer: Transferable[] = []) => worker.postMessage(message, transfer);
  const track = new box.MediaStreamTrackGenerator({ kind: 'video' });
  tell({ type: 'open', output: track.writable }, [track.writable]);
  const taken: Partial<Record<PictureSource, MediaStreamTrack | undefined>> = {};
  let image: ImageBitmap | undefined;
  return {
    track,
    show: (picture: Picture) => tell({ type: 'show', picture }),
    take(source: PictureSource, next: MediaStreamTrack | undefined) {
      if (taken[source] === next) return;
      taken[source] = next;
      if (!next) return tell({ type: 'take', source, frames: undefined });
      const { readable } = new box.MediaStreamTrackProcessor({ track: next, maxBufferSize: 1 });
      tell({ type: 'take', source, frames: readable }, [readable]);
    },
    takeImage(next: ImageBitmap | undefined) {
      if (image === next) return;
      image = next;
      tell({ type: 'image', image });
    },
    close() {
      track.stop();
      worker.terminate();
    },
  };
}

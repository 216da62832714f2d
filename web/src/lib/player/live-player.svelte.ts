import { Viewer, type ViewerOptions } from '../viewer.ts';
import type { ViewerSnapshot } from '../viewer-snapshot.ts';

/** A viewer whose state Svelte follows. */
export class LivePlayer {
  readonly viewer: Viewer;
  now: ViewerSnapshot;

  constructor(options: ViewerOptions) {
    this.viewer = new Viewer({
      ...options,
      onChange: (now) => {
        this.now = now;
      },
    });
    this.now = $state.raw(this.viewer.snapshot);
  }
}

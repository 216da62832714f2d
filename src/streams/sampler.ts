import type { TrackStats } from '../media/stats.ts';
import type { StreamSample } from './ports.ts';

export type Sample = Omit<StreamSample, 'streamId'>;

/** How one stream goes, from one sample to the next. Sans-IO. */
export class Sampler {
  #fromMs: number;
  #viewers: number;
  #measures = 0;
  #ingestBps = 0;
  #framesPerSecond = 0;
  #sentBytes = 0;

  constructor(now: { ms: number; viewers: number }) {
    this.#fromMs = now.ms;
    this.#viewers = now.viewers;
  }

  /** About each second, while somebody publishes. */
  measured(tracks: readonly TrackStats[]): void {
    this.#measures += 1;
    for (const { layers } of tracks) for (const { bitrateBps } of layers) this.#ingestBps += bitrateBps;
    const rates = tracks.flatMap(({ kind, layers }) =>
      kind === 'video' ? layers.map((layer) => layer.framesPerSecond) : [],
    );
    this.#framesPerSecond += Math.max(0, ...rates);
  }

  /** To all viewers of a thread, since it was told last. */
  sent(bytes: number): void {
    this.#sentBytes += bytes;
  }

  watched(viewers: number): void {
    this.#viewers = Math.max(this.#viewers, viewers);
  }

  /** Of the time since the last one, which begins anew. */
  take(now: { ms: number; viewers: number }, lossShare: number | undefined): Sample {
    const spanSeconds = Math.max(1, Math.round((now.ms - this.#fromMs) / 1000));
    const sample: Sample = {
      at: new Date(now.ms),
      spanSeconds,
      viewers: this.#viewers,
      ingestBps: Math.round(this.#ingestBps / Math.max(this.#measures, spanSeconds)),
      egressBps: Math.round((this.#sentBytes * 8) / spanSeconds),
      ...(lossShare !== undefined && { lossShare }),
      ...(this.#measures > 0 && { framesPerSecond: this.#framesPerSecond / this.#measures }),
    };
    this.#fromMs = now.ms;
    this.#viewers = now.viewers;
    this.#measures = 0;
    this.#ingestBps = 0;
    this.#framesPerSecond = 0;
    this.#sentBytes = 0;
    return sample;
  }
}

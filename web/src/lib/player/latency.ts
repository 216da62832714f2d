import type { Entry } from './stats-entry.ts';
import { numberOf } from './stats-entry.ts';

const MS_FROM_1900_TO_1970 = 2_208_988_800_000;
/** Beyond it two clocks differ, not capture and picture. */
const MOST_MS = 20_000;

export interface Latency {
  readonly ms: number;
  /**
   * `capture`: from the streamer's camera. `server`: from when the server received it. `buffer`: what this browser holds
   * back, the network and the streamer not counted.
   */
  readonly since: 'capture' | 'server' | 'buffer';
}

/** What the jitter buffer had given out up to a moment. */
interface Buffered {
  readonly delayMs: number;
  readonly count: number;
}

/** How far behind the picture is: by the time of capture, where the streamer tells it by a clock that agrees with ours. */
export class LatencyMeter {
  #before: Buffered | undefined;
  #bufferMs: number | undefined;

  /** `undefined` until something was played. `epochMs`: the present time since 1970. */
  measured(inbound: Entry, epochMs: number): Latency | undefined {
    const now = {
      delayMs: numberOf(inbound, 'jitterBufferDelay') * 1000,
      count: numberOf(inbound, 'jitterBufferEmittedCount'),
    };
    const isNew = this.#before === undefined || now.count < this.#before.count;
    const { delayMs, count } = isNew || !this.#before ? { delayMs: 0, count: 0 } : this.#before;
    if (now.count > count) this.#bufferMs = (now.delayMs - delayMs) / (now.count - count);
    this.#before = now;

    const captureMs = epochMs + MS_FROM_1900_TO_1970 - numberOf(inbound, 'estimatedPlayoutTimestamp');
    if (this.#bufferMs === undefined) return undefined;
    if (captureMs >= this.#bufferMs && captureMs < MOST_MS) return { ms: captureMs, since: 'capture' };
    return { ms: this.#bufferMs, since: 'buffer' };
  }
}

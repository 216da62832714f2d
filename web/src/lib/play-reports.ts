import { StallCount } from './stall-count.ts';

const EVERY_MS = 30_000;

/** What is seen of it by now. */
export interface Picture {
  /** Grows as long as it plays: pictures decoded, or time played. */
  readonly progress: number;
  /** 0 before there is one. */
  readonly height: number;
}

export interface PlayReport {
  readonly joinMs: number | undefined;
  readonly stalls: number;
  readonly stalledMs: number;
  readonly height: number | undefined;
  readonly isLast: boolean;
}

export interface PlayReportsOptions {
  /** When it was asked for, by the page's clock. */
  readonly sinceMs: number;
  readonly tell: (report: PlayReport) => void;
}

/** Tells the server how it goes for the one who watches: with the first picture, twice a minute, and at the end. */
export class PlayReports {
  readonly #options: PlayReportsOptions;
  readonly #stalls = new StallCount();
  /** For how many looks the picture had which height. */
  readonly #heights = new Map<number, number>();
  #timer: ReturnType<typeof setInterval> | undefined;
  #joinMs: number | undefined;

  constructor(options: PlayReportsOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#tell(), EVERY_MS);
  }

  /** The first one counts. */
  pictureShown(): void {
    if (this.#joinMs !== undefined) return;
    this.#joinMs = Math.round(performance.now() - this.#options.sinceMs);
    this.#tell();
  }

  looked({ progress, height }: Picture, nowMs: number): void {
    this.#stalls.look(progress, nowMs);
    if (height > 0) this.#heights.set(height, (this.#heights.get(height) ?? 0) + 1);
  }

  /** The viewer paused. */
  rested(): void {
    this.#stalls.rest();
  }

  /** Idempotent. */
  close(): void {
    if (this.#timer === undefined) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#tell(true);
  }

  #tell(isLast = false): void {
    const [height] = [...this.#heights].toSorted(([, a], [, b]) => b - a)[0] ?? [];
    this.#options.tell({ joinMs: this.#joinMs, ...this.#stalls.at(performance.now()), height, isLast });
  }
}

/** Nothing hangs on it: without an answer it is `undefined`. The last request outlives the page. */
export async function postReport(url: string, report: PlayReport): Promise<Response | undefined> {
  const headers = { 'content-type': 'application/json' };
  return fetch(url, { method: 'POST', headers, body: JSON.stringify(report), keepalive: true }).catch(() => undefined);
}

import type { RtcResource } from './rtc-resource.ts';
import { StallCount } from './stall-count.ts';

const REL = 'urn:freshet:whep:ext:report';
const EVERY_MS = 30_000;

/** What is received of it by now. */
export interface Picture {
  readonly decoded: number;
  /** 0 before there is one. */
  readonly height: number;
}

/** Tells the server how it goes for the one who watches: with the first picture, twice a minute, and at the end. */
export class PlayReports {
  readonly #url: string | undefined;
  readonly #postedMs: number;
  readonly #stalls = new StallCount();
  /** For how many looks the picture had which height. */
  readonly #heights = new Map<number, number>();
  #timer: ReturnType<typeof setInterval> | undefined;
  #joinMs: number | undefined;

  constructor(session: RtcResource) {
    this.#url = session.linked(REL);
    this.#postedMs = session.postedMs;
    if (this.#url !== undefined) this.#timer = setInterval(() => this.#send(), EVERY_MS);
  }

  /** The first one counts. */
  pictureShown(): void {
    if (this.#joinMs !== undefined) return;
    this.#joinMs = Math.round(performance.now() - this.#postedMs);
    this.#send();
  }

  looked({ decoded, height }: Picture, nowMs: number): void {
    this.#stalls.look(decoded, nowMs);
    if (height > 0) this.#heights.set(height, (this.#heights.get(height) ?? 0) + 1);
  }

  /** Idempotent. The last request outlives the page. */
  close(): void {
    if (this.#timer === undefined) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#send();
  }

  #send(): void {
    if (this.#url === undefined) return;
    const [height] = [...this.#heights].toSorted(([, a], [, b]) => b - a)[0] ?? [];
    const report = { joinMs: this.#joinMs, ...this.#stalls.at(performance.now()), height };
    const headers = { 'content-type': 'application/json' };
    // Nothing hangs on it.
    void fetch(this.#url, { method: 'POST', headers, body: JSON.stringify(report), keepalive: true }).catch(() => {});
  }
}

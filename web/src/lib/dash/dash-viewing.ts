import { type Picture, type PlayReport, PlayReports, postReport } from '../play-reports.ts';

/**
 * Tells the server that somebody watches by DASH, and how it goes for him. What is fetched may come from a cache, so that
 * nothing else does.
 */
export class DashViewing {
  /** Of all viewings of the channel. */
  readonly #url: string;
  readonly #reports: PlayReports;
  /** Of this viewing; absent until the server has answered. */
  #own: string | undefined;
  #last: PlayReport | undefined;

  /** From the first picture on. `sinceMs`: when DASH was asked for, by the page's clock. */
  constructor(manifestUrl: string, sinceMs: number) {
    this.#url = manifestUrl.replace(/[^/]*$/, 'viewings');
    this.#reports = new PlayReports({ sinceMs, tell: (report) => void this.#tell(report) });
    this.#reports.pictureShown();
  }

  looked(picture: Picture): void {
    this.#reports.looked(picture, performance.now());
  }

  /** The viewer paused. */
  rested(): void {
    this.#reports.rested();
  }

  /** Idempotent. */
  close(): void {
    this.#reports.close();
  }

  async #tell(report: PlayReport): Promise<void> {
    if (report.isLast) this.#last = report;
    if (this.#own !== undefined) {
      const response = await postReport(`${this.#own}/report`, report);
      // The server has begun anew, or held him for gone.
      if (response?.status !== 404) return;
      this.#own = undefined;
    }
    if (this.#last) return;
    this.#own = await this.#open();
    if (this.#own !== undefined) await postReport(`${this.#own}/report`, this.#last ?? report);
  }

  async #open(): Promise<string | undefined> {
    const response = await fetch(this.#url, { method: 'POST' }).catch(() => undefined);
    const own = response?.headers.get('location');
    return response?.status === 201 && own ? new URL(own, response.url).href : undefined;
  }
}

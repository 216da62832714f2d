import { LossReports } from '../media/loss-reports.ts';
import type { CongestionControl } from './fan-out.ts';

/** Numbers what is sent to a viewer who loses many packets by chance, so that his feedback tells which. */
export class LossWatch implements CongestionControl {
  readonly extensionId: number;
  /** The stream has one layer: there is nothing to choose. */
  readonly estimateBps = Number.POSITIVE_INFINITY;
  readonly #losses = new LossReports();
  #next = 0;

  constructor(extensionId: number) {
    this.extensionId = extensionId;
  }

  sent(_bytes: number, _nowMs: number, outSeq?: number): number {
    const wideSeq = this.#next & 0xffff;
    this.#next += 1;
    if (outSeq !== undefined) this.#losses.sent(wideSeq, outSeq);
    return wideSeq;
  }

  began(): void {}

  /** What the feedback says is lost: numbers of the viewer's stream, 16 bits. */
  lost(raw: Uint8Array): readonly number[] {
    return this.#losses.lost(raw);
  }
}

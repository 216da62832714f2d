import { type Advice, type AdviceCode, worstFirst } from './advice.ts';

const SHOWN_MS = 10_000;

/** What the streamer is told now: each advice for a while after its reason is gone, so that it does not flicker. */
export class AdviceBoard {
  readonly #shown = new Map<AdviceCode, { readonly advice: Advice; readonly untilMs: number }>();

  get shown(): readonly Advice[] {
    return worstFirst([...this.#shown.values()].map(({ advice }) => advice));
  }

  /** What came new, and whether the board changed at all; new words for the same advice do not count. */
  update(advice: readonly Advice[], nowMs: number): { raised: readonly Advice[]; hasChanged: boolean } {
    const raised = advice.filter(({ code }) => !this.#shown.has(code));
    for (const one of advice) this.#shown.set(one.code, { advice: one, untilMs: nowMs + SHOWN_MS });
    const gone = [...this.#shown].filter(([, { untilMs }]) => untilMs <= nowMs);
    for (const [code] of gone) this.#shown.delete(code);
    return { raised, hasChanged: raised.length + gone.length > 0 };
  }
}

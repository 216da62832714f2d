import type { LayerWish, VideoLayer } from '../video-layer.ts';
import { isUnseen, type Quality, qualitiesOf } from './qualities.ts';

type Wished = Pick<Quality, 'key' | 'label' | 'wish'>;

/** What a viewer may choose on a channel, and what he chose: remembered for the next time, until he chooses again. */
export class QualityChoice {
  /** The best one first. Kept while there is no news, so that nothing flickers. */
  qualities: readonly Quality[] = $state.raw([]);
  #wished: Wished | undefined = $state.raw();
  #asked: LayerWish;
  readonly #storedAs: string;
  readonly #ask: (wish: LayerWish) => Promise<void>;

  constructor(slug: string, ask: (wish: LayerWish) => Promise<void>) {
    this.#storedAs = `quality:${slug}`;
    this.#ask = ask;
    this.#wished = stored(this.#storedAs);
    this.#asked = this.#wished?.wish ?? {};
    // Nothing is connected yet: this is for the session to come.
    void ask(this.#asked);
  }

  /** `undefined`: the server chooses. */
  get chosen(): Quality | undefined {
    const { key, label } = this.#wished ?? {};
    return (
      this.qualities.find((quality) => quality.key === key) ?? this.qualities.find((quality) => quality.label === label)
    );
  }

  /** Rejects when it can not be had; what was chosen before then stands. */
  async choose(quality: Quality | undefined): Promise<void> {
    const before = this.#wished;
    this.#wished = quality;
    try {
      await this.#follow();
    } catch (error) {
      this.#wished = before;
      this.#follow().catch(() => {});
      throw error;
    }
    remember(this.#storedAs, quality);
  }

  heard(layers: readonly VideoLayer[]): void {
    // A publisher who just came back: what the list looks like is not known yet, and is about to be.
    if (this.qualities.length > 0 && layers.some(isUnseen)) return;
    this.qualities = qualitiesOf(layers);
    // Another publisher has other layers: what was wished for may be there by another name, or not at all.
    this.#follow().catch(() => {});
  }

  async #follow(): Promise<void> {
    const wish = this.chosen?.wish ?? {};
    if (JSON.stringify(wish) === JSON.stringify(this.#asked)) return;
    this.#asked = wish;
    await this.#ask(wish);
  }
}

function stored(name: string): Wished | undefined {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(name) ?? 'null');
    return isWished(value) ? value : undefined;
  } catch {
    // Rendering on the server, or storage is forbidden.
    return undefined;
  }
}

function isWished(value: unknown): value is Wished {
  return typeof value === 'object' && value !== null && 'key' in value && 'label' in value && 'wish' in value;
}

function remember(name: string, quality: Quality | undefined): void {
  try {
    if (!quality) return localStorage.removeItem(name);
    const { key, label, wish } = quality;
    localStorage.setItem(name, JSON.stringify({ key, label, wish } satisfies Wished));
  } catch {
    // Not remembered, then.
  }
}

import type { VideoLayer } from '../video-layer.ts';
import { isUnseen, type Quality, qualitiesOf, SOUND_ONLY } from './qualities.ts';

type Wished = Pick<Quality, 'key' | 'label' | 'wish'>;

export interface QualityChoiceOptions {
  /** The choice is remembered by it. */
  readonly channel: string;
  /** What to begin with, by its label or as `audio`; then nothing is remembered. */
  readonly first?: string | undefined;
  /** Makes it so on the server; rejects where it can not be had. `undefined`: the server chooses. */
  readonly ask: (quality: Wished | undefined) => Promise<void>;
  readonly onChange: () => void;
}

/** What a viewer may choose on a channel, and what he chose: remembered for the next time, until he chooses again. */
export class QualityChoice {
  readonly #options: QualityChoiceOptions;
  readonly #storedAs: string | undefined;
  #qualities: readonly Quality[] = [];
  #wished: Wished | undefined;
  #asked: Wished | undefined;

  constructor(options: QualityChoiceOptions) {
    this.#options = options;
    const { channel, first } = options;
    this.#storedAs = first === undefined ? `quality:${channel}` : undefined;
    this.#wished = first === undefined ? stored(`quality:${channel}`) : wishOf(first);
    this.#asked = this.#wished;
  }

  /** What the session to come is to begin with. */
  get first(): Wished | undefined {
    return this.#wished;
  }

  /** The best one first; the sound alone is the last. Kept while there is no news, so that nothing flickers. */
  get qualities(): readonly Quality[] {
    return this.#qualities.length > 0 || this.chosen ? [...this.#qualities, SOUND_ONLY] : [];
  }

  /** `undefined`: the server chooses. */
  get chosen(): Quality | undefined {
    const { key, label } = this.#wished ?? {};
    if (key === SOUND_ONLY.key) return SOUND_ONLY;
    return (
      this.#qualities.find((quality) => quality.key === key) ??
      this.#qualities.find((quality) => quality.label === label)
    );
  }

  /** What is wished for, also while it is not to be had. */
  get label(): string | undefined {
    return this.#wished?.label;
  }

  /** By its name, as it is known on another way: whatever has it here is asked for, as soon as there is such a one. */
  async chooseLabel(label: string | undefined): Promise<void> {
    const named = [...this.#qualities, SOUND_ONLY].find((quality) => quality.label === label);
    await this.choose(named ?? (label === undefined ? undefined : wishOf(label)));
  }

  /** Rejects when it can not be had; what was chosen before then stands. */
  async choose(quality: Wished | undefined): Promise<void> {
    const before = this.#wished;
    this.#wished = quality;
    this.#options.onChange();
    try {
      await this.#follow();
    } catch (error) {
      this.#wished = before;
      this.#options.onChange();
      this.#follow().catch(() => {});
      throw error;
    }
    if (this.#storedAs !== undefined) remember(this.#storedAs, quality);
  }

  heard(layers: readonly VideoLayer[]): void {
    // A publisher who just came back: what the list looks like is not known yet, and is about to be.
    if (this.#qualities.length > 0 && layers.some(isUnseen)) return;
    this.#qualities = qualitiesOf(layers);
    this.#options.onChange();
    // Another publisher has other layers: what was wished for may be there by another name, or not at all.
    this.#follow().catch(() => {});
  }

  async #follow(): Promise<void> {
    const { chosen } = this;
    const idOf = (wished: Wished | undefined) => JSON.stringify([wished?.key === SOUND_ONLY.key, wished?.wish ?? {}]);
    if (idOf(chosen) === idOf(this.#asked)) return;
    this.#asked = chosen;
    await this.#options.ask(chosen);
  }
}

/** Which layer that is shows once the layers are known. */
function wishOf(label: string): Wished {
  return label === 'audio' ? SOUND_ONLY : { key: '', label, wish: {} };
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

function remember(name: string, quality: Wished | undefined): void {
  try {
    if (!quality) return localStorage.removeItem(name);
    const { key, label, wish } = quality;
    localStorage.setItem(name, JSON.stringify({ key, label, wish } satisfies Wished));
  } catch {
    // Not remembered, then.
  }
}

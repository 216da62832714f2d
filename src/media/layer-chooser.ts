import type { LayerOffer } from './layer-selector.ts';
import { isPermitted, type LayerTraits, type LayerWish, permitted } from './layer-wish.ts';

/** Why a viewer is sent the layer that he is sent. */
export type ChoiceReason =
  | 'auto' // what his link carries
  | 'only_layer' // no other is sent
  | 'pinned' // asked for
  | 'pinned_beyond_link' // asked for, though his link seems to carry less
  | 'capped' // the most that he allows
  | 'layer_silent' // what he asked for is not sent now: what his link carries, instead
  | 'link_too_thin'; // none: his link carries no more than the sound

/** For the eyes of people: what one viewer is sent, and why. */
export interface LayerChoice {
  /** Of the layer being sent; empty without simulcast, absent before anything is sent. */
  readonly rid?: string;
  readonly reason: ChoiceReason;
  /** Absent as long as nothing speaks against the link, and for viewers who tell nothing about it. */
  readonly estimateBps?: number;
}

/** What a viewer's link carries, where he tells about it. */
export interface LinkView<L> {
  readonly estimateBps: number;
  /** `undefined` where it carries none of it, which is not looked at where the picture `isWanted` all the same. */
  choose(ladder: readonly LayerOffer<L>[], nowMs: number, isWanted: boolean): L | undefined;
}

/** The layer for one viewer: what he asks for, and within that what his link carries. */
export class LayerChooser<L> {
  reason: ChoiceReason = 'auto';
  #wish: LayerWish = {};

  ask(wish: LayerWish): void {
    this.#wish = wish;
  }

  permits(layer: LayerTraits): boolean {
    return isPermitted(layer, this.#wish);
  }

  /** Whether a layer is asked for by a name that is none of those `isKnown`, and not sent now. */
  lacks(isKnown: (rid: string) => boolean): boolean {
    const { rid } = this.#wish;
    return this.reason === 'layer_silent' && rid !== undefined && !isKnown(rid);
  }

  /** `ladder`: from the least to the best. `undefined` when it is empty, or all of it too much for the link. */
  choose(ladder: readonly LayerOffer<L>[], link: LinkView<L> | undefined, nowMs: number): L | undefined {
    const { ladder: allowed, outcome } = permitted(ladder, this.#wish);
    const open = withoutChoppy(allowed);
    const layer = link ? link.choose(open, nowMs, outcome === 'pinned') : open.at(-1)?.layer;
    const offer = open.find((candidate) => candidate.layer === layer);
    if (!offer) {
      if (open.length > 0) this.reason = 'link_too_thin';
      return undefined;
    }
    const estimateBps = link?.estimateBps ?? Number.POSITIVE_INFINITY;
    if (outcome === 'absent') this.reason = 'layer_silent';
    else if (outcome === 'pinned') this.reason = estimateBps < offer.bitrateBps ? 'pinned_beyond_link' : 'pinned';
    else if (ladder.length === 1) this.reason = 'only_layer';
    else this.reason = outcome === 'capped' && offer === open.at(-1) ? 'capped' : 'auto';
    return layer;
  }
}

/** A smaller picture is better than one that stutters, unless the least there is does so. */
function withoutChoppy<L>(ladder: readonly LayerOffer<L>[]): readonly LayerOffer<L>[] {
  const [least] = ladder;
  const isBase = ({ rid, spatialLayerId }: LayerOffer<L>) =>
    rid === least?.rid && spatialLayerId === least?.spatialLayerId;
  const isSmooth = ladder.some(({ isChoppy }) => !isChoppy);
  return isSmooth ? ladder.filter((offer) => !offer.isChoppy || isBase(offer)) : ladder;
}

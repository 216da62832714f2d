import type { Layer } from '../media/layer.ts';
import type { Packet } from '../media/packet.ts';

// A picture or so: what is a little ahead makes no gap that is seen.
const NEAR_MS = 40;
/** A group that began so long before what was sent last was seen already. */
const SEEN_MS = 200;
/** Groups may be shorter than what is made here is behind: then the picture has to skip. */
const PATIENCE_MS = 4_000;

/**
 * A layer that is made here shows what happened half a second ago and more. Who goes from it to what is published would
 * miss that, or his picture would stand still for as long. So he goes over at the moment when what he sees has come to where
 * the other layer's newest group begins, and is sent that from there on.
 */
export class Meeting {
  #sinceMs = 0;

  /** He is to go to another layer. */
  begin(nowMs: number): void {
    this.#sinceMs = nowMs;
  }

  /** Whether to wait for the group that begins here, as it is ahead of what was sent last. */
  isAhead(first: Packet, last: Packet | undefined, nowMs: number): boolean {
    if (!last?.layer.isRendition || nowMs - this.#sinceMs >= PATIENCE_MS) return false;
    return leadMs(first, last) > NEAR_MS;
  }

  /** Whether what is cached of this layer will do, sooner or later. */
  isInSight(layer: Layer, last: Packet | undefined): boolean {
    const start = groupStart(layer);
    return start !== undefined && last !== undefined && leadMs(start, last) > -SEEN_MS;
  }

  /** Where to go on in this layer now, if that is where what was sent has come to. */
  placeIn(layer: Layer, last: Packet | undefined): Packet | undefined {
    const start = groupStart(layer);
    if (!start || !last?.layer.isRendition) return undefined;
    const lead = leadMs(start, last);
    return lead <= NEAR_MS && lead > -SEEN_MS ? start : undefined;
  }
}

/** How much later the one was captured than the other. */
function leadMs(first: Packet, last: Packet): number {
  return first.layer.capturedMsOf(first.timestamp) - last.layer.capturedMsOf(last.timestamp);
}

function groupStart(layer: Layer): Packet | undefined {
  const start = layer.groupStart();
  return start === undefined ? undefined : layer.cache.get(start);
}

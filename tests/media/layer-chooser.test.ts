import { beforeEach, expect, test } from 'vitest';
import { LayerChooser } from '#src/media/layer-chooser.ts';
import { type LayerOffer, LayerSelector } from '#src/media/layer-selector.ts';
import type { LayerWish } from '#src/media/layer-wish.ts';

const low = { layer: 'low', bitrateBps: 150_000, rid: 'l', height: 180 };
const mid = { layer: 'mid', bitrateBps: 500_000, rid: 'm', height: 360 };
const top = { layer: 'top', bitrateBps: 2_000_000, rid: 'h', height: 720 };
const ladder = [low, mid, top];

let chooser: LayerChooser<string>;
let selector: LayerSelector<string>;
let nowMs: number;

beforeEach(() => {
  chooser = new LayerChooser();
  selector = new LayerSelector();
  nowMs = 0;
});

/** After some seconds of a link that carries so much; `undefined`: of a viewer who tells nothing about it. */
function chosen(estimateBps: number | undefined, offers: readonly LayerOffer<string>[] = ladder) {
  const link = estimateBps !== undefined && {
    estimateBps,
    choose: (open: readonly LayerOffer<string>[], ms: number, isWanted: boolean) =>
      estimateBps === 0 && !isWanted ? undefined : selector.choose(open, estimateBps, ms),
  };
  let layer: string | undefined;
  for (let step = 0; step < 20; step += 1) {
    nowMs += 250;
    layer = chooser.choose(offers, link || undefined, nowMs);
  }
  return [layer, chooser.reason];
}

function ask(wish: LayerWish): void {
  chooser.ask(wish);
}

test('without a wish the link decides', () => {
  expect(chosen(Number.POSITIVE_INFINITY)).toEqual(['top', 'auto']);
  expect(chosen(600_000)).toEqual(['mid', 'auto']);
});

test('a link that carries none of it has none, unless one is asked for by name', () => {
  expect(chosen(0)).toEqual([undefined, 'link_too_thin']);
  ask({ rid: 'l' });
  expect(chosen(0)).toEqual(['low', 'pinned_beyond_link']);
  ask({ maxHeight: 360 });
  expect(chosen(0)).toEqual([undefined, 'link_too_thin']);
  expect(chosen(600_000)).toEqual(['mid', 'capped']);
  expect(chosen(0, [])).toEqual([undefined, 'capped']);
});

test('a viewer who tells nothing about his link gets the best', () => {
  expect(chosen(undefined)).toEqual(['top', 'auto']);
});

test('where only one layer is sent there is nothing to choose', () => {
  expect(chosen(undefined, [mid])).toEqual(['mid', 'only_layer']);
  ask({ maxHeight: 100 });
  expect(chosen(undefined, [mid])).toEqual(['mid', 'only_layer']);
});

test.each([undefined, Number.POSITIVE_INFINITY, 600_000])('the layer asked for is sent (a link of %s)', (bps) => {
  chosen(bps);
  ask({ rid: 'l' });
  expect(chosen(bps)).toEqual(['low', 'pinned']);
  ask({});
  expect(chosen(bps)).toEqual([bps === 600_000 ? 'mid' : 'top', 'auto']);
});

test('the layer asked for is sent over a thinner link too, and that is said', () => {
  ask({ rid: 'h' });
  expect(chosen(600_000)).toEqual(['top', 'pinned_beyond_link']);
  expect(selector.isFlooded).toBe(false);
  expect(chosen(2_000_000)).toEqual(['top', 'pinned']);
});

test.each([undefined, 5_000_000])('a layer asked for that stops is replaced until it is back (a link of %s)', (bps) => {
  ask({ rid: 'm' });
  expect(chosen(bps)).toEqual(['mid', 'pinned']);
  expect(chosen(bps, [low, top])).toEqual(['top', 'layer_silent']);
  expect(chosen(bps)).toEqual(['mid', 'pinned']);
});

test('what replaces it is what the link carries, within the limits', () => {
  ask({ rid: 'm' });
  expect(chosen(600_000, [low, top])).toEqual(['low', 'layer_silent']);
  ask({ rid: 'm', maxHeight: 360 });
  expect(chosen(undefined, [low, top])).toEqual(['low', 'layer_silent']);
});

test('a limit is kept, and below it the link decides', () => {
  ask({ maxHeight: 400 });
  expect(chosen(undefined)).toEqual(['mid', 'capped']);
  expect(chosen(Number.POSITIVE_INFINITY)).toEqual(['mid', 'capped']);
  expect(chosen(200_000)).toEqual(['low', 'auto']);
});

test('the link is asked, and so probed, for nothing above what was asked for', () => {
  let shown: readonly LayerOffer<string>[] = [];
  const choose = (open: readonly LayerOffer<string>[]) => {
    shown = open;
    return open[0]?.layer;
  };
  ask({ maxHeight: 400 });
  chooser.choose(ladder, { estimateBps: 200_000, choose }, 0);
  expect(shown).toEqual([low, mid]);
});

test('nothing is chosen of nothing', () => {
  expect(chosen(undefined, [])).toEqual([undefined, 'auto']);
});

test('what may be sent before the rest is known follows the wish', () => {
  expect(chooser.permits({ rid: 'h', height: 720 })).toBe(true);
  ask({ rid: 'l' });
  expect(chooser.permits({ rid: 'h', height: 720 })).toBe(false);
  expect(chooser.permits({ rid: 'l' })).toBe(true);
  ask({ maxHeight: 400 });
  expect(chooser.permits({ rid: 'h', height: 720 })).toBe(false);
});

test('a smaller picture is chosen before one that stutters, but for the least there is', () => {
  const offer = (name: string, bitrateBps: number, isChoppy: boolean) => {
    const [rid = '', temporal = '0'] = name.split(' ');
    return { layer: name, bitrateBps, rid, spatialLayerId: 0, temporalLayerId: Number(temporal), isChoppy };
  };
  const offers = [
    offer('l 0', 60_000, true),
    offer('l 1', 150_000, false),
    offer('h 0', 600_000, true),
    offer('h 1', 1_000_000, false),
  ];
  expect(chosen(1_200_000, offers)).toEqual(['h 1', 'auto']);
  expect(chosen(700_000, offers)).toEqual(['l 1', 'auto']);
  expect(chosen(70_000, offers)).toEqual(['l 0', 'auto']);
  ask({ rid: 'h', temporalLayerId: 0 });
  expect(chosen(5_000_000, offers)).toEqual(['h 0', 'pinned']);
});

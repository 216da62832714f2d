import { beforeEach, expect, it } from 'vitest';
import { RenditionDemand } from '#src/renditions/demand.ts';

let nowMs: number;
let demand: RenditionDemand;

beforeEach(() => {
  nowMs = 1_000;
  demand = new RenditionDemand({ now: () => nowMs });
});

it('begins with the first word, once', () => {
  expect(demand.changes()).toEqual({ begun: [], ended: [] });
  demand.wanted('a');
  demand.wanted('a');
  demand.wanted('b');
  expect(demand.changes()).toEqual({ begun: ['a', 'b'], ended: [] });
  demand.wanted('a');
  expect(demand.changes()).toEqual({ begun: [], ended: [] });
});

it('ends a minute after the last word, and may begin again', () => {
  demand.wanted('a');
  demand.changes();
  nowMs += 50_000;
  demand.wanted('a');
  nowMs += 59_999;
  expect(demand.changes()).toEqual({ begun: [], ended: [] });
  nowMs += 1;
  expect(demand.changes()).toEqual({ begun: [], ended: ['a'] });
  expect(demand.changes()).toEqual({ begun: [], ended: [] });
  demand.wanted('a');
  expect(demand.changes()).toEqual({ begun: ['a'], ended: [] });
});

it('ends without a word with its stream', () => {
  demand.wanted('a');
  demand.changes();
  demand.ended('a');
  nowMs += 100_000;
  expect(demand.changes()).toEqual({ begun: [], ended: [] });
});

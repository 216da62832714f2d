import { expect, test } from 'vitest';
import { dashStats } from '../../web/src/lib/player/dash-stats.ts';

const now = {
  width: 854,
  height: 480,
  codecs: 'av01.0.04M.08,opus',
  bitrateBps: 664_000,
  estimateBps: 2_500_000,
  latencyMs: 3_200,
  bufferMs: 2_150,
  framesDropped: 3,
  stalls: 0,
};

test('the statistics of DASH tell what is seen, how late, and what the link carries', () => {
  expect(Object.fromEntries(dashStats(now))).toEqual({
    Picture: '854×480',
    Codecs: 'AV1 + Opus',
    Received: '664 kbit/s',
    Link: '2.5 Mbit/s',
    'Behind the server': '3.2 s',
    Buffered: '2.2 s',
    'Frames dropped': '3',
    Freezes: 'none',
    Transport: 'DASH over HTTP',
  });
});

test('of sound alone, and where clocks do not agree, they leave out what they do not know', () => {
  const { latencyMs: _, ...unknown } = { ...now, width: 0, height: 0, codecs: 'opus', stalls: 2 };
  expect(dashStats(unknown).map(([name]) => name)).not.toContain('Picture');
  expect(dashStats(unknown)).toContainEqual(['Codecs', 'Opus']);
  expect(dashStats(unknown)).toContainEqual(['Freezes', '2']);
  expect(dashStats(unknown).map(([name]) => name)).not.toContain('Behind the server');
});

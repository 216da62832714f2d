import { expect, it } from 'vitest';
import { daysOf, totalsOf } from '../../src/analytics/days.ts';
import type { StreamHistoryRecord } from '../../src/streams/ports.ts';

const NOW = new Date('2026-11-21T12:00:00Z');

function stream(
  startedAt: string,
  endedAt: string | null,
  more: Partial<StreamHistoryRecord> = {},
): StreamHistoryRecord {
  return {
    id: startedAt,
    channelId: 'channel-1',
    title: '',
    startedAt: new Date(startedAt),
    endedAt: endedAt === null ? null : new Date(endedAt),
    endReason: null,
    codecs: [],
    width: null,
    height: null,
    maxWidth: null,
    maxHeight: null,
    peakViewers: 0,
    uniqueViewers: 0,
    watchSeconds: 0,
    averageIngestBps: null,
    peakIngestBps: null,
    ...more,
  };
}

const streams = [
  stream('2026-11-21T11:59:00Z', null, { peakViewers: 4, uniqueViewers: 4, watchSeconds: 100 }),
  stream('2026-11-19T23:00:00Z', '2026-11-20T01:00:00Z', { peakViewers: 2, uniqueViewers: 3, watchSeconds: 50 }),
  stream('2026-11-19T08:00:00Z', '2026-11-19T08:10:00Z', { peakViewers: 9, uniqueViewers: 10, watchSeconds: 7 }),
];

it('adds up the streams that began on each day, and knows days without any', () => {
  const time = { from: new Date('2026-11-19T07:00:00Z'), to: NOW };
  expect(daysOf(streams, time, NOW)).toEqual({
    at: ['2026-11-19', '2026-11-20', '2026-11-21'].map((day) => Date.parse(day) / 1000),
    streams: [2, 0, 1],
    liveSeconds: [7200 + 600, 0, 60],
    peakViewers: [9, 0, 4],
    uniqueViewers: [13, 0, 4],
    watchSeconds: [57, 0, 100],
  });
});

it('leaves out the day that a time ends with', () => {
  const time = { from: new Date('2026-11-19'), to: new Date('2026-11-20') };
  expect(daysOf([], time, NOW).at).toEqual([Date.parse('2026-11-19') / 1000]);
});

it('adds up all of them', () => {
  const totals = { streams: 3, liveSeconds: 7860, peakViewers: 9, uniqueViewers: 17, watchSeconds: 157 };
  expect(totalsOf(streams, NOW)).toEqual(totals);
});

import { describe, expect, it } from 'vitest';
import type { RecordedPacket } from '#src/recording/frame.ts';
import { LiveFeed, type LiveFeedOptions } from '#src/recording/live-feed.ts';
import { realVideo, silence } from './real-streams.ts';
import { SOURCE } from './recorded.ts';
import { decoded, probed } from './written-parts.ts';

const CODECS = ['h264', 'vp8', 'vp9', 'av1'] as const;
/** Of the first packets; what is written counts from half a second before. */
const ORIGIN = { originMs: 500 };

function push(feed: LiveFeed, packets: readonly RecordedPacket[]): Uint8Array[] {
  return packets
    .toSorted((a, b) => a.arrivedMs - b.arrivedMs)
    .flatMap((packet) => [...feed.packet({ track: packet.codec === 'opus' ? 1 : 0, layer: 0 }, packet)]);
}

function fed(packets: readonly RecordedPacket[], options: Partial<LiveFeedOptions> = {}): Uint8Array[] {
  const feed = new LiveFeed({ ...ORIGIN, ...options });
  return [...feed.source(SOURCE), ...push(feed, packets)];
}

const timesOf = async (bytes: readonly Uint8Array[]) => {
  const { packets } = await probed(Buffer.concat(bytes));
  const video = packets.filter(({ codec_type }) => codec_type === 'video');
  return video.map(({ pts_time }) => Math.round(Number(pts_time) * 1000));
};

describe.each(CODECS)('a live feed of %s and Opus', (codec) => {
  it('is decoded by ffmpeg without a word, with the times of the clock it was given', async () => {
    const bytes = fed([...realVideo(codec), ...silence()]);
    expect(await decoded(Buffer.concat(bytes))).toEqual({ pictures: 20, words: '' });
    expect(await timesOf(bytes)).toEqual(Array.from({ length: 20 }, (_, index) => 500 + index * 100));
  });

  it('gives out each picture with its last packet', () => {
    const feed = new LiveFeed(ORIGIN);
    feed.source(SOURCE);
    for (const packet of realVideo(codec)) {
      const pieces = feed.packet({ track: 0, layer: 0 }, packet);
      expect(pieces.length > 0).toBe(packet.marker);
    }
  });

  it('can be of keyframes alone', async () => {
    expect(await timesOf(fed([...realVideo(codec), ...silence()], { isKeyframesOnly: true }))).toEqual([500, 1500]);
  });
});

it('goes on where a publisher returns, on the same clock', async () => {
  const feed = new LiveFeed(ORIGIN);
  const before = [...feed.source(SOURCE), ...push(feed, [...realVideo('vp8'), ...silence()])];
  const after = [...feed.source(SOURCE), ...push(feed, [...realVideo('vp8', { epoch: 1, startMs: 9_000 })])];
  expect(feed.isOver).toBe(false);
  const times = await timesOf([...before, ...after]);
  expect(times.slice(20)).toEqual(Array.from({ length: 20 }, (_, index) => 8_500 + index * 100));
});

it('times never run back, however the clock of a publisher who returns is set', async () => {
  const feed = new LiveFeed(ORIGIN);
  const before = [...feed.source(SOURCE), ...push(feed, realVideo('vp8'))];
  const after = [...feed.source(SOURCE), ...push(feed, realVideo('vp8', { epoch: 1, startMs: 2_000 }))];
  const times = await timesOf([...before, ...after]);
  expect(times).toEqual([...new Set(times)].toSorted((a, b) => a - b));
});

it('is over where the codec changes, and where sound comes that was not announced', () => {
  for (const next of [realVideo('vp9', { epoch: 1, startMs: 4_000 }), realVideo('vp8', { epoch: 1, startMs: 4_000 })]) {
    const feed = new LiveFeed(ORIGIN);
    feed.source({ tracks: SOURCE.tracks.slice(0, 1) });
    push(feed, realVideo('vp8'));
    feed.source(next[0]?.codec === 'vp9' ? { tracks: SOURCE.tracks.slice(0, 1) } : SOURCE);
    expect(push(feed, next)).toEqual([]);
    expect(feed.isOver).toBe(true);
  }
});

it('what was captured before the clock begins is left out', async () => {
  const times = await timesOf(fed(realVideo('vp8'), { originMs: 1_450 }));
  expect(times[0]).toBeGreaterThanOrEqual(0);
});

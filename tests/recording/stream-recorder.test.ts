import { describe, expect, it } from 'vitest';
import type { RecordedPacket } from '#src/recording/frame.ts';
import { StreamRecorder } from '#src/recording/stream-recorder.ts';
import { realVideo, silence } from './real-streams.ts';
import { fed, SOURCE } from './recorded.ts';
import { decoded, probed, writtenParts } from './written-parts.ts';

const CODECS = ['h264', 'vp8', 'vp9', 'av1'] as const;
function recorded(packets: readonly RecordedPacket[]): Buffer[] {
  const recorder = new StreamRecorder();
  return writtenParts([...recorder.source(SOURCE), ...fed(recorder, packets), ...recorder.close()]);
}

describe.each(CODECS)('a stream of %s and Opus', (codec) => {
  it('becomes a file that ffmpeg decodes without a word', async () => {
    const [file, ...others] = recorded([...realVideo(codec), ...silence()]);
    expect(others).toEqual([]);
    if (!file) throw new Error('there is no file');
    const { streams, format, packets } = await probed(file);
    expect(streams.map(({ codec_name }) => codec_name)).toEqual([codec, 'opus']);
    expect(streams[0]).toMatchObject({ width: 318, height: 178 });
    expect(format.format_name).toContain('matroska');
    expect(Number(format.duration)).toBeCloseTo(1.98, 1);
    const video = packets.filter(({ codec_type }) => codec_type === 'video');
    expect(video.map(({ pts_time }) => Number(pts_time))).toEqual(video.map((_, index) => index / 10));
    expect(video.filter(({ flags }) => flags.startsWith('K'))).toHaveLength(2);
    expect(await decoded(file)).toEqual({ pictures: 20, words: '' });
  });

  it('can be sought in', async () => {
    const [file] = recorded([...realVideo(codec), ...silence()]);
    expect(file && (await decoded(file, 1.2))).toMatchObject({ pictures: 8, words: '' });
  });

  it('loses no more than the last half second where the process dies', async () => {
    const recorder = new StreamRecorder();
    const actions = [...recorder.source(SOURCE), ...fed(recorder, [...realVideo(codec), ...silence()])];
    const [file] = writtenParts(actions);
    expect(file && (await decoded(file)).pictures).toBeGreaterThanOrEqual(14);
  });

  it('is the same when packets come late and out of order', () => {
    const packets = [...realVideo(codec), ...silence()];
    const late = packets.map((packet, index) => ({
      ...packet,
      arrivedMs: packet.arrivedMs + (index % 7 === 3 && index > 40 ? 400 : 0),
    }));
    expect(recorded(late)).toEqual(recorded(packets));
  });
});

describe('what was lost', () => {
  it('is left out up to the next keyframe, and nothing after it', async () => {
    const video = realVideo('vp8');
    const hole = video.findIndex(({ arrivedMs }) => arrivedMs > 1_350);
    const [file] = recorded([...video.filter((_, index) => index !== hole), ...silence({ count: 200 })]);
    const { packets } = await probed(file ?? Buffer.alloc(0));
    const times = packets.filter(({ codec_type }) => codec_type === 'video').map(({ pts_time }) => Number(pts_time));
    expect(times).toEqual([0, 0.1, 0.2, 0.3, ...Array.from({ length: 10 }, (_, index) => 1 + index / 10)]);
    expect((await decoded(file ?? Buffer.alloc(0))).words).toBe('');
  });
});

describe('parts', () => {
  it('follow one another where the codec changes', async () => {
    const recorder = new StreamRecorder();
    const actions = [
      ...recorder.source(SOURCE),
      ...fed(recorder, realVideo('h264')),
      ...recorder.source(SOURCE),
      ...fed(recorder, realVideo('av1', { epoch: 1, startMs: 4_000 })),
      ...recorder.close(),
    ];
    const files = writtenParts(actions);
    const found = await Promise.all(files.map(probed));
    expect(found.map(({ streams }) => streams[0]?.codec_name)).toEqual(['h264', 'av1']);
    for (const file of files) expect(await decoded(file)).toEqual({ pictures: 20, words: '' });
  });

  it('a publisher that returns goes on in the same file, after as long as it was away', async () => {
    const recorder = new StreamRecorder();
    const actions = [
      ...recorder.source(SOURCE),
      ...fed(recorder, realVideo('vp9')),
      ...recorder.source(SOURCE),
      ...fed(recorder, realVideo('vp9', { epoch: 1, startMs: 8_000 })),
      ...recorder.close(),
    ];
    const [file, ...others] = writtenParts(actions);
    expect(others).toEqual([]);
    const { packets } = await probed(file ?? Buffer.alloc(0));
    const times = packets.filter(({ codec_type }) => codec_type === 'video').map(({ pts_time }) => Number(pts_time));
    expect(times.slice(0, 20)).toEqual(Array.from({ length: 20 }, (_, index) => index / 10));
    expect(times[20]).toBeCloseTo(7, 2);
  });

  it('sound alone is a file of its own once no picture came for five seconds', async () => {
    const recorder = new StreamRecorder();
    const actions = [
      ...recorder.source(SOURCE),
      ...fed(recorder, silence({ count: 400 })),
      ...fed(recorder, realVideo('vp8', { startMs: 10_000 })),
      ...recorder.close(),
    ];
    const found = await Promise.all(writtenParts(actions).map(probed));
    expect(found.map(({ streams }) => streams.map(({ codec_name }) => codec_name))).toEqual([
      ['opus'],
      ['vp8', 'opus'],
    ]);
  });
});

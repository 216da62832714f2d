import { expect, it } from 'vitest';
import type { RecordedPacket } from '#src/recording/frame.ts';
import { StreamRecorder } from '#src/recording/stream-recorder.ts';
import { realVideo } from './real-streams.ts';
import { SOURCE } from './recorded.ts';
import { probed, writtenParts } from './written-parts.ts';

const MINUTES = 10;
const REPORT_MS = 5_000;
const START_MS = 1_000;
/** A picture and a sound at the same instant are this close to each other in the file. */
const IN_STEP_MS = 40;

interface Clock {
  /** How much faster it runs than the one that is shared. */
  readonly ppm: number;
  readonly rate: number;
}

const ticksAt = (ms: number, { ppm, rate }: Clock) => Math.round((ms * rate * (1 + ppm / 1e6)) / 1000) >>> 0;

/** Ten minutes of pictures each second and sound each 20 ms, by clocks that differ; reports as an encoder sends them. */
function recordedWith(videoPpm: number, audioPpm: number): Buffer {
  const recorder = new StreamRecorder();
  const keyframe = realVideo('vp8');
  const first = keyframe.filter(({ timestamp }) => timestamp === keyframe[0]?.timestamp);
  const [video, audio] = [
    { ppm: videoPpm, rate: 90_000 },
    { ppm: audioPpm, rate: 48_000 },
  ];
  const actions = [...recorder.source(SOURCE)];
  let [videoSeq, audioSeq] = [1_000, 70_000];
  for (let ms = 0; ms < MINUTES * 60_000; ms += 20) {
    const arrivedMs = START_MS + ms;
    if (ms % REPORT_MS === 0) {
      recorder.clock({ track: 0, layer: 0 }, ticksAt(ms, video), arrivedMs);
      recorder.clock({ track: 1, layer: 0 }, ticksAt(ms, audio), arrivedMs);
    }
    for (const packet of ms % 1_000 === 0 ? first : []) {
      const sent = { ...packet, extSeq: videoSeq++, timestamp: ticksAt(ms, video), arrivedMs };
      actions.push(...recorder.packet({ track: 0, layer: 0 }, sent));
    }
    const sound: RecordedPacket = {
      ...{ extSeq: audioSeq++, epoch: 0, timestamp: ticksAt(ms, audio), marker: false },
      ...{ codec: 'opus', payload: Uint8Array.of(0xf8, 0xff, 0xfe), arrivedMs },
    };
    actions.push(...recorder.packet({ track: 1, layer: 0 }, sound));
  }
  return writtenParts([...actions, ...recorder.close()])[0] ?? Buffer.alloc(0);
}

it.each([
  [100, -100],
  [-100, 100],
  [0, 100],
])('after ten minutes of clocks that are %s and %s ppm off, sound and picture are in step', async (video, audio) => {
  const { packets } = await probed(recordedWith(video, audio));
  const timesOf = (kind: string) => packets.filter(({ codec_type }) => codec_type === kind).map(msOf);
  const [pictures, sounds] = [timesOf('video'), timesOf('audio')];
  expect(pictures).toHaveLength(MINUTES * 60);
  expect(sounds).toHaveLength(MINUTES * 60 * 50);
  // The picture of each second was captured with every fiftieth sound.
  const offsets = pictures.map((ms, second) => Math.abs(ms - (sounds[second * 50] ?? Number.NaN)));
  expect(Math.max(...offsets)).toBeLessThanOrEqual(IN_STEP_MS);
  const endMs = (MINUTES * 60 - 1) * 1_000;
  expect(Math.abs((pictures.at(-1) ?? 0) - endMs)).toBeLessThanOrEqual(IN_STEP_MS);
});

function msOf({ pts_time }: { readonly pts_time: string }): number {
  return Number(pts_time) * 1_000;
}

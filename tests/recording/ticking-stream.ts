import type { RecordedPacket } from '#src/recording/frame.ts';
import { StreamRecorder } from '#src/recording/stream-recorder.ts';
import { realVideo } from './real-streams.ts';
import { SOURCE } from './recorded.ts';
import { probed, writtenParts } from './written-parts.ts';

const REPORT_MS = 5_000;
const START_MS = 1_000;
const PICTURE_MS = 1_000;
const SOUND_MS = 20;

interface Clock {
  /** How much faster it runs than the one that is shared. */
  readonly ppm: number;
  readonly rate: number;
}

const ticksAt = (ms: number, { ppm, rate }: Clock) => Math.round((ms * rate * (1 + ppm / 1e6)) / 1000) >>> 0;

export type Fate = 'arrives' | 'lost' | 'never sent';

export interface TickingStream {
  readonly seconds: number;
  readonly videoPpm?: number;
  readonly audioPpm?: number;
  /** What becomes of what is captured so many milliseconds after the start. */
  readonly fate?: (kind: 'video' | 'audio', ms: number) => Fate;
}

/**
 * The files of a picture each second and sound each 20 ms, by clocks that may differ; reports come as an encoder sends
 * them.
 */
export function recordedTicking({
  seconds,
  videoPpm = 0,
  audioPpm = 0,
  fate = () => 'arrives',
}: TickingStream): Buffer[] {
  const recorder = new StreamRecorder();
  const keyframe = realVideo('vp8');
  const first = keyframe.filter(({ timestamp }) => timestamp === keyframe[0]?.timestamp);
  const [video, audio] = [
    { ppm: videoPpm, rate: 90_000 },
    { ppm: audioPpm, rate: 48_000 },
  ];
  const actions = [...recorder.source(SOURCE)];
  let [videoSeq, audioSeq] = [1_000, 70_000];
  for (let ms = 0; ms < seconds * 1_000; ms += SOUND_MS) {
    const arrivedMs = START_MS + ms;
    const [ofPicture, ofSound] = [fate('video', ms), fate('audio', ms)];
    if (ms % REPORT_MS === 0 && ofPicture !== 'lost') {
      recorder.clock({ track: 0, layer: 0 }, ticksAt(ms, video), arrivedMs);
      recorder.clock({ track: 1, layer: 0 }, ticksAt(ms, audio), arrivedMs);
    }
    for (const packet of ms % PICTURE_MS === 0 && ofPicture !== 'never sent' ? first : []) {
      const sent = { ...packet, extSeq: videoSeq++, timestamp: ticksAt(ms, video), arrivedMs };
      if (ofPicture === 'arrives') actions.push(...recorder.packet({ track: 0, layer: 0 }, sent));
    }
    if (ofSound === 'never sent') continue;
    const sound: RecordedPacket = {
      ...{ extSeq: audioSeq++, epoch: 0, timestamp: ticksAt(ms, audio), marker: false },
      ...{ codec: 'opus', payload: Uint8Array.of(0xf8, 0xff, 0xfe), arrivedMs },
    };
    if (ofSound === 'arrives') actions.push(...recorder.packet({ track: 1, layer: 0 }, sound));
  }
  return writtenParts([...actions, ...recorder.close()]);
}

/** When its pictures and sounds are shown and heard, in milliseconds of the file. */
export async function timesIn(file: Buffer): Promise<{ readonly pictures: number[]; readonly sounds: number[] }> {
  const { packets } = await probed(file);
  const timesOf = (kind: string) =>
    packets.filter(({ codec_type }) => codec_type === kind).map(({ pts_time }) => Number(pts_time) * 1_000);
  return { pictures: timesOf('video'), sounds: timesOf('audio') };
}

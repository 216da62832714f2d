import { inspectSize } from '../media/codecs/inspect.ts';
import type { CodecName, MediaKind } from '../media/plan.ts';
import { codecConfig, frameBytes } from './frame-bytes.ts';
import type { TimedFrame } from './layer-frames.ts';
import { type Block, OPUS_CONFIG } from './matroska.ts';
import { type Closing, MatroskaFile } from './matroska-file.ts';

const NUMBERS: Readonly<Record<MediaKind, number>> = { video: 1, audio: 2 };

/** What all of one file must have in common. */
export interface PartFormat {
  readonly video?: { readonly codec: CodecName; readonly config: Uint8Array; readonly size?: Size | undefined };
  readonly hasAudio: boolean;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** One file of a recording: from a keyframe on, as long as its tracks stay what they are. */
export class Part {
  readonly format: PartFormat;
  readonly startMs: number;
  readonly #file: MatroskaFile;

  constructor(format: PartFormat, startMs: number) {
    this.format = format;
    this.startMs = startMs;
    const { video, hasAudio } = format;
    this.#file = new MatroskaFile([
      ...(video ? [{ number: NUMBERS.video, ...video }] : []),
      ...(hasAudio ? [{ number: NUMBERS.audio, codec: 'opus' as const, config: OPUS_CONFIG }] : []),
    ]);
  }

  get head(): Uint8Array {
    return this.#file.head.bytes;
  }

  get durationMs(): number {
    return this.#file.durationMs;
  }

  get isWebm(): boolean {
    return this.format.video?.codec !== 'h264';
  }

  /** Whether this keyframe can follow in the same file. Sizes may change: each decoder reads them in the stream. */
  fits(keyframe: TimedFrame): boolean {
    const { video } = this.format;
    if (video?.codec !== keyframe.codec) return false;
    return keyframe.codec !== 'h264' || Buffer.compare(video.config, codecConfig(keyframe) ?? video.config) === 0;
  }

  push(frame: TimedFrame): readonly Uint8Array[] {
    const ms = Math.round(frame.ms - this.startMs);
    return ms < 0 ? [] : this.#file.push(this.#block(frame, ms));
  }

  close(): Closing {
    return this.#file.close();
  }

  #block(frame: TimedFrame, ms: number): Block {
    return { track: NUMBERS[frame.kind], ms, isKey: frame.isKey, data: frameBytes(frame) };
  }
}

/** Of a part that begins with this keyframe; `undefined` where it lacks what a decoder must have first. */
export function videoFormat(keyframe: TimedFrame): PartFormat['video'] | undefined {
  const config = codecConfig(keyframe);
  const { codec, payloads } = keyframe;
  const size = payloads
    .map((payload) => inspectSize(codec, payload, 0, payload.length))
    .find((found) => found !== undefined);
  return config && { codec, config, size };
}

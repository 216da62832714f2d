import type { ClientRequest } from 'node:http';
import type { Readable, Writable } from 'node:stream';
import { describeAv1, readAv1Unit } from '#src/dash/av1-unit.ts';
import { ivfFrame, ivfHead } from '#src/dash/ivf.ts';
import { type FoundBlock, MatroskaBlocks } from '#src/dash/matroska-blocks.ts';
import { type Second, Seconds } from '#src/dash/seconds.ts';
import { audioInit, videoInit } from '#src/dash/webm.ts';
import { type IvfFrame, IvfReader } from '#src/media/ivf.ts';
import type { Ffmpeg } from '../ffmpeg.ts';
import { liveArgs } from './encoder-args.ts';
import { FeedOpening, type OpenedFeed } from './feed-opening.ts';
import { KeepingUp } from './keeping-up.ts';
import { initName, type RunningRepresentation } from './live-presentation.ts';
import { evenRate, type LiveRung } from './live-rungs.ts';

const SOUND_BPS = 128_000;
/** What may wait to be encoded, or to be sent: seconds of it. */
const MOST_WAITING_BYTES = 8 * 1024 * 1024;
/** Some seconds of sound. */
const MOST_HELD_BYTES = 64 * 1024;

export interface LiveRunOptions {
  readonly ffmpeg: Ffmpeg;
  readonly feed: Readable;
  readonly rungsFor: (source: OpenedFeed['video']) => readonly LiveRung[];
  /** A further layer of the stream; `undefined` where that rung is none. */
  readonly layer: (rung: LiveRung, source: OpenedFeed['video']) => ClientRequest | undefined;
  /** `zeroMs`: when the stream's clock stood at zero, by this machine's. */
  readonly onSecond: (second: Second, representations: readonly RunningRepresentation[], zeroMs: number) => void;
  readonly signal: AbortSignal;
}

export type RunEnd = 'feed_over' | 'too_slow';

interface Rung extends LiveRung {
  readonly reader: IvfReader;
  readonly layer: ClientRequest | undefined;
  representation: RunningRepresentation | undefined;
  madeMs: number;
}

/** One encoder on one feed: each picture encoded once a rung, for segments and for layers alike. */
export class LiveRun {
  readonly #options: LiveRunOptions;
  readonly #reader = new MatroskaBlocks();
  readonly #keepingUp = new KeepingUp();
  readonly #abort = new AbortController();
  #zeroMs = Number.POSITIVE_INFINITY;
  #fedMs = 0;
  #rungs: readonly Rung[] = [];
  #seconds: Seconds | undefined;
  #audio: RunningRepresentation | undefined;
  #isTooSlow = false;

  constructor(options: LiveRunOptions) {
    this.#options = options;
  }

  /** Rejects with ffmpeg's words, or the signal's reason. */
  async run(): Promise<RunEnd> {
    const { feed, signal } = this.#options;
    const opening = new FeedOpening(this.#reader);
    const early: Buffer[] = [];
    const sound: FoundBlock[] = [];
    let encoder: ReturnType<Ffmpeg['pipe']> | undefined;
    let videoTrack = 0;
    try {
      for await (const chunk of feed as AsyncIterable<Buffer>) {
        const blocks = this.#reader.push(chunk);
        const nowMs = Date.now();
        for (const { ms } of blocks) this.#zeroMs = Math.min(this.#zeroMs, nowMs - ms);
        if (encoder) {
          encoder.input.write(chunk);
          for (const block of blocks) this.#heard(block, videoTrack);
          // It has no use for sound, which therefore need not wake it: that goes with the next picture.
          const hasPicture = blocks.some(({ track }) => track === videoTrack);
          if (hasPicture || encoder.input.writableLength > MOST_HELD_BYTES) releaseAndHold(encoder.input);
          if (this.#isLost(encoder.input.writableLength, nowMs)) return 'too_slow';
          continue;
        }
        early.push(chunk);
        sound.push(...blocks);
        const opened = opening.push(blocks, nowMs);
        if (!opened) continue;
        videoTrack = opened.video.number;
        encoder = this.#start(opened);
        encoder.input.write(Buffer.concat(early));
        encoder.input.cork();
        for (const block of sound) this.#heard(block, videoTrack);
      }
      signal.throwIfAborted();
      encoder?.input.end();
      await encoder?.ended;
      return this.#isTooSlow ? 'too_slow' : 'feed_over';
    } finally {
      feed.destroy();
      this.#abort.abort(new Error('the run is over'));
      for (const { layer } of this.#rungs) layer?.end();
      await encoder?.ended.catch(() => {});
    }
  }

  #start({ video, hasAudio, firstMs, rate }: OpenedFeed): ReturnType<Ffmpeg['pipe']> {
    const { ffmpeg, rungsFor, layer, signal, feed } = this.#options;
    const rungs = rungsFor(video);
    const framesPerSecond = evenRate(rate);
    const encoder = ffmpeg.pipe({
      args: liveArgs({
        encoder: ffmpeg.videoEncoder,
        rungs,
        framesPerSecond,
        startSecond: Math.floor(firstMs / 1_000),
      }),
      signal: AbortSignal.any([signal, this.#abort.signal]),
      furtherOutputs: rungs.length - 1,
    });
    // An encoder that ends before its feed does has failed; what it said comes with `ended`.
    encoder.ended.then(
      () => feed.destroy(),
      (problem: Error) => feed.destroy(problem),
    );
    this.#seconds = new Seconds({ videos: rungs.map(({ name }) => name), audio: hasAudio ? 'audio' : undefined });
    this.#audio = hasAudio ? audioRepresentation() : undefined;
    this.#fedMs = firstMs;
    this.#rungs = rungs.map((rung, index) => {
      const made: Rung = {
        ...rung,
        reader: new IvfReader(),
        layer: layer(rung, video),
        representation: undefined,
        madeMs: firstMs,
      };
      made.layer?.write(ivfHead(rung));
      encoder.outputs[index]?.on('data', (chunk: Buffer) => {
        for (const frame of made.reader.push(chunk)) this.#made(made, frame, framesPerSecond);
      });
      return made;
    });
    return encoder;
  }

  #heard({ track, ms, isKey, data }: FoundBlock, videoTrack: number): void {
    if (track === videoTrack) this.#fedMs = ms;
    else this.#seconds?.sound({ ms, isKey, data });
  }

  #made(rung: Rung, { ms: exactMs, data }: IvfFrame, framesPerSecond: number): void {
    const ms = Math.round(exactMs);
    rung.madeMs = ms;
    if (rung.layer?.writable && rung.layer.writableLength < MOST_WAITING_BYTES)
      rung.layer.write(ivfFrame({ ms, data }));
    const unit = readAv1Unit(data);
    if (unit.sequenceHeader) rung.representation ??= pictureRepresentation(rung, unit.sequenceHeader, framesPerSecond);
    const isKey = unit.sequenceHeader !== undefined;
    const seconds = this.#seconds?.picture(rung.name, { ms, isKey, data: unit.data }) ?? [];
    for (const second of seconds) this.#options.onSecond(second, this.#representations(), this.#zeroMs);
  }

  #representations(): readonly RunningRepresentation[] {
    const pictures = this.#rungs.flatMap(({ representation }) => representation ?? []);
    return this.#audio ? [...pictures, this.#audio] : pictures;
  }

  #isLost(waitingBytes: number, nowMs: number): boolean {
    const madeMs = Math.min(...this.#rungs.map((rung) => rung.madeMs));
    this.#isTooSlow =
      waitingBytes > MOST_WAITING_BYTES || this.#keepingUp.isLost({ fedMs: this.#fedMs, madeMs, nowMs });
    return this.#isTooSlow;
  }
}

/** What was written until now goes out, what comes waits. */
function releaseAndHold(input: Writable): void {
  input.uncork();
  input.cork();
}

function pictureRepresentation(
  { name, width, height, bitrateBps }: LiveRung,
  sequenceHeader: Uint8Array,
  frameRate: number,
): RunningRepresentation | undefined {
  const described = describeAv1(sequenceHeader);
  if (!described) return undefined;
  const { config, codecs } = described;
  const initBytes = videoInit({ config, width, height, frameMs: 1_000 / frameRate });
  return {
    id: name,
    kind: 'video',
    codecs,
    bitrateBps,
    width,
    height,
    frameRate,
    init: initName(initBytes),
    initBytes,
  };
}

function audioRepresentation(): RunningRepresentation {
  const initBytes = audioInit();
  return { id: 'audio', kind: 'audio', codecs: 'opus', bitrateBps: SOUND_BPS, init: initName(initBytes), initBytes };
}

import { Interleaver } from './interleaver.ts';
import {
  type Block,
  type CuePoint,
  closing,
  cluster,
  type MatroskaHead,
  type MatroskaTrack,
  matroskaHead,
  type Patch,
} from './matroska.ts';

/** What a `kill -9` may cost. */
const CLUSTER_MS = 500;
/** Beyond it an encoder that sends no keyframes would fill memory. */
const CLUSTER_BYTES = 1 << 20;
const MIN_CUE_MS = 900;

export interface Closing {
  readonly append: Uint8Array;
  readonly patches: readonly Patch[];
}

/** One file as it grows: blocks in, bytes to append out. */
export class MatroskaFile {
  readonly head: MatroskaHead;
  readonly #interleaver: Interleaver;
  readonly #cueTrack: number;
  readonly #cues: CuePoint[] = [];
  #gathered: Block[] = [];
  #gatheredBytes = 0;
  #bytes: number;
  #endMs = 0;

  constructor(tracks: readonly MatroskaTrack[]) {
    this.head = matroskaHead(tracks);
    this.#bytes = this.head.bytes.length;
    this.#interleaver = new Interleaver(tracks.map(({ number }) => number));
    this.#cueTrack = (tracks.find(({ codec }) => codec !== 'opus') ?? tracks[0])?.number ?? 1;
  }

  get durationMs(): number {
    return this.#endMs;
  }

  /** Of what was given out to be written, the head included. */
  get bytes(): number {
    return this.#bytes;
  }

  push(block: Block): readonly Uint8Array[] {
    return this.#interleaver.push(block).flatMap((ready) => this.#gather(ready));
  }

  /** The rest, and what makes the file whole. Nothing may be pushed afterwards. */
  close(): Closing {
    const rest = [...this.#interleaver.flush().flatMap((block) => this.#gather(block)), ...this.#cut()];
    const { append, patches } = closing(this.head, {
      bytes: this.#bytes,
      durationMs: this.#endMs,
      cues: this.#cues,
    });
    return { append: Buffer.concat([...rest, append]), patches };
  }

  #gather(block: Block): readonly Uint8Array[] {
    const [first] = this.#gathered;
    const isCue = block.isKey && block.track === this.#cueTrack;
    const isDue =
      first !== undefined &&
      (block.ms - first.ms >= CLUSTER_MS || this.#gatheredBytes >= CLUSTER_BYTES || this.#isNextCue(block, isCue));
    const done = isDue ? this.#cut() : [];
    if (this.#isNextCue(block, isCue)) this.#cues.push({ ms: block.ms, track: block.track, clusterAt: this.#bytes });
    this.#gathered.push(block);
    this.#gatheredBytes += block.data.length;
    this.#endMs = Math.max(this.#endMs, block.ms);
    return done;
  }

  /** Sound has a key in every packet: one a second is enough to find one's way. */
  #isNextCue(block: Block, isCue: boolean): boolean {
    const last = this.#cues.at(-1);
    return isCue && (last === undefined || block.ms - last.ms >= MIN_CUE_MS);
  }

  #cut(): readonly Uint8Array[] {
    if (this.#gathered.length === 0) return [];
    const bytes = cluster(this.#gathered);
    this.#bytes += bytes.length;
    this.#gathered = [];
    this.#gatheredBytes = 0;
    return [bytes];
  }
}

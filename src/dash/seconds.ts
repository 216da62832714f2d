import { SEGMENT_MS } from './live-index.ts';
import { SoundFiller } from './sound-filler.ts';
import type { SegmentFrame } from './webm.ts';

/** A whole second of every track. */
export interface Second {
  readonly number: number;
  readonly frames: ReadonlyMap<string, readonly SegmentFrame[]>;
}

/** Packets of sound; pictures are never so far behind unless they stand still. */
const MAX_WAITING = 2_000;

interface OpenSecond {
  readonly number: number;
  readonly frames: SegmentFrame[];
}

/**
 * Cuts pictures and sound at whole seconds. The encoder sets a keyframe at each; a second is over with the next one, and
 * given out when it is over for all pictures. Sound is there before them, since nobody encodes it.
 */
export class Seconds {
  readonly #pictures: ReadonlyMap<string, { open: OpenSecond | undefined; readonly whole: OpenSecond[] }>;
  readonly #audio: string | undefined;
  #sound: SegmentFrame[] = [];
  #filler: SoundFiller | undefined;

  constructor({ videos, audio }: { readonly videos: readonly string[]; readonly audio?: string | undefined }) {
    this.#pictures = new Map(videos.map((id) => [id, { open: undefined, whole: [] }]));
    this.#audio = audio;
  }

  picture(id: string, frame: SegmentFrame): readonly Second[] {
    const track = this.#pictures.get(id);
    if (!track) return [];
    const number = Math.round(frame.ms / SEGMENT_MS);
    if (frame.isKey && number > (track.open?.number ?? -1)) {
      if (track.open) track.whole.push(track.open);
      track.open = { number, frames: [] };
    }
    // What comes before the first keyframe can not be shown.
    track.open?.frames.push(frame);
    return frame.isKey ? this.#takeWhole() : [];
  }

  sound(frame: SegmentFrame): void {
    if (this.#audio === undefined) return;
    this.#sound.push(frame);
    if (this.#sound.length > MAX_WAITING) this.#sound.shift();
  }

  #takeWhole(): Second[] {
    const seconds: Second[] = [];
    for (let number = this.#nextWhole(); number !== undefined; number = this.#nextWhole()) {
      const frames = new Map<string, readonly SegmentFrame[]>();
      for (const [id, track] of this.#pictures) {
        while ((track.whole[0]?.number ?? number) < number) track.whole.shift();
        const whole = track.whole.shift();
        if (whole) frames.set(id, whole.frames);
      }
      if (this.#audio !== undefined) frames.set(this.#audio, this.#soundOf(number));
      seconds.push({ number, frames });
    }
    return seconds;
  }

  /** The first that all pictures have. */
  #nextWhole(): number | undefined {
    const firsts = [...this.#pictures.values()].map(({ whole }) => whole[0]?.number);
    if (firsts.some((first) => first === undefined)) return undefined;
    const latest = Math.max(...firsts.map((first) => first ?? 0));
    const isEverywhere = [...this.#pictures.values()].every(({ whole }) =>
      whole.some(({ number }) => number === latest),
    );
    return isEverywhere ? latest : undefined;
  }

  #soundOf(number: number): readonly SegmentFrame[] {
    const startMs = number * SEGMENT_MS;
    const endMs = startMs + SEGMENT_MS;
    if (!this.#filler || this.#filler.nextMs < startMs - SEGMENT_MS / 2) {
      this.#filler = new SoundFiller(startMs);
    }
    const filler = this.#filler;
    const heard = this.#sound.filter(({ ms }) => ms < endMs);
    this.#sound = this.#sound.filter(({ ms }) => ms >= endMs);
    return [...heard.flatMap((frame) => filler.push(frame)), ...filler.fill(endMs)];
  }
}

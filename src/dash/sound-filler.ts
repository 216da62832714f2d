import type { SegmentFrame } from './webm.ts';

/** A frame of silence: CELT, 20 ms, two channels (RFC 6716 section 3.1). */
const SILENCE = Uint8Array.of(0xfc, 0xff, 0xfe);
const FRAME_MS = 20;
/** Packets come with the encoder's own small differences; what is missing for longer is made up for. */
const TOLERANCE_MS = 60;

/**
 * Opus without holes. Publishers send nothing while nobody speaks, packets get lost, and a player stands still where one
 * of its tracks has nothing.
 */
export class SoundFiller {
  #nextMs: number;

  constructor(startMs: number) {
    this.#nextMs = startMs;
  }

  /** Up to there it is complete. */
  get nextMs(): number {
    return this.#nextMs;
  }

  /** The frame, behind as much silence as was missing. Nothing for one that is too late. */
  push(frame: SegmentFrame): readonly SegmentFrame[] {
    if (frame.ms < this.#nextMs - TOLERANCE_MS) return [];
    const missing = frame.ms - this.#nextMs > TOLERANCE_MS ? this.fill(frame.ms) : [];
    this.#nextMs = frame.ms + FRAME_MS;
    return [...missing, frame];
  }

  /** Silence up to there, where there is nothing yet. */
  fill(untilMs: number): readonly SegmentFrame[] {
    const frames: SegmentFrame[] = [];
    for (; this.#nextMs <= untilMs - FRAME_MS; this.#nextMs += FRAME_MS) {
      frames.push({ ms: this.#nextMs, isKey: true, data: SILENCE });
    }
    return frames;
  }
}

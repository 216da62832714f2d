import { FEED_HEADER_BYTES, FeedRecord, type FeedSource } from './feed-records.ts';
import { FeedRingReader } from './feed-ring.ts';
import type { MediaMemory } from './media-memory.ts';
import { MirroredSource } from './mirrored-source.ts';
import type { StreamMedia } from './stream-media.ts';

/** Reads what one other thread tells, of the streams that are followed here. */
export class FeedReader {
  readonly #ring: FeedRingReader;
  readonly #record: FeedRecord;
  readonly #memory: MediaMemory;
  readonly #followed = new Map<string, StreamMedia>();
  /** By the writer's number of the feed. */
  readonly #streams = new Map<number, StreamMedia>();
  #reportedOverruns = 0;
  #isClosed = false;

  constructor(ring: SharedArrayBuffer, memory: MediaMemory) {
    this.#ring = new FeedRingReader(ring);
    this.#record = new FeedRecord(this.#ring.view);
    this.#memory = memory;
  }

  /** How often since the last call this thread was too slow and packets were lost on the way. */
  takeOverruns(): number {
    const overruns = this.#ring.overruns - this.#reportedOverruns;
    this.#reportedOverruns += overruns;
    return overruns;
  }

  follow(stream: StreamMedia): void {
    this.#followed.set(stream.id, stream);
  }

  /** Idempotent. */
  unfollow(streamId: string): void {
    const stream = this.#followed.get(streamId);
    this.#followed.delete(streamId);
    for (const [number, known] of this.#streams) if (known === stream) this.#streams.delete(number);
  }

  /** Until it is closed, calls back after each burst that was read. `report`: a bug, which costs that burst. */
  async run(onBurst: () => void, report: (error: unknown) => void): Promise<void> {
    while (!this.#isClosed) {
      await this.#ring.called();
      if (this.#isClosed) return;
      try {
        if (this.read()) onBurst();
      } catch (error) {
        report(error);
      }
    }
  }

  close(): void {
    this.#isClosed = true;
  }

  /** Takes all there is. Whether there was anything for this thread. */
  read(): boolean {
    const { overruns } = this.#ring;
    let isConcerned = false;
    for (let at = this.#ring.next(); at >= 0; at = this.#ring.next()) {
      isConcerned = this.#take(at, at + this.#ring.length) || isConcerned;
      this.#ring.finish();
    }
    if (this.#ring.overruns !== overruns) this.#recover();
    return isConcerned;
  }

  #take(at: number, end: number): boolean {
    const record = this.#record.look(at);
    if (record.type === 'source') {
      this.#begin(record.feed, at + FEED_HEADER_BYTES, end);
      return false;
    }
    const stream = this.#streams.get(record.feed);
    const source = stream?.source;
    if (!(source instanceof MirroredSource)) return false;
    if (record.type === 'clock') {
      source.clock(record);
      return false;
    }
    const packet = source.packet(record, this.#ring.bytes, at, end);
    if (!packet) return false;
    stream?.collect(packet);
    return true;
  }

  #begin(feed: number, start: number, end: number): void {
    const description: FeedSource | undefined = parse(Buffer.from(this.#ring.bytes.subarray(start, end)).toString());
    const stream = description && this.#followed.get(description.streamId);
    if (!stream) {
      this.#streams.delete(feed);
      return;
    }
    this.#streams.set(feed, stream);
    if (stream.source?.id !== description.sessionId) {
      stream.setMirror(new MirroredSource(description, this.#memory), performance.now());
    }
  }

  // What was missed is missed: every picture on this thread begins anew.
  #recover(): void {
    const nowMs = performance.now();
    for (const stream of this.#followed.values()) {
      for (const track of stream.source?.tracks ?? []) {
        if (track.kind === 'audio') continue;
        for (const layer of track.layers.values()) layer.keyframes.want(nowMs);
      }
    }
  }
}

/** `undefined` where it was overwritten while it was read. */
function parse(json: string): FeedSource | undefined {
  try {
    return JSON.parse(json) as FeedSource;
  } catch {
    return undefined;
  }
}

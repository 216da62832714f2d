import type { FeedListener } from './feed-reader.ts';
import { type FeedRecord, type FeedRendition, type FeedSource, RENDITIONS_TRACK } from './feed-records.ts';
import type { MediaMemory } from './media-memory.ts';
import { MirroredRenditions } from './mirrored-renditions.ts';
import { MirroredSource } from './mirrored-source.ts';
import type { StreamMedia } from './stream-media.ts';

/** Keeps a stream of this thread as it is on the thread where it is published. */
export class StreamMirror implements FeedListener {
  readonly #stream: StreamMedia;
  readonly #memory: MediaMemory;
  readonly #renditions: MirroredRenditions;

  constructor(stream: StreamMedia, memory: MediaMemory) {
    this.#stream = stream;
    this.#memory = memory;
    this.#renditions = new MirroredRenditions(stream, memory);
  }

  get streamId(): string {
    return this.#stream.id;
  }

  source(source: FeedSource): void {
    if (this.#stream.source?.id === source.sessionId) return;
    this.#stream.setMirror(new MirroredSource(source, this.#memory), performance.now());
  }

  rendition(rendition: FeedRendition): void {
    this.#renditions.told(rendition, performance.now());
  }

  packet(record: FeedRecord, bytes: Uint8Array, at: number, end: number): boolean {
    const packet = this.#mirrorOf(record)?.packet(record, bytes, at, end);
    if (packet) this.#stream.collect(packet);
    return packet !== undefined;
  }

  clock(record: FeedRecord): void {
    this.#mirrorOf(record)?.clock(record);
  }

  // What was missed is missed: every picture on this thread begins anew.
  missed(): void {
    const nowMs = performance.now();
    for (const track of this.#stream.source?.tracks ?? []) {
      if (track.kind === 'audio') continue;
      for (const layer of track.layers.values()) layer.keyframes.want(nowMs);
    }
  }

  #mirrorOf({ track }: FeedRecord): MirroredSource | MirroredRenditions | undefined {
    if (track === RENDITIONS_TRACK) return this.#renditions;
    const { source } = this.#stream;
    return source instanceof MirroredSource ? source : undefined;
  }
}

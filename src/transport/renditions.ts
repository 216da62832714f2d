import { randomInt } from 'node:crypto';
import { RenditionLayer } from '../media/rendition-layer.ts';
import type { MediaMemory } from './media-memory.ts';
import type { RenditionPlace, RenditionStart } from './messages.ts';
import { fromProcessMs } from './process-clock.ts';
import type { StreamTable } from './stream-table.ts';

export interface RenditionsOptions {
  readonly streams: StreamTable;
  readonly memory: MediaMemory;
  /** Sends what has come in. */
  readonly flush: () => void;
}

/** The layers that are made here, of the streams published on this thread: bytes in, packets to their viewers. */
export class Renditions {
  readonly #streams: StreamTable;
  readonly #memory: MediaMemory;
  readonly #flush: () => void;
  /** By stream and name. */
  readonly #layers = new Map<string, Map<string, RenditionLayer>>();

  constructor({ streams, memory, flush }: RenditionsOptions) {
    this.#streams = streams;
    this.#memory = memory;
    this.#flush = flush;
  }

  /** Throws where nobody publishes the stream, or it has a layer of that name. */
  open({ streamId, name, originMs }: RenditionStart): void {
    const stream = this.#streams.get(streamId);
    if (!stream) throw new Error('There is no such stream here.');
    const layers = this.#layers.get(streamId) ?? new Map<string, RenditionLayer>();
    const isTaken = layers.has(name) || stream.source?.tracks.some((track) => track.layers.has(name));
    if (isTaken) throw new Error(`The stream has a layer ${name}.`);
    const rendition = new RenditionLayer({
      name,
      cache: this.#memory.createCache('video'),
      originMs: fromProcessMs(originMs),
      firstSeq: randomInt(0x1_0000),
    });
    this.#layers.set(streamId, layers.set(name, rendition));
    stream.addRendition(rendition.layer);
  }

  /** Throws where there is no such layer, and where these bytes are none of it. */
  write({ streamId, name }: RenditionPlace, bytes: Uint8Array, nowMs: number): void {
    const stream = this.#streams.get(streamId);
    const rendition = this.#layers.get(streamId)?.get(name);
    if (!stream || !rendition) throw new Error('There is no such layer.');
    for (const packet of rendition.push(bytes, nowMs)) stream.collect(packet);
    this.#flush();
  }

  /** Idempotent. */
  close({ streamId, name }: RenditionPlace, nowMs: number): void {
    const layers = this.#layers.get(streamId);
    const rendition = layers?.get(name);
    if (!layers || !rendition) return;
    layers.delete(name);
    if (layers.size === 0) this.#layers.delete(streamId);
    this.#streams.get(streamId)?.endRendition(rendition.layer, nowMs);
    this.#flush();
  }

  /** All of a stream that is over. */
  forget(streamId: string): void {
    this.#layers.delete(streamId);
  }
}

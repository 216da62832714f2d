import { createHash } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { liveDashPrefix, liveIndexKey } from '#src/dash/live-files.ts';
import {
  type LiveIndex,
  nextNumber,
  type Representation,
  readLiveIndex,
  withoutBefore,
  withSegment,
} from '#src/dash/live-index.ts';
import type { Second } from '#src/dash/seconds.ts';
import { mediaSegment } from '#src/dash/webm.ts';
import type { Storage } from '#src/storage/ports.ts';

/** What players may still be fetching when it has left the window. */
const MARGIN_SEGMENTS = 10;
const WEBM = { type: 'video/webm', cache: 'public, max-age=31536000, immutable' };
const INDEX = { type: 'application/json', cache: 'no-store' };

/** A representation, and the bytes that a player reads first. */
export interface RunningRepresentation extends Representation {
  readonly initBytes: Uint8Array;
}

/** The name of a file that a player reads first: other bytes have another one. */
export function initName(bytes: Uint8Array): string {
  return `init-${createHash('sha256').update(bytes).digest('hex').slice(0, 12)}.webm`;
}

export interface LivePresentationOptions {
  readonly storage: Storage;
  readonly streamId: string;
  readonly windowSeconds: number;
}

/** The segments of a live stream in the storage, and the index by which servers tell of them. */
export class LivePresentation {
  readonly #storage: Storage;
  readonly #streamId: string;
  readonly #windowSeconds: number;
  readonly #written = new Set<string>();
  #index: LiveIndex | undefined;

  private constructor({ storage, streamId, windowSeconds }: LivePresentationOptions, index: LiveIndex | undefined) {
    this.#storage = storage;
    this.#streamId = streamId;
    this.#windowSeconds = windowSeconds;
    this.#index = index;
  }

  /** Goes on where another one stopped, or was killed. */
  static async open(options: LivePresentationOptions): Promise<LivePresentation> {
    const found = await options.storage.read(liveIndexKey(options.streamId));
    return new LivePresentation(options, found && readLiveIndex(await text(found)));
  }

  /** The first number that may be given out. */
  get next(): number {
    return this.#index ? nextNumber(this.#index) : 0;
  }

  /** The index comes last: what it names is there. `startedAtMs` counts for the first segment alone. */
  async publish(
    { number, frames }: Second,
    representations: readonly RunningRepresentation[],
    startedAtMs: number,
  ): Promise<void> {
    await Promise.all(
      representations.map(async ({ id, init, initBytes }) => {
        await this.#putOnce(`${id}/${init}`, initBytes);
        await this.#put(`${id}/${number}.webm`, mediaSegment(frames.get(id) ?? []));
      }),
    );
    const before = this.#index ?? { startedAtMs, periods: [], hasEnded: false };
    const described = representations.map(({ initBytes: _, ...one }) => one);
    const depth = this.#windowSeconds + MARGIN_SEGMENTS;
    await this.#putIndex(withoutBefore(withSegment(before, number, described), number - depth));
    await this.#delete(before, { from: nextNumber(before) - depth, to: number - depth });
  }

  /** Nothing comes any more. */
  async end(): Promise<void> {
    if (this.#index) await this.#putIndex({ ...this.#index, hasEnded: true });
  }

  /** Segments of these numbers, both included: what has left the window since the segment before. */
  async #delete({ periods }: LiveIndex, { from, to }: { readonly from: number; readonly to: number }): Promise<void> {
    for (const { first, end, representations } of periods) {
      for (let number = Math.max(from, first); number <= Math.min(to, end - 1); number += 1) {
        for (const { id } of representations) await this.#storage.delete(this.#key(`${id}/${number}.webm`));
      }
    }
  }

  async #putOnce(name: string, bytes: Uint8Array): Promise<void> {
    if (this.#written.has(name)) return;
    await this.#put(name, bytes);
    this.#written.add(name);
  }

  async #put(name: string, bytes: Uint8Array): Promise<void> {
    await this.#storage.put(this.#key(name), bytes, WEBM);
  }

  async #putIndex(index: LiveIndex): Promise<void> {
    await this.#storage.put(liveIndexKey(this.#streamId), Buffer.from(JSON.stringify(index)), INDEX);
    this.#index = index;
  }

  #key(name: string): string {
    return `${liveDashPrefix(this.#streamId)}${name}`;
  }
}

import { statfs } from 'node:fs/promises';
import type { Logger } from 'pino';
import type { RecordingRecord, RecordingStore } from './ports.ts';

const CHECK_MS = 5_000;
const PER_CHECK = 20;
/** Free beyond the reserve before anything is recorded again: not to end a moment later. */
const COMFORT_BYTES = 64 << 20;

export interface RoomLimits {
  /** Recordings older than this go. */
  readonly maxDays?: number | undefined;
  /** Of all recordings; the oldest go first. */
  readonly maxBytes?: number | undefined;
  /** What is to stay free on the disk, for the database above all. */
  readonly reserveBytes: number;
}

export interface RoomKeeperOptions {
  readonly store: Pick<RecordingStore, 'oldestEnded' | 'totalBytes'>;
  readonly folder: string;
  readonly limits: RoomLimits;
  /** With its files. */
  readonly remove: (recordingId: string) => Promise<unknown>;
  /** Whatever is being recorded has to end now. */
  readonly onFull: () => void;
  /** There is room, as often as it is looked. */
  readonly onRoom: () => void;
  readonly log: Logger;
  readonly now?: () => number;
  readonly freeBytes?: (folder: string) => Promise<number | undefined>;
}

/** Keeps recordings within their limits. */
export class RoomKeeper {
  readonly #options: RoomKeeperOptions;
  #timer: NodeJS.Timeout | undefined;
  #checking: Promise<void> = Promise.resolve();

  constructor(options: RoomKeeperOptions) {
    this.#options = options;
  }

  start(): void {
    this.#timer ??= setInterval(() => {
      this.#checking = this.#checking.then(() => this.check());
    }, CHECK_MS).unref();
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#checking;
  }

  /** Never rejects. */
  async check(): Promise<void> {
    const { log, folder, limits, onFull, onRoom, freeBytes = freeBytesOf } = this.#options;
    try {
      await this.#removeOld();
      // Where the system does not tell, there is room.
      const free = (await freeBytes(folder)) ?? Number.POSITIVE_INFINITY;
      if (free < limits.reserveBytes) onFull();
      else if (free >= limits.reserveBytes + COMFORT_BYTES) onRoom();
    } catch (error) {
      log.error({ err: error }, 'recordings were not kept within their limits');
    }
  }

  async #removeOld(): Promise<void> {
    const { store, limits, remove, log, now = Date.now } = this.#options;
    if (limits.maxDays === undefined && limits.maxBytes === undefined) return;
    const tooOldMs = now() - (limits.maxDays ?? Number.POSITIVE_INFINITY) * 86_400_000;
    let excess = limits.maxBytes === undefined ? 0 : (await store.totalBytes()) - limits.maxBytes;
    for (const recording of await store.oldestEnded(PER_CHECK)) {
      const endedMs = recording.endedAt?.getTime() ?? recording.startedAt.getTime();
      if (excess <= 0 && endedMs >= tooOldMs) return;
      await remove(recording.id);
      excess -= bytesOf(recording);
      log.info({ recording: recording.id, endedAt: recording.endedAt }, 'recording removed to make room');
    }
  }
}

function bytesOf({ parts }: RecordingRecord): number {
  return parts.reduce((sum, { bytes }) => sum + bytes, 0);
}

async function freeBytesOf(folder: string): Promise<number | undefined> {
  const stats = await statfs(folder).catch(() => undefined);
  return stats && stats.bavail * stats.bsize;
}

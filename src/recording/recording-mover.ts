import type { Logger } from 'pino';
import { recordingPrefix } from '../storage/keys.ts';
import type { MovingStore, WaitingPart } from './ports.ts';

const SWEEP_MS = 30_000;
const PAGE = 50;

interface MoverOptions {
  readonly store: MovingStore;
  readonly storage: {
    moveOut(key: string, signal: AbortSignal): Promise<'moved' | 'gone'>;
    delete(key: string): Promise<void>;
  };
  readonly log: Logger;
}

/**
 * Recordings are written to this machine's disk, whatever becomes of the network; from there their parts go into the
 * bucket, one after the other. A row says what is there; without it the file is looked at again.
 */
export class RecordingMover {
  readonly #options: MoverOptions;
  readonly #stop = new AbortController();
  /** On another server's disk, or lost: there is nothing to move here. */
  readonly #notHere = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #moving: Promise<void> | undefined;
  #isTroubled = false;

  constructor(options: MoverOptions) {
    this.#options = options;
  }

  start(): void {
    this.#timer ??= setInterval(() => void this.move(), SWEEP_MS).unref();
    void this.move();
  }

  /** Never rejects. What can not be moved now is tried again at the next sweep. */
  move(): Promise<void> {
    this.#moving ??= this.#moveAll().finally(() => {
      this.#moving = undefined;
    });
    return this.#moving;
  }

  /** What is under way stops, and is taken up by the next process. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#stop.abort(new Error('the server stops'));
    await this.#moving;
  }

  async #moveAll(): Promise<void> {
    const { store, log } = this.#options;
    try {
      for (let after: WaitingPart | undefined; ; ) {
        const page = await store.waitingParts(PAGE, after);
        for (const part of page) if (!this.#notHere.has(nameOf(part))) await this.#moveOne(part);
        after = page.at(-1);
        if (page.length < PAGE || this.#stop.signal.aborted) break;
      }
      if (this.#isTroubled) log.info('recordings are moved to the bucket again');
      this.#isTroubled = false;
    } catch (error) {
      if (this.#stop.signal.aborted) return;
      if (!this.#isTroubled)
        log.error({ err: error }, 'recordings can not be moved to the bucket, and stay here meanwhile');
      this.#isTroubled = true;
    }
  }

  async #moveOne(part: WaitingPart): Promise<void> {
    const { store, storage, log } = this.#options;
    const { recordingId, number, file } = part;
    const key = recordingPrefix(recordingId) + file;
    const startMs = performance.now();
    if ((await storage.moveOut(key, this.#stop.signal)) === 'gone') {
      this.#notHere.add(nameOf(part));
      return;
    }
    if (await store.partMoved(recordingId, number)) {
      const seconds = Math.round(performance.now() - startMs) / 1000;
      log.info({ recording: recordingId, part: number, seconds }, 'part of a recording moved to the bucket');
    } else await storage.delete(key);
  }
}

function nameOf({ recordingId, number }: WaitingPart): string {
  return `${recordingId} ${number}`;
}

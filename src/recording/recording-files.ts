import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { PartFormat } from './part.ts';
import { PartWriter, WriteError, writeError } from './part-writer.ts';
import type { RecorderAction } from './stream-recorder.ts';

/** A part as it is written, told when it begins, and again when it is whole. */
export interface WrittenPart {
  /** From 0. */
  readonly number: number;
  /** Within the recording's folder. */
  readonly file: string;
  readonly format: PartFormat;
  /** When its first frame was captured. */
  readonly startMs: number;
  readonly durationMs: number;
  readonly bytes: number;
  readonly isWhole: boolean;
}

export interface FilesListener {
  part(part: WrittenPart): void;
  /** Nothing more is written. */
  failed(error: WriteError): void;
}

/** The files of one recording: what its recorder says is done, in order. */
export class RecordingFiles {
  readonly #folder: string;
  readonly #listener: FilesListener;
  #tail: Promise<void>;
  #writer: PartWriter | undefined;
  #part: WrittenPart | undefined;
  #count = 0;
  #hasFailed = false;

  constructor(folder: string, listener: FilesListener) {
    this.#folder = folder;
    this.#listener = listener;
    this.#tail = mkdir(folder, { recursive: true, mode: 0o750 }).then(
      () => {},
      (error: unknown) => this.#fail(writeError(error)),
    );
  }

  /** Of the part that is being written, on disk. */
  get bytes(): number {
    return this.#writer?.bytes ?? 0;
  }

  obey(actions: readonly RecorderAction[]): void {
    for (const action of actions) this.#tail = this.#tail.then(() => this.#do(action));
  }

  /** Resolves when all that was said is on disk. */
  async close(): Promise<void> {
    await this.#tail;
    await this.#writer?.close([]);
    this.#writer = undefined;
  }

  async #do(action: RecorderAction): Promise<void> {
    if (this.#hasFailed) return;
    if (action.type === 'begin') await this.#begin(action);
    else this.#writer?.append(action.bytes);
    if (action.type === 'end') await this.#end(action);
  }

  async #begin({ bytes, format, startMs }: Extract<RecorderAction, { type: 'begin' }>): Promise<void> {
    const number = this.#count++;
    const file = `${String(number).padStart(4, '0')}.${format.video?.codec === 'h264' ? 'mkv' : 'webm'}`;
    try {
      this.#writer = await PartWriter.create(join(this.#folder, file), (error) => this.#fail(error));
    } catch (error) {
      if (error instanceof WriteError) this.#fail(error);
      else throw error;
    }
    this.#writer?.append(bytes);
    this.#part = { number, file, format, startMs, durationMs: 0, bytes: bytes.length, isWhole: false };
    if (!this.#hasFailed) this.#listener.part(this.#part);
  }

  async #end({ patches, durationMs }: Extract<RecorderAction, { type: 'end' }>): Promise<void> {
    const [writer, part] = [this.#writer, this.#part];
    this.#writer = undefined;
    this.#part = undefined;
    await writer?.close(patches);
    if (writer && part && !this.#hasFailed)
      this.#listener.part({ ...part, durationMs, bytes: writer.bytes, isWhole: true });
  }

  #fail(error: WriteError): void {
    if (this.#hasFailed) return;
    this.#hasFailed = true;
    this.#listener.failed(error);
  }
}

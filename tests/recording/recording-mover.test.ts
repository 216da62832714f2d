import { pino } from 'pino';
import { beforeEach, expect, it } from 'vitest';
import type { MovingStore, WaitingPart } from '#src/recording/ports.ts';
import { RecordingMover } from '#src/recording/recording-mover.ts';

/** Parts in rows, and where their files are. */
class Parts implements MovingStore {
  readonly waiting: WaitingPart[] = [];
  readonly moved: string[] = [];
  readonly deleted: string[] = [];
  readonly asked: string[] = [];
  readonly lost = new Set<string>();
  readonly forgotten = new Set<string>();
  failure: Error | undefined;

  add(recordingId: string, parts: number): void {
    for (let number = 0; number < parts; number += 1) {
      this.waiting.push({ recordingId, number, file: `000${number}.webm` });
    }
  }

  async waitingParts(limit: number, after?: WaitingPart): Promise<readonly WaitingPart[]> {
    const left = this.waiting.filter(({ recordingId, number }) => !this.moved.includes(`${recordingId} ${number}`));
    const from = after ? left.findIndex((one) => nameOf(one) > nameOf(after)) : 0;
    return from < 0 ? [] : left.slice(from, from + limit);
  }

  async partMoved(recordingId: string, number: number): Promise<boolean> {
    if (this.forgotten.has(recordingId)) return false;
    this.moved.push(`${recordingId} ${number}`);
    return true;
  }

  async moveOut(key: string, signal: AbortSignal): Promise<'moved' | 'gone'> {
    this.asked.push(key);
    signal.throwIfAborted();
    if (this.failure) throw this.failure;
    return this.lost.has(key) ? 'gone' : 'moved';
  }

  async delete(key: string): Promise<void> {
    this.deleted.push(key);
  }
}

const nameOf = ({ recordingId, number }: WaitingPart) => `${recordingId} ${String(number).padStart(4, '0')}`;

let parts: Parts;
let lines: string[];
let mover: RecordingMover;

beforeEach(() => {
  parts = new Parts();
  lines = [];
  const log = pino({}, { write: (line: string) => lines.push(line) });
  mover = new RecordingMover({ store: parts, storage: parts, log });
});

it('moves every part of every recording once, in order', async () => {
  parts.add('a', 2);
  for (let i = 0; i < 120; i += 1) parts.add(`b${String(i).padStart(3, '0')}`, 1);
  await mover.move();
  expect(parts.asked).toHaveLength(122);
  expect(parts.asked.slice(0, 3)).toEqual([
    'recordings/a/0000.webm',
    'recordings/a/0001.webm',
    'recordings/b000/0000.webm',
  ]);
  await mover.move();
  expect(parts.asked).toHaveLength(122);
});

it('passes over what is on the disk of another server, or lost, and looks for it once', async () => {
  parts.add('a', 1);
  parts.add('b', 1);
  parts.lost.add('recordings/a/0000.webm');
  await mover.move();
  await mover.move();
  expect(parts.moved).toEqual(['b 0']);
  expect(parts.asked).toEqual(['recordings/a/0000.webm', 'recordings/b/0000.webm']);
});

it('leaves nothing in the bucket of a recording that was deleted meanwhile', async () => {
  parts.add('a', 1);
  parts.forgotten.add('a');
  await mover.move();
  expect(parts.deleted).toEqual(['recordings/a/0000.webm']);
});

it('says once that the bucket is away, goes on when it is back, and says that too', async () => {
  parts.add('a', 1);
  parts.failure = new Error('the bucket is away');
  for (let times = 0; times < 3; times += 1) await mover.move();
  expect(lines.filter((line) => line.includes('the bucket is away'))).toHaveLength(1);
  parts.failure = undefined;
  await mover.move();
  expect(parts.moved).toEqual(['a 0']);
  expect(lines.at(-1)).toContain('moved to the bucket again');
});

it('stops where the server stops, and says nothing of it', async () => {
  parts.add('a', 1);
  await mover.close();
  await mover.move();
  expect([parts.moved, lines]).toEqual([[], []]);
});

import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createFeedRing, FeedRingReader, FeedRingWriter } from '../../src/transport/feed-ring.ts';

function write(writer: FeedRingWriter, record: Uint8Array): void {
  writer.bytes.set(record, writer.begin(record.length));
  writer.commit();
}

function readAll(reader: FeedRingReader): number[][] {
  const records: number[][] = [];
  for (let at = reader.next(); at >= 0; at = reader.next()) {
    const record = [...reader.bytes.subarray(at, at + reader.length)];
    if (reader.finish()) records.push(record);
  }
  return records;
}

test('every reader gets every record in order, whatever their sizes and however often the ring goes round', () => {
  const record = fc.uint8Array({ maxLength: 100 });
  fc.assert(
    fc.property(fc.array(fc.array(record, { maxLength: 4 }), { maxLength: 50 }), (bursts) => {
      const ring = createFeedRing(1024);
      const writer = new FeedRingWriter(ring);
      const readers = [new FeedRingReader(ring), new FeedRingReader(ring)];
      for (const burst of bursts) {
        for (const one of burst) write(writer, one);
        for (const reader of readers) expect(readAll(reader)).toEqual(burst.map((one) => [...one]));
      }
      expect(readers.map(({ overruns }) => overruns)).toEqual([0, 0]);
    }),
    { seed: 41 },
  );
});

test('positions may wrap at 2^32', () => {
  const ring = createFeedRing(1024);
  new Int32Array(ring).set([0, -20, -148]);
  const [writer, reader] = [new FeedRingWriter(ring), new FeedRingReader(ring)];
  for (let number = 0; number < 100; number += 1) {
    write(writer, Uint8Array.of(number, 1, 2, 3, 4, 5, 6, 7));
    expect(readAll(reader)).toEqual([[number, 1, 2, 3, 4, 5, 6, 7]]);
  }
});

test('a reader that is overtaken is told once, and goes on with what comes then', () => {
  const ring = createFeedRing(1024);
  const [writer, reader] = [new FeedRingWriter(ring), new FeedRingReader(ring)];
  for (let number = 0; number < 100; number += 1) write(writer, new Uint8Array(20).fill(number));
  expect(readAll(reader)).toEqual([]);
  expect(reader.overruns).toBe(1);
  write(writer, Uint8Array.of(7));
  expect(readAll(reader)).toEqual([[7]]);
  expect(reader.overruns).toBe(1);
});

test('a record overwritten while it is read is not taken for whole', () => {
  const ring = createFeedRing(1024);
  const [writer, reader] = [new FeedRingWriter(ring), new FeedRingReader(ring)];
  write(writer, new Uint8Array(100));
  expect(reader.next()).toBeGreaterThanOrEqual(0);
  for (let number = 0; number < 10; number += 1) write(writer, new Uint8Array(100).fill(number));
  expect(reader.finish()).toBe(false);
  expect(reader.next()).toBe(-1);
});

test('a reader begins with what is written after it, also by a writer that follows a dead one', () => {
  const ring = createFeedRing(1024);
  write(new FeedRingWriter(ring), Uint8Array.of(1));
  const reader = new FeedRingReader(ring);
  write(new FeedRingWriter(ring), Uint8Array.of(2));
  expect(readAll(reader)).toEqual([[2]]);
});

test('a record that would overtake itself is refused', () => {
  expect(() => new FeedRingWriter(createFeedRing(1024)).begin(600)).toThrow(RangeError);
  expect(() => new FeedRingReader(createFeedRing(1000))).toThrow(RangeError);
});

test('a reader on another thread is woken and finds every record whole', async () => {
  const ring = createFeedRing(4 * 1024 * 1024);
  const source = `
    import { parentPort, workerData } from 'node:worker_threads';
    const { FeedRingReader } = await import(workerData.module);
    const reader = new FeedRingReader(workerData.ring);
    parentPort.postMessage('ready');
    let [seen, torn] = [0, 0];
    setInterval(() => {}, 1000);
    while (seen + torn < workerData.records) {
      await reader.called();
      for (let at = reader.next(); at >= 0; at = reader.next()) {
        const { length } = reader;
        const isWhole = reader.bytes.subarray(at, at + length).every((byte) => byte === length % 251);
        if (reader.finish()) isWhole ? seen++ : torn++;
      }
    }
    parentPort.postMessage({ seen, torn, overruns: reader.overruns });
  `;
  const records = 2000;
  const module = new URL('../../src/transport/feed-ring.ts', import.meta.url).href;
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`), {
    workerData: { ring, records, module },
  });
  const said = async () => new Promise((resolve) => worker.once('message', resolve));
  expect(await said()).toBe('ready');
  const end = said();
  const writer = new FeedRingWriter(ring);
  for (let number = 0; number < records; number += 1) {
    const length = (number * 37) % 1000;
    write(writer, new Uint8Array(length).fill(length % 251));
    writer.call();
    if (number % 20 === 19) await new Promise((resolve) => setTimeout(resolve, 2));
  }
  expect(await end).toEqual({ seen: records, torn: 0, overruns: 0 });
  await worker.terminate();
});

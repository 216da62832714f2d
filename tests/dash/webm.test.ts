import { expect, test } from 'vitest';
import { type FoundBlock, MatroskaBlocks } from '../../src/dash/matroska-blocks.ts';
import { audioInit, mediaSegment, videoInit } from '../../src/dash/webm.ts';

const config = Uint8Array.of(0x81, 0, 0, 0);
const init = videoInit({ config, width: 854, height: 480, frameMs: 1_000 / 30 });
const frames = [
  { ms: 7_000, isKey: true, data: Uint8Array.of(1) },
  { ms: 7_033, isKey: false, data: Uint8Array.of(2, 3) },
];
const later = [{ ms: 40_000_000, isKey: true, data: Uint8Array.of(4) }];

test.each([1, 7, 5_000])('what is written is read again, %i bytes at a time', (step) => {
  const file = Buffer.concat([init, mediaSegment(frames), mediaSegment(later)]);
  const reader = new MatroskaBlocks();
  const read: FoundBlock[] = [];
  for (let at = 0; at < file.length; at += step) read.push(...reader.push(file.subarray(at, at + step)));
  expect(reader.tracks).toEqual([{ number: 1, isVideo: true, codecId: 'V_AV1', width: 854, height: 480 }]);
  expect(read.map((block) => ({ ...block, data: Uint8Array.from(block.data) }))).toEqual(
    [...frames, ...later].map((frame) => ({ track: 1, ...frame })),
  );
});

test('clusters of unknown length are read as they grow', () => {
  const head = Buffer.from([
    0x1f, 0x43, 0xb6, 0x75, 0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xe7, 0x82, 0x1b, 0x58,
  ]);
  const block = Buffer.from([0xa3, 0x85, 0x81, 0x00, 0x05, 0x80, 0x63]);
  const reader = new MatroskaBlocks();
  reader.push(Buffer.concat([audioInit(), head]));
  expect(reader.push(block)).toEqual([{ track: 1, ms: 7_005, isKey: true, data: Buffer.from([0x63]) }]);
  expect(reader.tracks).toEqual([{ number: 1, isVideo: false, codecId: 'A_OPUS', width: 0, height: 0 }]);
});

test('what is no Matroska is refused', () => {
  expect(() => new MatroskaBlocks().push(Buffer.alloc(64))).toThrow('not Matroska');
});

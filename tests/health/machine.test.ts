import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { freeBytesOf, limitIn, openFilesLimit } from '../../src/health/machine.ts';
import { grantedSendBuffer } from '../../src/transport/granted-buffer.ts';

test('a folder has free space, and one that is not there has none to tell of', async () => {
  expect(await freeBytesOf(tmpdir())).toBeGreaterThan(0);
  expect(await freeBytesOf(join(tmpdir(), 'not', 'there'))).toBeUndefined();
});

test.each([
  ['Max open files            1024                 1048576              files', 1024],
  ['Max open files            unlimited            unlimited            files', Number.POSITIVE_INFINITY],
  ['Max processes             1                    1                    processes', undefined],
])('%s', (line, limit) => {
  expect(limitIn(`Limit   Soft Limit   Hard Limit   Units\n${line}\n`)).toBe(limit);
});

test.runIf(process.platform === 'linux')(
  'Linux tells how many files may be open, and how large a buffer is',
  async () => {
    expect(await openFilesLimit()).toBeGreaterThan(0);
    const buffer = await grantedSendBuffer();
    expect(buffer?.wantedBytes).toBe(16 * 1024 ** 2);
    expect(buffer?.grantedBytes).toBeGreaterThan(0);
    expect(buffer?.grantedBytes).toBeLessThanOrEqual(16 * 1024 ** 2);
  },
);

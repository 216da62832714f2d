import { expect, test } from 'vitest';
import { sharesOf } from '../../bench/measure/shares.ts';

const frame = (functionName: string, url = '') => ({ functionName, url });

test('shares are of the busy time, the dearest first, native functions as one', () => {
  const { busy, shares } = sharesOf({
    nodes: [
      { id: 1, callFrame: frame('(idle)') },
      { id: 2, callFrame: frame('seal', 'file:///src/a.ts') },
      { id: 3, callFrame: frame('sendmmsg') },
      { id: 4, callFrame: frame('EVP_EncryptUpdate') },
      { id: 5, callFrame: frame('seal', 'file:///src/a.ts') },
    ],
    samples: [1, 2, 3, 4, 5, 1],
    timeDeltas: [300, 50, 100, 200, 50, 100],
  });
  expect(busy).toBe(0.5);
  expect(shares).toEqual([
    { what: 'native: the kernel, OpenSSL', share: 0.75 },
    { what: 'seal (a.ts)', share: 0.25 },
  ]);
});

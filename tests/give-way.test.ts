import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';

/** Both threads of a worker's own: vitest's must keep its priority. */
const OUTER = `
  const { Worker, parentPort } = require('node:worker_threads');
  const { readFileSync } = require('node:fs');
  const niceness = () => Number(readFileSync('/proc/thread-self/stat', 'utf8').split(') ').at(-1).split(' ')[16]);
  const inner = new Worker(\`
    const { parentPort } = require('node:worker_threads');
    const { readFileSync } = require('node:fs');
    parentPort.on('message', () =>
      parentPort.postMessage(Number(readFileSync('/proc/thread-self/stat', 'utf8').split(') ').at(-1).split(' ')[16])));
    parentPort.postMessage('ready');
  \`, { eval: true });
  inner.once('message', async () => {
    const { giveWay } = await import(process.env.GIVE_WAY);
    const before = niceness();
    giveWay();
    inner.once('message', (media) => parentPort.postMessage({ before, media, own: niceness() }));
    inner.postMessage('tell');
  });
`;

test.runIf(process.platform === 'linux')('a thread gives way, and those that it started before do not', async () => {
  const env = { ...process.env, GIVE_WAY: new URL('../src/give-way.ts', import.meta.url).href };
  const worker = new Worker(OUTER, { eval: true, env });
  const [told] = (await once(worker, 'message')) as [{ before: number; media: number; own: number }];
  await worker.terminate();
  expect(told).toEqual({ before: told.before, media: told.before, own: Math.max(told.before, 5) });
});

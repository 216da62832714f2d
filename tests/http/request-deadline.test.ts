import { once } from 'node:events';
import { createServer, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { liftDeadline, limitDuration } from '../../src/http/request-deadline.ts';
import { afterTest } from '../support/after-test.ts';

const SOON_MS = 50;

/** A POST whose body does not end, to a server that takes each so. */
async function postEndlessly(take: (incoming: IncomingMessage) => void) {
  const server = createServer((incoming) => {
    limitDuration(incoming, SOON_MS);
    take(incoming.resume());
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const post = request({ port, host: '127.0.0.1', method: 'POST' });
  afterTest(async () => {
    post.destroy();
    server.close();
  });
  post.flushHeaders();
  return post;
}

it('a body that does not come to its end is cut off', async () => {
  const post = await postEndlessly(() => {});
  const [error] = await once(post, 'error').catch((thrown: unknown) => [thrown]);
  expect(error).toMatchObject({ code: 'ECONNRESET' });
});

it('but for those that have none', async () => {
  const cut = await postEndlessly(() => {});
  let isCut = false;
  const kept = await postEndlessly(liftDeadline);
  kept.once('error', () => (isCut = true));
  // Begun before, and so cut before.
  await once(cut, 'error').catch(() => {});
  const later = await postEndlessly(() => {});
  await once(later, 'error').catch(() => {});
  expect(isCut).toBe(false);
});

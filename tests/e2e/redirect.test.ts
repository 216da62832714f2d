import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { Api } from '../support/api.ts';
import { openBareClient } from '../support/bare-client.ts';
import { openBareSite } from '../support/bare-site.ts';
import { newVisitor, openBrowser } from '../support/browser.ts';
import { Server } from '../support/server.ts';
import { seesMovingPicture } from '../support/watching.ts';

test('Chromium follows a 307 to another origin, and sees the stream there', async () => {
  const port = await freePort();
  // It points to itself by another name, which is another origin to a browser.
  const elsewhere = `http://localhost:${port}`;
  const server = await Server.start({
    env: { PORT: String(port), REDIRECT_WHEN: 'always', REDIRECT_WHEP: `${elsewhere}/whep/{channel}` },
  });
  onTestFinished(async () => void (await server.stop()));
  const [site, browser] = await Promise.all([openBareSite(), openBrowser()]);
  onTestFinished(() => browser.close());
  onTestFinished(() => site.close());
  const { slug, key } = await (await Api.setUp(server)).createChannel('elsewhere');
  const client = { visitor: await newVisitor(browser), siteUrl: site.url };
  const publisher = await openBareClient(client, 'publish', { url: `http://127.0.0.1:${port}/whip`, key });

  for (const call of ['play', 'takeOffer'] as const) {
    const viewer = await openBareClient(client, call, { url: `http://127.0.0.1:${port}/whep/${slug}` });
    await seesMovingPicture(viewer);
    expect(await viewer.evaluate('session')).toMatch(`${elsewhere}/whep/sessions/`);
    expect(await viewer.evaluate('stop()')).toBe(200);
  }
  expect(await publisher.evaluate('stop()')).toBe(200);
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

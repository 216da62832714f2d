import { networkInterfaces } from 'node:os';
import type { Browser, Response } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Api } from '../support/api.ts';
import { newVisitor, openBrowser } from '../support/browser.ts';
import { type EncodedMedia, makeMedia } from '../support/media-file.ts';
import { ObsClient } from '../support/obs-client.ts';
import { Server } from '../support/server.ts';
import { seesMovingPicture } from '../support/watching.ts';

let server: Server;
let browser: Browser;
let media: EncodedMedia;

beforeAll(async () => {
  const asInstalled = { HOST: '', ANNOUNCED_ADDRESS: '', MEDIA_THREADS: '' };
  [server, browser, media] = await Promise.all([Server.start({ env: asInstalled }), openBrowser(), makeMedia()]);
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

test('a server that was told no address offers its own, and both ends get through', async () => {
  const { slug, key } = await (await Api.setUp(server)).createChannel('as-installed');
  const obs = await ObsClient.publish({ whipUrl: `${server.url}/whip`, key, media });
  const viewer = await newVisitor(browser);
  const page = await viewer.open('about:blank');
  const isWhep = (response: Response) => response.request().method() === 'POST' && response.url().includes('/whep/');
  const answered = page.waitForResponse((response) => isWhep(response) && response.status() === 201);
  await page.goto(`${server.url}/${slug}`);
  const answer = await (await answered).text();

  await seesMovingPicture(page, '[data-testid=player]');

  const own = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
  const outside = own.filter(({ internal }) => !internal).map(({ address }) => address);
  const offered = answer.match(/^a=candidate:.*$/gm)?.map((line) => line.split(' ')[4]) ?? [];
  expect(offered).not.toEqual([]);
  expect(outside.length > 0 ? outside : ['127.0.0.1']).toEqual(expect.arrayContaining(offered));
  expect(await obs.stop()).toBe(200);
  await viewer.leave();
});

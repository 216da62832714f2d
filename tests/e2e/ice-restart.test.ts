import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Api } from '../support/api.ts';
import { openBareClient } from '../support/bare-client.ts';
import { openBareSite } from '../support/bare-site.ts';
import { newVisitor, openBrowser, type Visitor } from '../support/browser.ts';
import { Server } from '../support/server.ts';
import { sightDuring } from '../support/shaped-page.ts';
import { hearsSound, seesMovingPicture } from '../support/watching.ts';

let server: Server;
let api: Api;
let bareSite: Awaited<ReturnType<typeof openBareSite>>;
let browser: Browser;
let visitor: Visitor;

beforeAll(async () => {
  [server, bareSite, browser] = await Promise.all([Server.start(), openBareSite(), openBrowser()]);
  [api, visitor] = await Promise.all([Api.setUp(server), newVisitor(browser)]);
});

afterAll(async () => {
  await browser?.close();
  bareSite?.close();
  await server?.stop();
});

interface SessionStats {
  readonly id: string;
  readonly joinedAt: string;
  readonly tracks: readonly { readonly packets?: number; readonly layers?: readonly { readonly packets: number }[] }[];
}

async function counted(page: Page): Promise<{ id: string; joinedAt: string; packets: number }> {
  const stats = await page.evaluate<SessionStats>("fetch(session + '/stats').then((response) => response.json())");
  const packets = stats.tracks.flatMap(({ packets: own, layers = [] }) => own ?? layers.map((layer) => layer.packets));
  return { id: stats.id, joinedAt: stats.joinedAt, packets: packets.reduce((sum, count) => sum + count, 0) };
}

test('an ICE restart of viewer or publisher keeps session, picture, sound and statistics', async () => {
  const { slug, key } = await api.createChannel('restarts');
  const open = (call: 'publish' | 'play', options: object) =>
    openBareClient({ visitor, siteUrl: bareSite.url }, call, options);
  const publisher = await open('publish', { url: `${server.url}/whip`, key });
  const viewer = await open('play', { url: `${server.url}/whep/${slug}` });
  await seesMovingPicture(viewer);
  const { stream } = await api.live(slug);

  for (const page of [viewer, publisher]) {
    const before = await counted(page);
    const sight = await sightDuring(viewer, async () => {
      await page.evaluate('restart()');
      await seesMovingPicture(viewer);
      await hearsSound(viewer);
    });
    expect(sight.longestFreezeMs, JSON.stringify(sight)).toBeLessThan(500);
    const { packets, ...session } = await counted(page);
    expect(session).toEqual({ id: before.id, joinedAt: before.joinedAt });
    expect(packets).toBeGreaterThan(before.packets);
  }

  expect(await api.live(slug)).toMatchObject({ state: 'live', stream: { id: stream?.id, viewers: 1 } });
  await visitor.leave();
});

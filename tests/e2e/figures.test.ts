import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Api } from '../support/api.ts';
import { newVisitor, openBrowser } from '../support/browser.ts';
import { makeMedia } from '../support/media-file.ts';
import { ObsClient } from '../support/obs-client.ts';
import { Server } from '../support/server.ts';
import { until } from '../support/until.ts';
import { seesMovingPicture } from '../support/watching.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'freshet-figures-'));
let browser: Browser;

beforeAll(async () => {
  browser = await openBrowser();
});

afterAll(async () => {
  await browser?.close();
  rmSync(dataDir, { recursive: true, force: true });
});

interface Figures {
  readonly stream: {
    readonly endReason: string | null;
    readonly uniqueViewers: number;
    readonly watchSeconds: number;
    readonly peakViewers: number;
  };
  readonly isLive: boolean;
  readonly series: { readonly viewers: (number | null)[]; readonly egressBps: (number | null)[] };
  readonly viewers: { readonly sessions: number };
  readonly join: { readonly reports: number; readonly p50Ms: number | null };
  readonly leaveReasons: readonly { readonly reason: string; readonly viewers: number }[];
  readonly clients: readonly { readonly client: string; readonly viewers: number }[];
}

test('what a stream’s viewers saw is told while it goes on, and right after server and database were killed', async () => {
  const media = await makeMedia({ seconds: 2 });
  const first = await Server.start({ dataDir });
  const api = await Api.setUp(first);
  const { slug, key } = await api.createChannel('figures');
  const obs = await ObsClient.publish({ whipUrl: `${first.url}/whip`, key, media });
  const live = await until('the stream is live', async () => {
    const now = await api.live(slug);
    return (now.state === 'live' && now.stream) || undefined;
  });
  const path = `/streams/${live.id}/analytics`;
  const figures = (of: Api = api) => of.get<Figures>(path);

  const visitor = await newVisitor(browser);
  const page = await visitor.open(`${first.url}/${slug}`);
  await seesMovingPicture(page);
  await page.close({ runBeforeUnload: true });
  await until('one who left is noted, with what his player told', async () => {
    const { leaveReasons, join: joins } = await figures();
    return leaveReasons.length === 1 && joins.reports === 1;
  });
  await seesMovingPicture(await visitor.open(`${first.url}/${slug}`));

  const before = await until('it is sampled', async () => {
    const now = await figures();
    return now.series.egressBps.some((bps) => Number(bps) > 0) && now.join.reports === 2 && now;
  });
  expect(before).toMatchObject({
    isLive: true,
    stream: { uniqueViewers: 1, peakViewers: 1 },
    viewers: { sessions: 2 },
    clients: [{ client: 'chrome', viewers: 2 }],
  });
  expect(before.join.p50Ms).toBeGreaterThan(0);
  expect(before.join.p50Ms).toBeLessThan(10_000);

  await first.kill9();
  obs.vanish();
  await visitor.leave();
  const second = await Server.start({ dataDir });
  const after = await figures(api.at(second));
  expect(after).toMatchObject({
    isLive: false,
    stream: { endReason: 'crash', uniqueViewers: 1, peakViewers: 1 },
    viewers: { sessions: 2 },
    join: { reports: 2 },
    clients: [{ client: 'chrome', viewers: 2 }],
  });
  expect(after.leaveReasons).toContainEqual({ reason: 'crash', viewers: 1 });
  expect(after.stream.watchSeconds).toBeGreaterThan(0);
  expect(after.series.viewers).toContain(1);

  await api.at(second).delete(`/streams/${live.id}`);
  await expect(figures(api.at(second))).rejects.toThrow('404');
  expect(await second.stop()).toBe(0);
});

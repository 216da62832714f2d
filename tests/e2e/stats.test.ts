import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { owner } from '../support/api.ts';
import { keepPicture, newVisitor, openBrowser, type Visitor } from '../support/browser.ts';
import { Server } from '../support/server.ts';
import { goLive } from '../support/studio.ts';
import { until } from '../support/until.ts';
import { seesMovingPicture } from '../support/watching.ts';

let server: Server;
let browser: Browser;

beforeAll(async () => {
  [server, browser] = await Promise.all([Server.start(), openBrowser()]);
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

async function setUpAndGoLive(streamer: Visitor, slug: string): Promise<Page> {
  const page = await streamer.open(server.setupUrl);
  await page.getByLabel('Your name').fill(owner.name);
  await page.getByLabel('Password').fill(owner.password);
  await page.getByLabel('Its address').fill(slug);
  await page.getByRole('button', { name: 'Start' }).click();
  await page.waitForURL('**/studio');
  await goLive(page);
  return page;
}

interface Session {
  readonly kind: 'publisher' | 'viewer';
  readonly connectMs: number;
  readonly roundTripMs: number | null;
  readonly path: { readonly family: string; readonly protocol: string } | null;
  readonly tracks: readonly {
    readonly kind: string;
    readonly codec: string;
    readonly packets: number;
    readonly lossShare: number | null;
    readonly layers?: readonly { readonly bitrateBps: number; readonly height?: number; readonly keyframes: number }[];
  }[];
}

async function sessions(page: Page): Promise<readonly Session[]> {
  const asked = "fetch('/api/v1/channels/spring/live/sessions').then((response) => response.json())";
  return (await page.evaluate<{ items: readonly Session[] }>(asked)).items;
}

const figures = async (page: Page): Promise<Record<string, string>> =>
  Object.fromEntries(
    (await page.getByTestId('stats').innerText())
      .split('\n')
      .flatMap((label, i, all) => (i % 2 ? [] : [[label, all[i + 1] ?? '']])),
  );

test('everybody sees how it goes: the viewer in the player, the streamer in studio and dashboard, the operator in /metrics', async () => {
  const streamer = await newVisitor(browser);
  const studio = await setUpAndGoLive(streamer, 'spring');
  const viewer = await newVisitor(browser);
  const watch = await viewer.open(`${server.url}/spring`);
  await watch.waitForSelector('[data-state=live]');
  await seesMovingPicture(watch, '[data-testid=player]');

  expect(await watch.getByTestId('stats').count()).toBe(0);
  await watch.keyboard.press('s');
  const shown = await until('the panel has figures of a second', async () => {
    const rows = await figures(watch);
    return rows['Received'] && rows['Round trip'] && rows['Layer'] ? rows : undefined;
  });
  expect(shown['Picture']).toMatch(/^\d+×\d+ at \d+ fps$/);
  expect(shown['Received']).toMatch(/^[1-9][\d.]* [kM]bit\/s \+/);
  expect(shown['Transport']).toMatch(/^(UDP|TCP), IPv[46]$/);
  expect(shown['Session']).toMatch(/^[0-9a-f]{8}$/);
  await keepPicture(watch, 'stats-1-panel');
  await watch.getByTestId('stats').getByRole('button', { name: 'Copy' }).click();
  await until('the figures are copied', async () =>
    (await watch.evaluate<string>('navigator.clipboard.readText()')).includes('Round trip'),
  );

  await watch.setViewportSize({ width: 390, height: 844 });
  await keepPicture(watch, 'stats-2-panel-on-a-phone');
  await watch.keyboard.press('s');
  expect(await watch.getByTestId('stats').count()).toBe(0);

  const [publisher, watching] = await until('both round trips are known', async () => {
    const found = await sessions(studio);
    return found.length === 2 && found.every(({ roundTripMs }) => roundTripMs !== null) ? found : undefined;
  });
  const video = publisher?.tracks.find(({ kind }) => kind === 'video');
  expect(publisher).toMatchObject({ kind: 'publisher', path: { family: 'ipv4' } });
  expect(publisher?.roundTripMs).toBeGreaterThanOrEqual(0);
  expect(publisher?.roundTripMs).toBeLessThan(1000);
  expect(video?.layers?.[0]?.bitrateBps).toBeGreaterThan(50_000);
  expect(video?.layers?.[0]?.height).toBeGreaterThanOrEqual(180);
  expect(video?.layers?.[0]?.keyframes).toBeGreaterThan(0);
  expect(watching).toMatchObject({ kind: 'viewer' });
  expect(watching?.connectMs).toBeGreaterThan(0);
  expect(watching?.tracks.find(({ kind }) => kind === 'video')?.packets).toBeGreaterThan(10);

  await until('the studio tells what is lost', async () =>
    /Lost\s+\d/.test(await studio.getByRole('region', { name: 'How it goes' }).innerText()),
  );
  await keepPicture(studio, 'stats-3-studio');
  const dashboard = await streamer.open(`${server.url}/dashboard/spring`);
  await until('the dashboard tells of the picture', async () =>
    /\d+×\d+/.test(await dashboard.getByTestId('live-now').innerText()),
  );
  await keepPicture(dashboard, 'stats-4-dashboard');

  const metrics = await (await fetch(`${server.url}/metrics`)).text();
  expect(metrics).toContain('freshet_streams{state="live"} 1');
  expect(metrics).toContain('freshet_viewers 1');
  expect(metrics).toMatch(/freshet_session_connect_seconds_count\{kind="viewer"\} 1/);
  expect(metrics).toMatch(/freshet_media_sent_bytes_total\{thread="0"\} [1-9]\d{4,}/);
  expect(metrics).not.toContain('spring');

  expect([...streamer.errors, ...viewer.errors]).toEqual([]);
  await streamer.leave();
  await viewer.leave();
});

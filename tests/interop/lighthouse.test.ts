import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Api } from '../support/api.ts';
import { makeMedia } from '../support/media-file.ts';
import { ObsClient } from '../support/obs-client.ts';
import { Server } from '../support/server.ts';
import { chromium, isInstalled, lighthouse, requireTool } from '../support/tools.ts';
import { until } from '../support/until.ts';

interface Found {
  readonly scores: Readonly<Record<string, number>>;
  /** What kept a score from being whole. */
  readonly amiss: readonly unknown[];
}

const LEAST = 95;
/** What else a machine does makes a page slower, and never quicker. */
const TRIES = 3;

async function bestOf(measure: () => Promise<Found>): Promise<Found> {
  const performance = ({ scores }: Found) => scores['performance'] ?? 0;
  let best = await measure();
  for (let tries = 1; tries < TRIES && performance(best) < LEAST; tries += 1) {
    const found = await measure();
    if (performance(found) > performance(best)) best = found;
  }
  return best;
}

describe.skipIf(!process.env['CI'] && !isInstalled(lighthouse))('Lighthouse', () => {
  let server: Server;
  let obs: ObsClient;

  beforeAll(async () => {
    server = await Server.start();
    const api = await Api.setUp(server);
    await api.post('/channels', {
      slug: 'brook',
      title: 'Brook',
      description: 'Melt-water in spring.',
      category: 'Outdoors',
    });
    const { slug, key } = await api.createChannel('creek');
    await api.patch(`/channels/${slug}`, { description: 'Live from the bridge.', category: 'Outdoors' });
    const media = await makeMedia({ seconds: 4 });
    obs = await ObsClient.publish({ whipUrl: `${server.url}/whip`, key, media });
    await until('it is live', async () => (await api.live(slug)).live);
  });

  afterAll(async () => {
    await obs?.stop();
    await server?.stop();
  });

  async function measured(path: string, preset: string): Promise<Found> {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [join(lighthouse.folder, 'measure.js'), server.url + path, preset],
      { env: { ...process.env, CHROME_PATH: requireTool(chromium) } },
    );
    return JSON.parse(stdout) as Found;
  }

  test.each([
    ['/', 'mobile'],
    ['/', 'desktop'],
    ['/brook', 'mobile'],
    ['/brook', 'desktop'],
    // Live.
    ['/creek', 'mobile'],
    ['/creek', 'desktop'],
  ])('is content with %s on %s', async (path, preset) => {
    const { scores, amiss } = await bestOf(() => measured(path, preset));
    const { performance = 0, accessibility = 0, seo = 0 } = scores;
    const bestPractices = scores['best-practices'] ?? 0;
    expect(
      Math.min(performance, accessibility, bestPractices, seo),
      JSON.stringify({ scores, amiss }),
    ).toBeGreaterThanOrEqual(LEAST);
  });
});

import { join } from 'node:path';
import type { ClientConfig } from 'pg';
import type { Browser, Page } from 'playwright-core';
import { Api } from '../support/api.ts';
import { openBareSite } from '../support/bare-site.ts';
import { newVisitor } from '../support/browser.ts';
import type { Server } from '../support/server.ts';
import { until } from '../support/until.ts';
import { setJobs } from './scene-jobs.ts';
import { setPeople } from './scene-people.ts';

const EVENING = {
  sky: ['#14213d', '#e07a5f'],
  far: ['#3d405b', '#2b3350'],
  near: ['#1d6f78', '#2a9d8f', '#3fb8af'],
  sun: '#ffd166',
} as const;
const MORNING = {
  sky: ['#7fc8f8', '#fdf0d5'],
  far: ['#6a994e', '#386641'],
  near: ['#219ebc', '#4cc9f0', '#8ecae6'],
  sun: '#fff3b0',
} as const;

export const STUDIO_LOOK = { ...EVENING, title: '', width: 1280, height: 720 };
export const RIVER = join(import.meta.dirname, 'river.js');

const CHANNELS = [
  {
    slug: 'brook',
    title: 'By the brook',
    category: 'Outdoors',
    tags: ['water', 'calm'],
    description:
      'Melt-water from the first thaw to the summer, every evening from seven.\n\nQuestions are welcome in the chat.',
    isRecorded: true,
  },
  {
    slug: 'workshop',
    title: 'Boats from scratch',
    category: 'Making',
    tags: ['wood', 'tools'],
    description: 'A clinker boat, plank by plank.',
  },
  {
    slug: 'night-radio',
    title: 'Night radio',
    category: 'Music',
    tags: ['ambient'],
    description: 'Slow records until two.',
  },
  {
    slug: 'chess-club',
    title: 'Chess club',
    category: 'Games',
    tags: ['chess'],
    description: 'Tuesday evenings, commented.',
  },
  {
    slug: 'town-hall',
    title: 'Town hall',
    category: 'Talk',
    tags: ['local'],
    description: 'The council, live and in full.',
  },
  {
    slug: 'rehearsal',
    title: 'Rehearsal room',
    category: 'Music',
    tags: [],
    description: '',
    visibility: 'private',
  },
] as const;

const TALK = [
  ['Marit', 'Good evening from the other side of the valley'],
  ['Jonas', 'That light on the water…'],
  ['Ayla', 'Is that the bridge on the left?'],
  ['Marit', 'It is, two bends further up'],
  ['Jonas', 'How is the delay so short? I heard the bell twice, here and outside'],
  ['Ayla', 'Half a second, says the player'],
] as const;

/** A server that looks as if people used it. */
export interface Scene {
  readonly server: Server;
  readonly api: Api;
  /** Of a stream that is over. */
  readonly streamId: string;
  /** Of a recording that is ready; absent where none came about. */
  readonly recordingId: string | undefined;
  readonly inviteUrl: string;
  close(): Promise<void>;
}

interface Stage {
  readonly server: Server;
  readonly browser: Browser;
  /** The server's. */
  readonly database: ClientConfig;
}

export async function setScene({ server, browser, database }: Stage): Promise<Scene> {
  const api = await Api.setUp(server);
  for (const channel of CHANNELS) await api.post('/channels', channel);
  const site = await openBareSite();
  const visitor = await newVisitor(browser);
  const streamers: Page[] = [];

  async function goLive(slug: string, look: object): Promise<Page> {
    const { key } = await api.post<{ key: string }>(`/channels/${slug}/keys`, { name: 'OBS at home' });
    const page = await visitor.context.newPage();
    await page.goto(site.url);
    await page.addScriptTag({ path: RIVER });
    await page.evaluate(`goLive(${JSON.stringify(server.url)}, ${JSON.stringify(key)}, ${JSON.stringify(look)})`);
    await until(`${slug} is live`, async () => (await api.live(slug)).live, { timeoutMs: 30_000 });
    return page;
  }

  const recordings = async () =>
    (await api.get<{ items: readonly { id: string; state: string }[] }>('/channels/brook/recordings')).items;

  /** Of a stream that somebody watches: it is over when this resolves, and recorded. Its id. */
  async function pastStream(look: object, watchedMs: number): Promise<string> {
    const before = (await recordings()).length;
    const page = await goLive('brook', look);
    const { stream } = await api.live('brook');
    const watcher = await visitor.open(`${server.url}/brook`);
    await watcher.waitForTimeout(watchedMs);
    await watcher.close();
    await page.evaluate('broadcaster.stopStream()');
    await page.close();
    await until(
      'it is recorded',
      async () => {
        const all = await recordings();
        return all.length > before && all[0]?.state === 'ready';
      },
      { timeoutMs: 20_000 },
    );
    return stream?.id ?? '';
  }

  const streamId = await pastStream({ ...MORNING, title: 'By the brook', width: 640, height: 360 }, 12_000);
  await pastStream({ ...EVENING, title: 'By the brook', width: 640, height: 360 }, 5_000);
  const [newest, oldest] = await recordings();
  await setJobs(database, { running: newest?.id ?? '', done: oldest?.id ?? '' });
  await setPeople(api, server.url);

  streamers.push(await goLive('brook', { ...EVENING, title: 'By the brook', width: 1280, height: 720 }));
  streamers.push(await goLive('workshop', { ...MORNING, title: 'Boats from scratch', width: 640, height: 360 }));
  await talk(server.url);
  const { url: inviteUrl } = await api.post<{ url: string }>('/invites', { role: 'streamer' });

  return {
    server,
    api,
    streamId,
    recordingId: newest?.id,
    inviteUrl,
    async close() {
      for (const page of streamers) await page.evaluate('broadcaster.stopStream()');
      await visitor.leave();
      site.close();
    },
  };
}

/** Guests, each with a cookie of his own, speak in turn. */
async function talk(url: string): Promise<void> {
  const cookies = new Map<string, string>();
  const ask = (path: string, method: string, body: unknown, cookie = '') =>
    fetch(`${url}/api/v1${path}`, {
      method,
      headers: { 'content-type': 'application/json', origin: url, cookie },
      body: JSON.stringify(body),
    });
  for (const [name, text] of TALK) {
    if (!cookies.has(name)) {
      const { headers } = await ask('/chat/guest', 'PUT', { name });
      cookies.set(
        name,
        headers
          .getSetCookie()
          .map((one) => one.split(';')[0])
          .join('; '),
      );
    }
    await ask('/channels/brook/chat', 'POST', { text }, cookies.get(name));
  }
}

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { DashViewing } from '../../../web/src/lib/dash/dash-viewing.ts';

const MANIFEST = '/media/live/brook/manifest.mpd';
const VIEWINGS = '/media/live/brook/viewings';
const ORIGIN = 'https://live.example.org';

/** The server's side of it: every POST to the list makes a viewing of the next number. */
class FakeServer {
  readonly reports: { readonly viewing: string; readonly body: Record<string, unknown> }[] = [];
  /** What it has forgotten, as after a restart. */
  readonly forgotten = new Set<string>();
  opened = 0;
  isAway = false;

  readonly fetch = async (url: string, { body }: RequestInit): Promise<Response> => {
    if (this.isAway) throw new TypeError('Failed to fetch');
    if (url === VIEWINGS) {
      const response = new Response(null, { status: 201, headers: { location: `${VIEWINGS}/${++this.opened}` } });
      return Object.defineProperty(response, 'url', { value: ORIGIN + url });
    }
    const viewing = new URL(url).pathname.split('/').at(-2) ?? '';
    this.reports.push({ viewing, body: JSON.parse(String(body)) });
    return new Response(null, { status: this.forgotten.has(viewing) ? 404 : 204 });
  };
}

let server: FakeServer;

beforeEach(() => {
  vi.useFakeTimers();
  server = new FakeServer();
  vi.stubGlobal('fetch', server.fetch);
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const viewings = () => server.reports.map(({ viewing }) => viewing);

test('a viewing is opened with the first picture, told of twice a minute, and closed with its last report', async () => {
  const viewing = new DashViewing(MANIFEST, performance.now() - 2500);
  await pass(0);
  expect(server.reports).toMatchObject([{ viewing: '1', body: { joinMs: 2500, isLast: false } }]);
  viewing.looked({ progress: 1, height: 240 });
  await pass(30_000);
  expect(server.reports[1]).toMatchObject({ body: { stalls: 1, height: 240, isLast: false } });
  viewing.close();
  viewing.close();
  await pass(120_000);
  expect(server.reports).toHaveLength(3);
  expect(server.reports[2]).toMatchObject({ viewing: '1', body: { isLast: true } });
});

test('a pause is no stall', async () => {
  const viewing = new DashViewing(MANIFEST, performance.now());
  viewing.looked({ progress: 1, height: 240 });
  viewing.rested();
  await pass(20_000);
  viewing.looked({ progress: 2, height: 240 });
  viewing.close();
  await pass(0);
  expect(server.reports.at(-1)).toMatchObject({ body: { stalls: 0, stalledMs: 0 } });
});

test('a server that has forgotten it, or did not answer, is told anew', async () => {
  server.isAway = true;
  const viewing = new DashViewing(MANIFEST, performance.now());
  await pass(10_000);
  server.isAway = false;
  await pass(20_000);
  expect(viewings()).toEqual(['1']);
  server.forgotten.add('1');
  await pass(30_000);
  expect(viewings()).toEqual(['1', '1', '2']);
  viewing.close();
});

test('one that ends before the server has answered is closed when it has', async () => {
  const viewing = new DashViewing(MANIFEST, performance.now());
  viewing.close();
  await pass(0);
  expect(server.reports).toMatchObject([{ viewing: '1', body: { isLast: true } }]);
});

import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Api, owner } from '../support/api.ts';
import { query } from '../support/database.ts';
import { HookReceiver } from '../support/hook-receiver.ts';
import { makeMedia } from '../support/media-file.ts';
import { ObsClient } from '../support/obs-client.ts';
import { obsOffer } from '../support/offers.ts';
import { descendants } from '../support/processes.ts';
import { runAdmin } from '../support/run-admin.ts';
import { type Secret, SecretHunt } from '../support/secret-hunt.ts';
import { Server } from '../support/server.ts';
import { until } from '../support/until.ts';

const made = () => randomBytes(32).toString('base64url');
const given = {
  ADMIN_TOKEN: made(),
  TURN_SECRET: made(),
  AUTHORIZE_SECRET: `whsec_${randomBytes(32).toString('base64')}`,
};

let dataDir: string;
let server: Server;
let receiver: HookReceiver;
let authorizer: HookReceiver;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'freshet-secrets-'));
  [receiver, authorizer] = await Promise.all([HookReceiver.start(), HookReceiver.start()]);
  server = await Server.start({
    dataDir,
    env: {
      LOG_LEVEL: 'trace',
      ADMIN_TOKEN: given.ADMIN_TOKEN,
      TURN_URLS: 'turn:127.0.0.1:3478',
      TURN_SECRET: given.TURN_SECRET,
      WEBHOOK_ALLOW_PRIVATE: 'true',
      AUTHORIZE_URL: authorizer.url,
      AUTHORIZE_SECRET: given.AUTHORIZE_SECRET,
    },
  });
});
afterAll(async () => {
  await server?.stop();
  await receiver?.close();
  await authorizer?.close();
  await rm(dataDir, { recursive: true, force: true });
});

const json = (body: unknown, headers: Record<string, string> = {}): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
});

const tokenIn = ({ url }: { url: string }) => new URL(url).searchParams.get('token') ?? '';

const cookieOf = (response: Response) => /^[^=]+=([^;]+)/.exec(response.headers.getSetCookie()[0] ?? '')?.[1] ?? '';

/** One of every kind, each used as it is meant. A kind that is new belongs here. */
async function secretsInUse(): Promise<Secret[]> {
  const base = `${server.url}/api/v1`;
  const setUp = new URL(server.setupUrl).searchParams.get('token') ?? '';
  const api = await Api.setUp(server);
  const admin = { authorization: `Bearer ${given.ADMIN_TOKEN}` };
  const minted = await fetch(`${base}/tokens`, json({ name: 'hunted' }, admin));
  const { token } = (await minted.json()) as { token: string };
  const login = await fetch(`${base}/login`, json(owner));
  const cookie = cookieOf(login);
  const { slug, key } = await api.createChannel('hunted');
  const hook = { url: receiver.url, channel: slug, events: ['stream.started', 'stream.ended'] };
  const webhook = await api.post<{ id: string; secret: string }>('/webhooks', hook);
  const rotated = await api.post<{ secret: string }>(`/webhooks/${webhook.id}/rotate`);
  const media = await makeMedia({ width: 320, height: 180, fps: 15, seconds: 2, bitrateKbps: 300 });
  const obs = await ObsClient.publish({ whipUrl: `${server.url}/whip`, key, media });
  await until('the webhook hears of the stream', () => receiver.received[0]);
  await obs.stop();
  const invite = await api.post<{ url: string }>('/invites', { role: 'viewer' });
  const { id } = await api.get<{ id: string }>('/me');
  const reset = await api.post<{ url: string }>(`/users/${id}/password-reset`);
  await api.patch(`/channels/${slug}`, { visibility: 'private' });
  const viewer = await api.post<{ token: string }>(`/channels/${slug}/viewer-tokens`, { ttlSeconds: 600 });
  const entered = await fetch(`${base}/channels/${slug}/access`, json({ token: viewer.token }));
  const guest = await fetch(`${base}/chat/guest`, { ...json({ name: 'Ghost' }), method: 'PUT' });
  expect(authorizer.received.length).toBeGreaterThan(0);
  const local = await runAdmin(dataDir, 'key', 'add', slug, '--name', 'from the shell', '--json');
  return [
    { name: 'set-up token', value: setUp },
    { name: 'password', value: owner.password },
    { name: 'login cookie', value: cookie },
    { name: 'API token', value: token },
    { name: 'ADMIN_TOKEN', value: given.ADMIN_TOKEN },
    { name: 'stream key', value: key },
    { name: 'stream key of the shell', value: (JSON.parse(local.said) as { key: string }).key },
    { name: 'webhook secret', value: webhook.secret },
    { name: 'webhook secret after its rotation', value: rotated.secret },
    { name: 'AUTHORIZE_SECRET', value: given.AUTHORIZE_SECRET },
    { name: 'viewer token', value: viewer.token },
    { name: 'cookie of a viewer token', value: cookieOf(entered) },
    { name: 'cookie of a guest', value: cookieOf(guest) },
    { name: 'invitation', value: tokenIn(invite) },
    { name: 'link for a password', value: tokenIn(reset) },
    { name: 'TURN_SECRET', value: given.TURN_SECRET },
  ];
}

/** In every place that it does not belong to. What each is answered. */
async function misuse({ value }: Secret): Promise<{ asked: string; answer: string }[]> {
  const inUrl = encodeURIComponent(value);
  const bearer = { authorization: `Bearer ${value}` };
  const sdp = { 'content-type': 'application/sdp' };
  const offer = obsOffer.replace('a=group:', `a=note:${value}\r\na=group:`);
  const requests: [string, RequestInit][] = [
    [`/api/v1/channels?q=x&key=${inUrl}`, {}],
    [`/api/v1/channels?cursor=${inUrl}`, {}],
    [`/api/v1/channels/${inUrl}`, {}],
    [`/api/v1/me?token=${inUrl}`, { headers: bearer }],
    [`/api/v1/${inUrl}`, {}],
    ['/api/v1/me', { headers: { authorization: `Basic ${Buffer.from(`owner:${value}`).toString('base64')}` } }],
    ['/api/v1/me', { headers: { cookie: `freshet_session=${inUrl}` } }],
    ['/api/v1/login', json({ name: value.slice(0, 30), password: value })],
    ['/api/v1/login', json({ name: 'owner', password: 'x', [value]: value })],
    ['/api/v1/login', { ...json({}), body: `{"password":"${value}"` }],
    ['/api/v1/setup', json({ token: value, name: 'Ann', password: value })],
    ['/api/v1/channels', json({ slug: value, title: 'x' }, bearer)],
    [`/whip?key=${inUrl}`, { method: 'POST', headers: { ...sdp, ...bearer, 'x-key': value }, body: 'v=0\r\n' }],
    ['/whip', { method: 'POST', headers: { ...sdp, authorization: `Bearer ${value}x` }, body: offer }],
    [`/whip/sessions/${inUrl}`, { method: 'DELETE', headers: bearer }],
    [`/whip/${inUrl}`, { method: 'POST', headers: sdp, body: offer }],
    [`/whep/${inUrl}`, { method: 'POST', headers: { ...sdp, ...bearer }, body: value }],
    [`/whep/hunted?token=${inUrl}`, { method: 'POST', headers: { ...sdp, ...bearer }, body: offer }],
    [`/metrics?token=${inUrl}`, { headers: { authorization: `Bearer ${value}x` } }],
    [`/healthz?token=${inUrl}`, {}],
    [`/setup?token=${inUrl}x`, {}],
    ['/api/v1/invites/accept', json({ token: `${value}x`, name: value, password: value })],
    ['/api/v1/password-reset', json({ token: `${value}x`, password: value })],
  ];
  return await Promise.all(
    requests.map(async ([path, init]) => {
      const response = await fetch(server.url + path, { redirect: 'manual', ...init });
      const headers = [...response.headers].map(([name, text]) => `${name}: ${text}`).join('\n');
      return {
        asked: `${init.method ?? 'GET'} ${path.replace(inUrl, '…')}`,
        answer: `${headers}\n${await response.text()}`,
      };
    }),
  );
}

async function everyRow(): Promise<string> {
  const connection = { host: join(dataDir, 'postgres-socket'), user: 'freshet', database: 'postgres' };
  const tables = await query<{ name: string }>(
    connection,
    `SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.tables
     WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')`,
  );
  const rows = await Promise.all(
    tables.map(({ name }) => query<{ row: string }>(connection, `SELECT t::text AS row FROM ${name} t`)),
  );
  expect(tables.length).toBeGreaterThan(10);
  return rows.flatMap((all) => all.map(({ row }) => row)).join('\n');
}

test('a secret of any kind, used rightly, wrongly and while all fails, is found nowhere afterwards', async () => {
  const secrets = await secretsInUse();
  for (const { name, value } of secrets) expect(value.length, name).toBeGreaterThan(15);
  const hunt = new SecretHunt(secrets);
  for (const secret of secrets) {
    for (const { asked, answer } of await misuse(secret))
      hunt.search(`the answer to ${asked} with ${secret.name}`, answer);
  }
  // An address comes back to who typed it, on the page that says that nothing is there: only what is kept of it counts.
  for (const { value } of secrets) await fetch(`${server.url}/${encodeURIComponent(value)}`);
  // The database dies in the midst of it.
  const [postmaster] = descendants(server.pid).filter((pid) => commandOf(pid).includes('postgres'));
  if (postmaster === undefined) throw new Error('no database is running');
  process.kill(postmaster, 'SIGKILL');
  for (const secret of secrets) {
    for (const { asked, answer } of await misuse(secret))
      hunt.search(`the answer to ${asked} without a database`, answer);
  }
  await until('the server is ready again', async () => (await fetch(`${server.url}/readyz`)).ok, { timeoutMs: 30_000 });

  const metrics = await fetch(`${server.url}/metrics`, { headers: { authorization: `Bearer ${given.ADMIN_TOKEN}` } });
  hunt.search('/metrics', await metrics.text());
  hunt.search('the database', await everyRow());
  for (const pid of [server.pid, ...descendants(server.pid)]) hunt.search('arguments', commandOf(pid));
  for (const pid of descendants(server.pid)) hunt.search('the environment of a child', fileOf(pid, 'environ'));
  hunt.searchFolder(dataDir, (name) => name === 'secrets.key');
  // The set-up link's own line is its one showing.
  const log = server.log.filter(({ msg }) => msg !== 'set-up link').map((line) => JSON.stringify(line));
  expect(log.length).toBeGreaterThan(20);
  hunt.search('the log', log.join('\n'));
  hunt.search('what it printed besides', server.output().split('\n').slice(server.log.length).join('\n'));

  expect(hunt.found).toEqual([]);
  expect(hunt.searchedBytes).toBeGreaterThan(10_000_000);
});

const commandOf = (pid: number) => fileOf(pid, 'cmdline');

function fileOf(pid: number, name: 'cmdline' | 'environ'): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return ''; // it has ended meanwhile
  }
}

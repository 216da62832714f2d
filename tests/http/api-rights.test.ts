import { beforeEach, describe, expect, it } from 'vitest';
import { ADMIN_TOKEN, FakeApp } from '../support/fake-app.ts';

let fake: FakeApp;
let owner: Awaited<ReturnType<FakeApp['account']>>;

beforeEach(async () => {
  fake = new FakeApp();
  owner = await fake.account('owner', 'owner');
});

const call = (method: string, path: string, given: unknown = undefined, token = owner.token) =>
  fake.call(method, path, { token, ...(given !== undefined && { body: given }) });

describe('who may what', () => {
  const routes: [method: string, path: string, body?: object][] = [
    ['PATCH', '/channels/brook', { title: 'mine now' }],
    ['DELETE', '/channels/brook'],
    ['GET', '/channels/brook/keys'],
    ['POST', '/channels/brook/keys', { name: 'x' }],
    ['GET', '/channels/brook/keys/ID'],
    ['PATCH', '/channels/brook/keys/ID', { name: 'x' }],
    ['POST', '/channels/brook/keys/ID/rotate'],
    ['DELETE', '/channels/brook/keys/ID'],
    ['POST', '/channels/brook/live/stop'],
  ];
  const reads = ['/channels/brook', '/channels/brook/live', '/channels/brook/streams'];

  async function statuses(visibility: 'public' | 'private', method: string, path: string, given?: object) {
    const found: Record<string, number> = {};
    for (const who of ['owner', 'admin', 'streamer', 'stranger', 'viewer', 'nobody', 'wrong'] as const) {
      fake = new FakeApp();
      const tokens: Record<string, string | undefined> = {
        admin: ADMIN_TOKEN,
        nobody: undefined,
        wrong: 'frt_nonsense',
      };
      for (const [name, role] of [
        ['owner', 'owner'],
        ['streamer', 'streamer'],
        ['stranger', 'streamer'],
        ['viewer', 'viewer'],
      ] as const) {
        tokens[name] = (await fake.account(name, role)).token;
      }
      const streamer = [...fake.users.rows.values()].find(({ name }) => name === 'streamer');
      const { keyId } = await fake.channel('brook', streamer?.id ?? '', visibility);
      const token = tokens[who];
      const response = await fake.call(method, path.replace('ID', keyId), {
        ...(token !== undefined && { token }),
        ...(given && { body: given }),
      });
      found[who] = response.status;
    }
    return found;
  }

  it.each(routes)('%s %s is for the channel’s streamer and the server’s owner', async (method, path, given) => {
    const { owner, admin, streamer, ...others } = await statuses('public', method, path, given);
    for (const status of [owner, admin, streamer]) expect([200, 201, 204]).toContain(status);
    expect(others).toEqual({ stranger: 403, viewer: 403, nobody: 401, wrong: 401 });
  });

  it.each(routes)('%s %s of a private channel does not tell strangers that it exists', async (method, path, given) => {
    const { stranger, viewer, nobody, wrong } = await statuses('private', method, path, given);
    // For them it is not there; and what is not there can be deleted as often as one likes.
    const absent = method === 'DELETE' ? 204 : 404;
    expect({ stranger, viewer, nobody, wrong }).toEqual({ stranger: absent, viewer: absent, nobody: 401, wrong: 401 });
  });

  it.each(reads)('GET %s of a private channel is for those who manage it', async (path) => {
    expect(await statuses('private', 'GET', path)).toEqual({
      owner: 200,
      admin: 200,
      streamer: 200,
      stranger: 404,
      viewer: 404,
      nobody: 404,
      wrong: 401,
    });
  });

  it('a viewer may not make channels', async () => {
    const viewer = await fake.account('viewer', 'viewer');
    expect((await call('POST', '/channels', { slug: 'brook', title: 'x' }, viewer.token)).status).toBe(403);
  });
});

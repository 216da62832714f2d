import { beforeEach, describe, expect, it } from 'vitest';
import { Limits } from '../../src/http/limits.ts';
import { EventReader } from '../support/event-reader.ts';
import { FakeApp } from '../support/fake-app.ts';

interface Said {
  readonly id: string;
  readonly author: { readonly id: string; readonly name: string; readonly role: string };
  readonly text: string;
}

let fake: FakeApp;
let ann: Awaited<ReturnType<FakeApp['account']>>;
let zoe: Awaited<ReturnType<FakeApp['account']>>;

beforeEach(async () => {
  fake = new FakeApp({ publicUrl: new URL('https://live.example.org'), limits: new Limits({ isBehindProxy: true }) });
  await fake.account('Olga', 'owner');
  ann = await fake.account('Ann', 'streamer');
  zoe = await fake.account('Zoe', 'viewer');
  await fake.channel('brook', ann.user.id);
});

/** A browser without an account: a cookie and an address. */
class Guest {
  cookie = '';
  readonly address: string;

  constructor(address = '203.0.113.7') {
    this.address = address;
  }

  async request(method: string, path: string, body?: object): Promise<Response> {
    const response = await fake.request(`/api/v1${path}`, {
      method,
      headers: {
        'x-forwarded-for': this.address,
        'sec-fetch-site': 'same-origin',
        ...(this.cookie && { cookie: this.cookie }),
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    const set = response.headers.get('set-cookie');
    if (set) this.cookie = set.split(';')[0] ?? '';
    return response;
  }

  async named(name: string): Promise<this> {
    expect((await this.request('PUT', '/chat/guest', { name })).status).toBe(200);
    return this;
  }

  say(text: string): Promise<Response> {
    return this.request('POST', '/channels/brook/chat', { text });
  }
}

const say = (token: string, text: string) => fake.call('POST', '/channels/brook/chat', { token, body: { text } });
const json = async <T>(response: Response) => (await response.json()) as T;
const code = async (response: Response) => (await json<{ type: string }>(response)).type.split(':').at(-1);
const change = (body: object) => fake.call('PATCH', '/channels/brook', { token: ann.token, body });
const history = async (token?: string) => {
  const path = '/channels/brook/chat';
  return (await json<{ items: Said[] }>(await fake.call('GET', path, { ...(token !== undefined && { token }) }))).items;
};

describe('saying something', () => {
  it('is kept with who said it and what he is here, newest first', async () => {
    const guest = await new Guest().named('Nora');
    expect((await say(ann.token, 'welcome')).status).toBe(201);
    expect((await say(zoe.token, 'hello')).status).toBe(201);
    expect((await guest.say('hi <b>all</b>')).status).toBe(201);
    expect((await history()).map(({ text, author }) => [author.name, author.role, text])).toEqual([
      ['Nora', 'guest', 'hi <b>all</b>'],
      ['Zoe', 'viewer', 'hello'],
      ['Ann', 'streamer', 'welcome'],
    ]);
  });

  it('needs a name, which is no account’s nor looks like one', async () => {
    const guest = new Guest();
    expect(await code(await guest.say('hello'))).toBe('name_needed');
    for (const name of ['Ann', 'аnn', 'A n n', 'Z0e']) {
      const refused = await guest.request('PUT', '/chat/guest', { name });
      expect([refused.status, await code(refused)]).toEqual([409, 'name_taken']);
    }
    expect(await code(await guest.request('PUT', '/chat/guest', { name: 'moderator' }))).toBe('bad_guest_name');
    await guest.named('Nora');
    expect(guest.cookie).toMatch(/^freshet_guest=/);
  });

  it('under another name keeps the guest’s id, and a cookie that was changed is nobody’s', async () => {
    const guest = await new Guest().named('Nora');
    const first = await json<Said>(await guest.say('one'));
    await guest.named('Nora B');
    const second = await json<Said>(await guest.say('two'));
    expect([second.author.id, second.author.name]).toEqual([first.author.id, 'Nora B']);
    guest.cookie = guest.cookie.replace(first.author.id, zoe.user.id);
    expect(await code(await guest.say('three'))).toBe('name_needed');
  });

  it('is refused under a name that an account took meanwhile', async () => {
    const guest = await new Guest().named('Nora');
    await fake.account('Nora', 'viewer');
    await fake.clock.advance(31_000);
    expect(await code(await guest.say('it is me'))).toBe('name_taken');
  });

  it('is refused in words where it is empty, too long, too much or the same again', async () => {
    expect(await code(await say(zoe.token, ' \u200b '))).toBe('bad_message');
    expect(await code(await say(zoe.token, 'x'.repeat(501)))).toBe('bad_message');
    expect((await say(zoe.token, 'same')).status).toBe(201);
    const repeated = await say(zoe.token, 'same');
    expect([repeated.status, repeated.headers.get('retry-after')]).toEqual([429, '30']);
    for (let i = 0; i < 4; i++) expect((await say(zoe.token, `number ${i}`)).status).toBe(201);
    const tooMuch = await say(zoe.token, 'number 5');
    expect([tooMuch.status, tooMuch.headers.get('retry-after')]).toEqual([429, '2']);
  });

  it('waits in slow mode, but not for the streamer, and everybody is told how long', async () => {
    await change({ slowModeSeconds: 30 });
    expect((await say(zoe.token, 'one')).status).toBe(201);
    const refused = await say(zoe.token, 'two');
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '30']);
    for (const text of ['a', 'b']) expect((await say(ann.token, text)).status).toBe(201);
    const me = await json<object>(await fake.call('GET', '/channels/brook/chat/me', { token: zoe.token }));
    expect(me).toMatchObject({ waitSeconds: 30, slowModeSeconds: 30, mayModerate: false, ban: null });
    await fake.clock.advance(30_000);
    expect((await say(zoe.token, 'two')).status).toBe(201);
  });

  it('is for accounts only, or for nobody, where the streamer wishes so', async () => {
    const guest = await new Guest().named('Nora');
    await change({ chat: 'accounts' });
    expect(await code(await guest.say('hello'))).toBe('accounts_only');
    expect((await say(zoe.token, 'hello')).status).toBe(201);
    await change({ chat: 'off' });
    expect(await code(await say(ann.token, 'hello'))).toBe('chat_off');
  });

  it('that could not be kept is not told, and may be tried again at once', async () => {
    fake.messages.failure = new Error('the database is away');
    expect((await say(zoe.token, 'hello')).status).toBe(500);
    fake.messages.failure = undefined;
    expect((await say(zoe.token, 'hello')).status).toBe(201);
  });

  it('on a private channel is for who may see it, as reading is', async () => {
    await change({ visibility: 'private' });
    expect((await say(zoe.token, 'hello')).status).toBe(404);
    expect((await fake.call('GET', '/channels/brook/chat', { token: zoe.token })).status).toBe(404);
    const { id } = await json<Said>(await say(ann.token, 'psst'));
    // As if it were not there.
    expect((await fake.call('DELETE', `/chat/${id}`, { token: zoe.token })).status).toBe(204);
    expect((await history(ann.token)).map(({ text }) => text)).toEqual(['psst']);
    expect((await fake.call('GET', '/channels/brook/chat/me', { token: ann.token })).status).toBe(200);
  });

  it('is paged', async () => {
    for (const text of ['one', 'two', 'three']) await say(zoe.token, text);
    const page = await json<{ items: Said[]; nextCursor: string }>(
      await fake.call('GET', '/channels/brook/chat?limit=2'),
    );
    expect(page.items.map(({ text }) => text)).toEqual(['three', 'two']);
    const rest = await json<{ items: Said[]; nextCursor: null }>(
      await fake.call('GET', `/channels/brook/chat?limit=2&cursor=${page.nextCursor}`),
    );
    expect([rest.items.map(({ text }) => text), rest.nextCursor]).toEqual([['one'], null]);
  });
});

describe('moderating', () => {
  it('lets everybody delete what he said himself, and the streamer what others said', async () => {
    const guest = await new Guest().named('Nora');
    const own = await json<Said>(await guest.say('oops'));
    const rude = await json<Said>(await guest.say('rude'));
    const streamers = await json<Said>(await say(ann.token, 'rules'));
    expect((await guest.request('DELETE', `/chat/${streamers.id}`)).status).toBe(403);
    expect((await fake.call('DELETE', `/chat/${rude.id}`, { token: zoe.token })).status).toBe(403);
    expect((await guest.request('DELETE', `/chat/${own.id}`)).status).toBe(204);
    expect((await fake.call('DELETE', `/chat/${rude.id}`, { token: ann.token })).status).toBe(204);
    expect((await history()).map(({ text }) => text)).toEqual(['rules']);
    expect(await history(ann.token)).toMatchObject([
      { text: 'rules', deletion: null },
      { text: 'rude', deletion: { by: 'Ann' } },
      { text: 'oops', deletion: { by: 'Nora' } },
    ]);
  });

  it('deletes all that one said', async () => {
    const { author } = await json<Said>(await say(zoe.token, 'one'));
    await say(zoe.token, 'two');
    await say(ann.token, 'three');
    const path = `/channels/brook/chat/authors/${author.id}`;
    expect((await fake.call('DELETE', path, { token: zoe.token })).status).toBe(403);
    expect((await fake.call('DELETE', path, { token: ann.token })).status).toBe(204);
    expect((await history()).map(({ text }) => text)).toEqual(['three']);
  });

  const ban = (body: object, token = ann.token) => fake.call('POST', '/channels/brook/bans', { token, body });

  it('bans an account for a time, in words, and lifts the ban', async () => {
    const { author } = await json<Said>(await say(zoe.token, 'rude'));
    const made = await ban({ authorId: author.id, seconds: 600, reason: 'rude', deleteMessages: true });
    expect(made.status).toBe(201);
    expect(await history()).toEqual([]);
    const refused = await say(zoe.token, 'again');
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([403, '600']);
    expect((await json<{ detail: string }>(refused)).detail).toBe(
      'You may not write in this chat for another 10 minutes. The reason given: rude',
    );
    const listed = await json<{ items: { id: string }[] }>(
      await fake.call('GET', '/channels/brook/bans', { token: ann.token }),
    );
    expect(listed.items).toMatchObject([{ person: { name: 'Zoe', isGuest: false }, reason: 'rude', by: 'Ann' }]);
    const [{ id } = { id: '' }] = listed.items;
    expect((await fake.call('DELETE', `/channels/brook/bans/${id}`, { token: zoe.token })).status).toBe(403);
    expect((await fake.call('DELETE', `/channels/brook/bans/${id}`, { token: ann.token })).status).toBe(204);
    expect((await say(zoe.token, 'sorry')).status).toBe(201);
  });

  it('a ban of a time is over after it', async () => {
    const { author } = await json<Said>(await say(zoe.token, 'rude'));
    await ban({ authorId: author.id, seconds: 600 });
    expect((await say(zoe.token, 'again')).status).toBe(403);
    await fake.clock.advance(600_000);
    expect((await say(zoe.token, 'again')).status).toBe(201);
  });

  it('bans a guest and who comes from his address as a guest, but no account there, and keeps no address', async () => {
    const rude = await new Guest('198.51.100.9').named('Rude');
    const other = await new Guest('203.0.113.7').named('Nora');
    const { author } = await json<Said>(await rude.say('rude'));
    expect((await ban({ authorId: author.id })).status).toBe(201);
    expect(await code(await rude.say('again'))).toBe('banned');
    const newcomer = await new Guest('198.51.100.9').named('Somebody else');
    expect(await code(await newcomer.say('hello'))).toBe('banned');
    expect((await other.say('hello')).status).toBe(201);
    expect((await say(zoe.token, 'hello')).status).toBe(201);
    const elsewhere = new Guest('192.0.2.1');
    elsewhere.cookie = rude.cookie;
    expect(await code(await elsewhere.say('still here'))).toBe('banned');
    const me = await json<object>(await rude.request('GET', '/channels/brook/chat/me'));
    expect(me).toMatchObject({ ban: { until: null, reason: '' } });
    const stored = [...fake.banStore.rows.values()].map((row) => JSON.stringify(row));
    expect(stored.join()).not.toContain('198.51');
  });

  it('is for the channel’s moderators too, who do not ban each other nor delete what the streamer said', async () => {
    const [max, mia] = [await fake.account('Max', 'viewer'), await fake.account('Mia', 'viewer')];
    for (const name of ['Max', 'Mia']) {
      await fake.call('PUT', `/channels/brook/moderators/${name}`, { token: ann.token });
    }
    const [said] = [await json<Said>(await say(max.token, 'calm down')), await say(mia.token, 'please')];
    expect(said.author.role).toBe('moderator');
    const streamers = await json<Said>(await say(ann.token, 'rules'));
    const rude = await json<Said>(await say(zoe.token, 'rude'));
    expect((await fake.call('DELETE', `/chat/${rude.id}`, { token: max.token })).status).toBe(204);
    expect((await fake.call('DELETE', `/chat/${streamers.id}`, { token: max.token })).status).toBe(403);
    expect((await ban({ authorId: zoe.user.id }, max.token)).status).toBe(201);
    expect((await ban({ authorId: mia.user.id }, max.token)).status).toBe(403);
    expect((await ban({ authorId: ann.user.id }, max.token)).status).toBe(403);
    expect((await ban({ authorId: mia.user.id }, ann.token)).status).toBe(201);
  });

  it('nobody bans the streamer or the server’s owner, nor somebody who never wrote', async () => {
    const olga = await fake.account('Olga B', 'owner');
    await say(olga.token, 'I own the server');
    await say(ann.token, 'I stream');
    for (const [id, token] of [
      [olga.user.id, ann.token],
      [ann.user.id, olga.token],
      [ann.user.id, ann.token],
    ] as const) {
      expect((await ban({ authorId: id }, token)).status).toBe(403);
    }
    expect((await ban({ authorId: zoe.user.id })).status).toBe(404);
    expect((await ban({ authorId: ann.user.id }, zoe.token)).status).toBe(403);
  });
});

describe('the events of a channel', () => {
  const open = async (token?: string, lastId?: string) => {
    const headers = new Headers();
    if (token !== undefined) headers.set('authorization', `Bearer ${token}`);
    if (lastId !== undefined) headers.set('last-event-id', lastId);
    const reader = new EventReader(await fake.request('/api/v1/channels/brook/events', { headers }));
    expect(await reader.next()).toMatchObject({ name: 'live' });
    return reader;
  };

  it('tell what is said, deleted and settled, and moderators by whom', async () => {
    const [everybody, moderator] = [await open(), await open(ann.token)];
    const { id, author } = await json<Said>(await say(zoe.token, 'hello'));
    await fake.call('DELETE', `/chat/${id}`, { token: ann.token });
    await fake.call('POST', '/channels/brook/bans', { token: ann.token, body: { authorId: author.id, seconds: 60 } });
    await change({ slowModeSeconds: 5 });
    expect(await everybody.take(4)).toEqual([
      { name: 'chat', id, data: { type: 'message', id, author, text: 'hello', at: expect.any(String) } },
      { name: 'chat', data: { type: 'deleted', id } },
      { name: 'chat', data: { type: 'banned', authorId: author.id, until: expect.any(String) } },
      { name: 'chat', data: { type: 'settings', chat: 'everyone', slowModeSeconds: 5, chatLinks: false } },
    ]);
    expect((await moderator.take(3)).slice(1)).toMatchObject([
      { data: { type: 'deleted', id, by: 'Ann' } },
      { data: { type: 'banned', authorId: author.id, by: 'Ann' } },
    ]);
    await Promise.all([everybody.close(), moderator.close()]);
  });

  it('go on where a reader was cut off, with what was deleted meanwhile', async () => {
    const first = await json<Said>(await say(zoe.token, 'one'));
    const second = await json<Said>(await say(zoe.token, 'two'));
    await fake.call('DELETE', `/chat/${first.id}`, { token: ann.token });
    const reader = await open(undefined, first.id);
    expect(await reader.take(2)).toMatchObject([
      { data: { type: 'deleted', id: first.id } },
      { id: second.id, data: { type: 'message', text: 'two' } },
    ]);
    await reader.close();
  });

  it('send who was away for long, or makes no sense, to the history', async () => {
    const reader = await open(undefined, 'nonsense');
    expect(await reader.next()).toEqual({ name: 'chat', data: { type: 'missed' } });
    await reader.close();
  });
});

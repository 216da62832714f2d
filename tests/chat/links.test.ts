import { beforeEach, describe, expect, it } from 'vitest';
import { GuestPasses } from '../../src/chat/guests.ts';
import { ChatLinks } from '../../src/chat/links.ts';
import { FakeApp } from '../support/fake-app.ts';
import { settled } from '../support/fake-clock.ts';

let fake: FakeApp;
let links: ChatLinks;
let channel: Awaited<ReturnType<FakeApp['channel']>>['channel'];
let sent: { to: readonly string[]; message: Record<string, unknown> }[];
const failures: unknown[] = [];

beforeEach(async () => {
  fake = new FakeApp();
  const { user } = await fake.account('Ann', 'streamer');
  ({ channel } = await fake.channel('brook', user.id));
  sent = [];
  links = new ChatLinks({
    chat: fake.chat,
    guests: new GuestPasses({ key: new Uint8Array(32) }),
    channel: (slug) => fake.channelStore.bySlug(slug),
    send: (to, text) => sent.push({ to: [...to], message: JSON.parse(text) }),
    failed: (error) => failures.push(error),
  });
});

function guest(sessionId: string, address = '203.0.113.7'): void {
  links.admitted(sessionId, { channel, account: undefined, address });
  links.opened(sessionId);
}

async function said(sessionId: string, message: unknown): Promise<void> {
  links.said(sessionId, typeof message === 'string' ? message : JSON.stringify(message));
  await settled();
}

describe('a player’s data channel', () => {
  it('takes a guest by his name, and what he says goes to all in one call', async () => {
    guest('one');
    guest('two');
    await said('one', { type: 'message', text: 'hello' });
    expect(sent).toMatchObject([{ to: ['one'], message: { type: 'refused', code: 'name_needed' } }]);
    await said('one', { type: 'join', name: ' Nora ' });
    expect(sent[1]).toMatchObject({
      to: ['one'],
      message: { type: 'joined', author: { name: 'Nora', role: 'guest' } },
    });
    await said('one', { type: 'message', text: 'hello' });
    expect(sent.slice(2)).toMatchObject([
      { to: ['one', 'two'], message: { type: 'message', text: 'hello', author: { name: 'Nora', role: 'guest' } } },
    ]);
  });

  it('takes what is said in one breath with the name as said under it', async () => {
    guest('one');
    links.said('one', JSON.stringify({ type: 'join', name: 'Nora' }));
    await said('one', { type: 'message', text: 'hello' });
    expect(sent).toMatchObject([{ message: { type: 'joined' } }, { message: { type: 'message', text: 'hello' } }]);
  });

  it('hears what is said over HTTP, and who deleted it if he moderates', async () => {
    const ann = { id: channel.ownerId, name: 'Ann', role: 'streamer' } as const;
    links.admitted('ann', { channel, account: ann, address: undefined });
    links.opened('ann');
    guest('one');
    const { id } = await fake.chat.say(channel, { author: ann, address: undefined }, 'welcome');
    await settled();
    await fake.chat.delete(await fake.chat.message(id), ann);
    await settled();
    expect(sent).toMatchObject([
      { to: ['ann'], message: { type: 'joined', author: ann } },
      { to: ['one'], message: { type: 'message', id, text: 'welcome' } },
      { to: ['ann'], message: { type: 'message', id, text: 'welcome' } },
      { to: ['one'], message: { type: 'deleted', id } },
      { to: ['ann'], message: { type: 'deleted', id, by: 'Ann' } },
    ]);
    expect(sent[3]?.message).not.toHaveProperty('by');
  });

  it('has the limits of everybody else', async () => {
    guest('one');
    await said('one', { type: 'join', name: 'Nora' });
    for (let i = 0; i < 5; i++) await said('one', { type: 'message', text: `message ${i}` });
    sent = [];
    await said('one', { type: 'message', text: 'one more' });
    expect(sent).toMatchObject([{ message: { type: 'refused', code: 'too_fast', retryAfterSeconds: 2 } }]);
  });

  it('is refused a flood before it costs anything', async () => {
    guest('one');
    for (let i = 0; i < 50; i++) links.said('one', '{"type":"join","name":"Nora"}');
    await settled();
    expect(sent.filter(({ message }) => message['type'] === 'refused')).toHaveLength(46);
  });

  it.each(['', '{', 'null', '[]', '"text"', '{"type":"message"}', '{"type":"join","name":7}', 'x'.repeat(5000)])(
    'is told that this is no message: %s',
    async (text) => {
      guest('one');
      await said('one', text);
      expect(sent).toMatchObject([{ to: ['one'], message: { type: 'refused', code: 'bad_message' } }]);
    },
  );

  it('may not take an account’s name', async () => {
    guest('one');
    await said('one', { type: 'join', name: 'Аnn' });
    expect(sent).toMatchObject([{ message: { type: 'refused', code: 'name_taken' } }]);
  });

  it('that ended, or never opened, hears and says nothing', async () => {
    guest('one');
    guest('two');
    links.admitted('three', { channel, account: undefined, address: undefined });
    links.ended('two');
    for (const id of ['two', 'three', 'nobody']) await said(id, { type: 'join', name: 'Nora' });
    expect(sent).toEqual([]);
    await said('one', { type: 'join', name: 'Nora' });
    await said('one', { type: 'message', text: 'hello' });
    expect(sent.at(-1)).toMatchObject({ to: ['one'] });
    expect(failures).toEqual([]);
  });
});

import { beforeEach, describe, expect, it } from 'vitest';
import { FakeApp } from '../support/fake-app.ts';
import { settled } from '../support/fake-clock.ts';
import { chromiumChatOffer, chromiumPlayOffer } from '../support/offers.ts';

let fake: FakeApp;
let token: string;

beforeEach(async () => {
  fake = new FakeApp();
  const { user, token: ownersToken } = await fake.account('Ann', 'streamer');
  token = ownersToken;
  const { key } = await fake.channel('brook', user.id);
  await fake.goLive(key);
});

/** The id of a new session. */
async function play(offer: string, bearer?: string): Promise<string> {
  const headers = { 'content-type': 'application/sdp', ...(bearer && { authorization: `Bearer ${bearer}` }) };
  const answer = await fake.request('/whep/brook', { method: 'POST', headers, body: offer });
  expect(answer.status).toBe(201);
  const id = answer.headers.get('location')?.split('/').at(-1) ?? '';
  fake.media.connect(id);
  return id;
}

async function says(id: string, message: object): Promise<void> {
  fake.media.text(id, { text: JSON.stringify(message) });
  await settled();
}

function heard(id: string): readonly Record<string, unknown>[] {
  return (fake.media.texts.get(id) ?? []).map((text) => JSON.parse(text));
}

describe('the chat on the data channel of a WHEP session', () => {
  it('knows a guest by the name he says, and is one with the chat over HTTP', async () => {
    const id = await play(chromiumChatOffer);
    fake.media.text(id, 'opened');
    await says(id, { type: 'join', name: 'Nora' });
    await says(id, { type: 'message', text: 'hello' });
    await fake.call('POST', '/channels/brook/chat', { token, body: { text: 'welcome' } });
    await settled();
    expect(heard(id)).toMatchObject([
      { type: 'joined', author: { name: 'Nora', role: 'guest' } },
      { type: 'message', text: 'hello', author: { name: 'Nora' } },
      { type: 'message', text: 'welcome', author: { name: 'Ann', role: 'streamer' } },
    ]);
  });

  it('knows an account by the token that the session was opened with', async () => {
    const id = await play(chromiumChatOffer, token);
    fake.media.text(id, 'opened');
    await says(id, { type: 'message', text: 'hello' });
    expect(heard(id)).toMatchObject([
      { type: 'joined', author: { name: 'Ann', role: 'streamer' } },
      { type: 'message', text: 'hello' },
    ]);
  });

  it('hears nothing any more once its channel is closed, and again when it is opened again', async () => {
    const id = await play(chromiumChatOffer);
    fake.media.text(id, 'opened');
    fake.media.text(id, 'closed');
    await fake.call('POST', '/channels/brook/chat', { token, body: { text: 'nobody hears' } });
    await settled();
    expect(heard(id)).toEqual([]);
    fake.media.text(id, 'opened');
    await fake.call('POST', '/channels/brook/chat', { token, body: { text: 'welcome back' } });
    await settled();
    expect(heard(id)).toMatchObject([{ type: 'message', text: 'welcome back' }]);
  });

  it('ends with the session', async () => {
    const id = await play(chromiumChatOffer);
    fake.media.text(id, 'opened');
    await fake.request(`/whep/sessions/${id}`, { method: 'DELETE' });
    await fake.call('POST', '/channels/brook/chat', { token, body: { text: 'too late' } });
    await settled();
    expect(heard(id)).toEqual([]);
  });

  it('is not there for a player who offered no data channels, whatever his connection says', async () => {
    const id = await play(chromiumPlayOffer);
    fake.media.text(id, 'opened');
    await says(id, { type: 'join', name: 'Nora' });
    expect(heard(id)).toEqual([]);
  });
});

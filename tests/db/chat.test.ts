import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Channel } from '../../src/channels/ports.ts';
import { MessageIds, timeOfId } from '../../src/chat/message-ids.ts';
import type { Author, BanDraft } from '../../src/chat/ports.ts';
import type { Database } from '../../src/db/database.ts';
import { newChannel, newOwner, TestPostgres } from '../support/database.ts';

let postgres: TestPostgres;
let db: Database;
let brook: Channel;
let river: Channel;
let ann: Author;
const guest: Author = { id: randomUUID(), name: 'Nora', role: 'guest' };
const ids = new MessageIds();
const start = Date.parse('2026-11-01T12:00:00Z');

beforeAll(async () => {
  postgres = await TestPostgres.start();
  db = await postgres.open();
  const user = await newOwner(db);
  ann = { id: user.id, name: user.name, role: 'streamer' };
  brook = await newChannel(db, { slug: 'brook', ownerId: user.id });
  river = await newChannel(db, { slug: 'river', ownerId: user.id });
});
afterAll(async () => {
  await db.close();
  await postgres.close();
});

async function say(author: Author, text: string, atMs: number, channelId = brook.id) {
  const message = { id: ids.next(atMs), channelId, author, text, at: new Date(atMs) };
  await db.chatMessages.add(message);
  return { ...message, deletion: null };
}

describe('ids of messages', () => {
  it('are in the order in which they were made, within one millisecond and when the clock is set back', () => {
    const made = [...Array.from({ length: 5000 }, () => ids.next(1000)), ids.next(10), ids.next(2000)];
    expect(made.toSorted()).toEqual(made);
    expect(timeOfId(new MessageIds().next(start))).toEqual(new Date(start));
    expect(timeOfId(randomUUID())).toBeUndefined();
  });
});

describe('messages', () => {
  it('are read as they were said, in pages, those that were deleted by those who may', async () => {
    const one = await say(ann, 'one', start);
    const two = await say(guest, 'zwei ü 👍', start + 1000);
    const three = await say(ann, 'three', start + 2000);
    await say(ann, 'elsewhere', start, river.id);
    const at = new Date(start + 3000);
    expect(await db.chatMessages.delete(two.id, { at, by: 'Ann' })).toBe(true);
    expect(await db.chatMessages.delete(two.id, { at, by: 'Ann' })).toBe(false);
    expect(await db.chatMessages.delete('no id', { at, by: 'Ann' })).toBe(false);
    const gone = { ...two, deletion: { at, by: 'Ann' } };
    const list = (page: object = {}) => db.chatMessages.list(brook.id, { limit: 9, withDeleted: false, ...page });
    expect(await list()).toEqual([three, one]);
    expect(await list({ withDeleted: true, limit: 2 })).toEqual([three, gone]);
    expect(await list({ withDeleted: true, before: two.id })).toEqual([one]);
    expect(await list({ before: 'no id' })).toEqual([]);
    expect(await db.chatMessages.byId(two.id)).toEqual(gone);
    expect(await db.chatMessages.lastOf(brook.id, guest.id)).toEqual(gone);
    expect(await db.chatMessages.lastOf(river.id, guest.id)).toBeUndefined();
  });

  it('are told from a time on: what was said since, and what was deleted since', async () => {
    const texts = async (fromMs: number, limit = 9) =>
      (await db.chatMessages.since(brook.id, new Date(fromMs), limit)).map(({ text }) => text);
    expect(await texts(start)).toEqual(['one', 'zwei ü 👍', 'three']);
    expect(await texts(start + 1500)).toEqual(['zwei ü 👍', 'three']);
    expect(await texts(start + 3500)).toEqual([]);
    expect(await texts(start, 1)).toEqual(['one']);
  });

  it('of one author are deleted together, and old ones forgotten in steps', async () => {
    const deletion = { at: new Date(), by: 'Ann' };
    expect(await db.chatMessages.deleteOf(brook.id, ann.id, deletion)).toBe(2);
    expect(await db.chatMessages.deleteOf(brook.id, ann.id, deletion)).toBe(0);
    expect(await db.chatMessages.forget(new Date(start + 1500), 2)).toBe(2);
    expect(await db.chatMessages.forget(new Date(start + 1500), 2)).toBe(1);
    expect(await db.chatMessages.forget(new Date(start + 1500), 2)).toBe(0);
    expect(await db.chatMessages.accountNames()).toEqual(['Ann']);
  });
});

describe('bans', () => {
  const now = new Date(start);
  const address = Uint8Array.of(1, 2, 3);
  const draft = (more: Partial<BanDraft>): BanDraft => ({
    channelId: brook.id,
    person: { id: ann.id, name: 'Ann', isGuest: false },
    addressHash: undefined,
    reason: 'rude',
    by: 'Bob',
    expiresAt: null,
    ...more,
  });

  it('hold for an account, or for a guest and his address, on their channel and in their time', async () => {
    const account = await db.chatBans.put(draft({ expiresAt: new Date(start + 1000) }));
    const person = { id: guest.id, name: 'Nora', isGuest: true };
    const ofGuest = await db.chatBans.put(draft({ person, addressHash: address }));
    const find = (who: Parameters<typeof db.chatBans.find>[1], channelId = brook.id, at = now) =>
      db.chatBans.find(channelId, who, at);
    expect(await find({ userId: ann.id })).toEqual(account);
    expect(await find({ userId: ann.id }, brook.id, new Date(start + 1000))).toBeUndefined();
    expect(await find({ userId: ann.id }, river.id)).toBeUndefined();
    expect(await find({ guestId: guest.id, addressHash: undefined })).toEqual(ofGuest);
    expect(await find({ guestId: randomUUID(), addressHash: address })).toEqual(ofGuest);
    expect(await find({ guestId: randomUUID(), addressHash: Uint8Array.of(9) })).toBeUndefined();
    expect(await db.chatBans.list(brook.id, now, { limit: 9 })).toEqual([ofGuest, account]);
    expect(await db.chatBans.list(brook.id, now, { limit: 9, after: ofGuest.id })).toEqual([account]);
  });

  it('take the place of an earlier one, are lifted, and forgotten once they are over', async () => {
    const again = await db.chatBans.put(draft({ expiresAt: new Date(start + 5000), reason: 'again' }));
    expect(await db.chatBans.list(brook.id, now, { limit: 9 })).toHaveLength(2);
    expect(await db.chatBans.delete(river.id, again.id)).toBeUndefined();
    expect(await db.chatBans.forgetExpired(new Date(start + 5000))).toBe(1);
    expect(await db.chatBans.delete(brook.id, again.id)).toBeUndefined();
    const [left] = await db.chatBans.list(brook.id, now, { limit: 9 });
    expect(await db.chatBans.delete(brook.id, left?.id ?? '')).toEqual(left);
  });
});

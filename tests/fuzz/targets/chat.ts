import assert from 'node:assert/strict';
import fc from 'fast-check';
import { GuestPasses } from '../../../src/chat/guests.ts';
import { ChatLinks } from '../../../src/chat/links.ts';
import { nameShape, readGuestName } from '../../../src/chat/names.ts';
import { readMessage } from '../../../src/chat/text.ts';
import { FakeApp } from '../../support/fake-app.ts';
import { mutatedLines } from '../mutated-lines.ts';
import { bounded, type FuzzTarget } from '../target.ts';

const MARKED = 'e\u0301\u0327\u202e\u2066\u200b\u200d\ufe0f\u3164\u{1f3f4}\u{e0067}\u{e007f}\u1100\u1161\u0000\ud800';
const text = fc.oneof(
  fc.string({ unit: fc.constantFrom(...MARKED), maxLength: 3000 }),
  fc.string({ unit: 'binary', maxLength: 3000 }),
  fc.string({ unit: 'grapheme', maxLength: 600 }),
);

const readsText = bounded((raw: string) => {
  const { text: line } = readMessage(raw);
  assert(line === undefined || ([...line].length <= 500 && Buffer.byteLength(line) <= 2000 && line.isWellFormed()));
  const { name } = readGuestName(raw);
  assert(name === undefined || (readGuestName(name).name === name && nameShape(name) !== ''));
});

const passes = new GuestPasses({ key: new Uint8Array(32) });
const real = passes.issue('Nora', '01890000-0000-7000-8000-000000000000').pass;
const readsPass = bounded((pass: string) => {
  assert(pass === real || passes.read(pass) === undefined, 'a pass that was not made here');
});

/** What a player's data channel says: one link of a server, which answers each and never fails. */
function linkProperty(): fc.IRawProperty<unknown> {
  const said = fc.oneof(
    fc.json(),
    mutatedLines(['{"type":"join","name":"Nora"}', '{"type":"message","text":"hello"}']),
    fc
      .record({ type: fc.constantFrom('join', 'message', 'x'), name: text, text })
      .map((value) => JSON.stringify(value)),
  );
  return fc.asyncProperty(fc.array(said, { maxLength: 8 }), async (messages) => {
    const app = new FakeApp();
    const { channel } = await app.channel('door', (await app.account('Ann', 'streamer')).user.id);
    const failures: unknown[] = [];
    const links = new ChatLinks({
      chat: app.chat,
      guests: passes,
      channel: async () => channel,
      send: (_, answer) => assert(answer.length < 8192 && JSON.parse(answer).type !== undefined),
      failed: (error) => failures.push(error),
    });
    links.admitted('one', { channel, account: undefined, address: '203.0.113.7' });
    links.opened('one');
    for (const message of messages) links.said('one', message);
    await new Promise(setImmediate);
    assert.deepEqual(failures, []);
    for (const row of app.messages.rows.values()) assert.equal(readMessage(row.text).text, row.text);
    links.ended('one');
  });
}

export const chatTargets: readonly FuzzTarget[] = [
  { name: 'chat messages and guest names', property: fc.property(text, readsText), runsASecond: 2000 },
  {
    name: 'guest passes',
    property: fc.property(fc.oneof(mutatedLines([real]), fc.string({ maxLength: 500 })), readsPass),
    runsASecond: 2000,
  },
  { name: 'chat over a data channel', property: linkProperty(), runsASecond: 50 },
];

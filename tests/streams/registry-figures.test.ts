import { expect, it } from 'vitest';
import { settled } from '../support/fake-clock.ts';
import { chromiumPlayOffer } from '../support/offers.ts';
import { begin, channel, clock, goLive, live, media, registry, store, watch } from './fresh-registry.ts';

const PHONE = { address: '192.0.2.7', userAgent: 'Mozilla/5.0 Firefox/153.0' };
const LAPTOP = { address: '192.0.2.7', userAgent: 'Mozilla/5.0 Chrome/156.0 Safari/537.36' };
const NEIGHBOUR = { ...PHONE, address: '192.0.2.8' };

async function watchFrom(from: { address: string; userAgent: string }): Promise<string> {
  const { sessionId } = await registry.play({ channel, offer: chromiumPlayOffer, from });
  media.connect(sessionId);
  await settled();
  return sessionId;
}

const written = async () => {
  await clock.advance(600);
  return [...store.viewers.values()];
};

it('tells visitors of a stream apart by address and browser, without keeping either', async () => {
  await goLive();
  for (const from of [PHONE, LAPTOP, NEIGHBOUR, PHONE]) await watchFrom(from);
  const rows = await written();
  const marks = rows.map(({ mark }) => mark);
  expect(new Set(marks).size).toBe(3);
  expect(marks[0]).toBe(marks[3]);
  expect(rows.map(({ client }) => client)).toEqual(['firefox', 'chrome', 'firefox', 'firefox']);
  for (const mark of marks) expect(mark).toMatch(/^[0-9a-f]{16}$/);
  expect(JSON.stringify(rows)).not.toMatch(/192\.0\.2/);
});

it('marks the same visitor differently on the next stream', async () => {
  await goLive();
  await watchFrom(PHONE);
  await written();
  registry.stop(channel.id);
  await goLive();
  await watchFrom(PHONE);
  const [first, second] = (await written()).map(({ mark }) => mark);
  expect(first).not.toBe(second);
});

it('samples each live stream every ten seconds, and once more at its end', async () => {
  await goLive();
  await watch();
  const id = live().stream?.id ?? '';
  for (let second = 0; second < 10; second += 1) {
    media.measure(id, [
      { kind: 'video', codec: 'vp8', packets: 0, lost: 0, layers: [{ rid: '', bitrateBps: 800_000 }] },
    ]);
    media.send(id, 50_000);
    await clock.advance(1000);
  }
  expect(store.samples).toMatchObject([
    { streamId: id, spanSeconds: 10, viewers: 1, ingestBps: 800_000, egressBps: 400_000 },
  ]);
  await clock.advance(4000);
  registry.stop(channel.id);
  await settled();
  expect(store.samples).toMatchObject([{ spanSeconds: 10 }, { streamId: id, spanSeconds: 4, viewers: 1 }]);
});

it('keeps the samples of the time in which the database was away', async () => {
  await goLive();
  await clock.advance(9_000);
  store.failures = 4;
  await clock.advance(20_000);
  expect(store.failures).toBe(0);
  await clock.advance(11_000);
  expect(store.samples).toHaveLength(4);
});

it('notes what a player says of itself, also a moment after it left', async () => {
  await goLive();
  const sessionId = await watchFrom(PHONE);
  await clock.advance(20_000);
  registry.played(sessionId, { joinMs: 240, stalls: 0, stalledMs: 0, height: 720 });
  await registry.delete('viewer', sessionId);
  registry.played(sessionId, { joinMs: 999, stalls: 2, stalledMs: 1500, height: 360 });
  const [row] = await written();
  expect(row?.played).toMatchObject({ joinMs: 240, stalls: 2, stalledMs: 1500, height: 360 });
});

it('believes no player who stalled for longer than it watched, or takes back what it said', async () => {
  await goLive();
  const sessionId = await watchFrom(PHONE);
  await clock.advance(5_000);
  registry.played(sessionId, { joinMs: 600_000, stalls: 3, stalledMs: 90_000 });
  registry.played(sessionId, { stalls: 1, stalledMs: 10 });
  await clock.advance(11_000);
  const [row] = await written();
  expect(row?.played).toEqual({ id: row?.id, stalls: 3, stalledMs: 5_000 });
});

it('does not count against a stream what a player waited and stalled before it', async () => {
  begin();
  const waits = { ...channel, acceptsWaitingViewers: true };
  const { sessionId } = await registry.play({ channel: waits, offer: chromiumPlayOffer, from: PHONE });
  media.connect(sessionId);
  await goLive();
  registry.played(sessionId, { joinMs: 20_000, stalls: 4, stalledMs: 3000 });
  await clock.advance(20_000);
  registry.played(sessionId, { joinMs: 20_000, stalls: 5, stalledMs: 3200 });
  await clock.advance(11_000);
  const [row] = await written();
  expect(row?.mark).toMatch(/^[0-9a-f]{16}$/);
  expect(row?.played).toEqual({ id: row?.id, stalls: 1, stalledMs: 200 });
});

it('knows no player of a session that never was, and none that publishes', async () => {
  const publisher = await goLive();
  for (const id of ['no-session', publisher]) {
    expect(() => registry.played(id, { stalls: 0, stalledMs: 0 })).toThrow('no such session');
  }
});

it('loses no viewer where the database is away for minutes, and no end', async () => {
  await goLive();
  store.isAway = true;
  const early = await watchFrom(PHONE);
  await clock.advance(60_000);
  const late = await watchFrom(LAPTOP);
  await registry.delete('viewer', early);
  await clock.advance(60_000);
  expect(store.viewers.size).toBe(0);
  registry.played(late, { joinMs: 30, stalls: 0, stalledMs: 0 });
  registry.stop(channel.id);
  await clock.advance(60_000);
  store.isAway = false;
  await clock.advance(16_000);
  const [first, second] = [...store.viewers.values()];
  expect(first).toMatchObject({ client: 'firefox', reason: 'deleted' });
  expect(second).toMatchObject({ client: 'chrome', reason: 'stopped', played: { joinMs: 30 } });
  expect([...store.rows.values()]).toMatchObject([{ endReason: 'stopped', peakViewers: 2 }]);
});

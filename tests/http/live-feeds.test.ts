import { expect, it } from 'vitest';
import { LatestEvents } from '../../src/http/live-feeds.ts';
import { OFFLINE } from '../../src/streams/live-events.ts';

it('a reader who was away gets the newest of each event, however many there were', async () => {
  const latest = new LatestEvents();
  latest.push({ type: 'live', live: OFFLINE });
  for (let viewers = 1; viewers <= 1000; viewers += 1) latest.push({ type: 'viewers', viewers });
  expect(await latest.take(1000)).toEqual([
    { type: 'live', live: OFFLINE },
    { type: 'viewers', viewers: 1000 },
  ]);
});

it('a waiting reader is woken by the next event', async () => {
  const latest = new LatestEvents();
  const taken = latest.take(60_000);
  latest.push({ type: 'viewers', viewers: 7 });
  expect(await taken).toEqual([{ type: 'viewers', viewers: 7 }]);
});

it('a reader hears in time that there is nothing', async () => {
  expect(await new LatestEvents().take(5)).toEqual([]);
});

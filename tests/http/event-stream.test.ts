import { expect, it } from 'vitest';
import { LatestEvents } from '../../src/http/event-stream.ts';

const count = (n: number) => ({ name: 'viewers', data: { viewers: n } });

it('a reader who was away gets the newest of each event, however many there were, the last one last', async () => {
  const latest = new LatestEvents();
  latest.push(count(0));
  latest.push({ name: 'live', data: {} });
  for (let viewers = 1; viewers <= 1000; viewers += 1) latest.push(count(viewers));
  expect(await latest.take(1000)).toEqual([{ name: 'live', data: {} }, count(1000)]);
});

it('of events that contradict each other only the later one is told', async () => {
  const latest = new LatestEvents();
  for (const name of ['active', 'inactive', 'active']) latest.push({ name, data: {} }, 'state');
  expect(await latest.take(1000)).toEqual([{ name: 'active', data: {} }]);
});

it('a waiting reader is woken by the next event', async () => {
  const latest = new LatestEvents();
  const taken = latest.take(60_000);
  latest.push(count(7));
  expect(await taken).toEqual([count(7)]);
});

it('a reader hears in time that there is nothing', async () => {
  expect(await new LatestEvents().take(5)).toEqual([]);
});

it('what waits at the end is told before the end', async () => {
  const latest = new LatestEvents();
  latest.push(count(7));
  latest.close();
  expect(latest.isOver).toBe(false);
  expect(await latest.take(60_000)).toEqual([count(7)]);
  expect(latest.isOver).toBe(true);
  expect(await latest.take(60_000)).toEqual([]);
});

it('what is queued is told in full and in order, beside what replaces itself', async () => {
  const latest = new LatestEvents();
  const said = (text: string) => ({ name: 'chat', data: { text } });
  latest.queue(said('one'), said('missed'));
  latest.push(count(1));
  latest.push(count(2));
  latest.queue(said('two'), said('missed'));
  expect(await latest.take(1000)).toEqual([said('one'), count(2), said('two')]);
});

it('a reader who is too slow for the queue is told that he missed something', async () => {
  const latest = new LatestEvents();
  const missed = { name: 'chat', data: 'missed' };
  latest.push(count(1));
  for (let i = 0; i < 201; i += 1) latest.queue({ name: 'chat', data: i }, missed);
  expect(await latest.take(1000)).toEqual([count(1), missed]);
  latest.queue({ name: 'chat', data: 7 }, missed);
  expect(await latest.take(1000)).toEqual([{ name: 'chat', data: 7 }]);
});

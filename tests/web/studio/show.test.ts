import { expect, test } from 'vitest';
import { after, isOn, type Show, type ShowEvent, sinceOf } from '../../../web/src/routes/studio/show.ts';

const play = (...events: readonly ShowEvent[]) => events.reduce<Show>(after, { state: 'off' });

const ASKED: ShowEvent = { type: 'asked' };
const UP: ShowEvent = { type: 'up', nowMs: 1000 };
const LOST: ShowEvent = { type: 'lost' };
const STOPPED: ShowEvent = { type: 'stopped' };

test('asked, connected, stopped', () => {
  expect(play(ASKED)).toEqual({ state: 'starting' });
  expect(play(ASKED, UP)).toEqual({ state: 'live', sinceMs: 1000 });
  expect(play(ASKED, UP, STOPPED)).toEqual({ state: 'off' });
});

test('a lost network is told of with each try, and the show is as old as before when it is back', () => {
  const waits: ShowEvent = { type: 'waits', attempt: 2, untilMs: 5000 };
  expect(play(ASKED, UP, LOST)).toEqual({ state: 'reconnecting', sinceMs: 1000, tries: 0 });
  expect(play(ASKED, UP, LOST, waits)).toEqual({ state: 'reconnecting', sinceMs: 1000, tries: 2, nextTryMs: 5000 });
  expect(play(ASKED, UP, LOST, waits, LOST)).toEqual({ state: 'reconnecting', sinceMs: 1000, tries: 2 });
  expect(play(ASKED, UP, LOST, waits, { type: 'up', nowMs: 9000 })).toEqual({ state: 'live', sinceMs: 1000 });
});

test('no loss, however often, takes it off the air', () => {
  const hundred = Array.from(
    { length: 100 },
    (_, attempt): ShowEvent => ({ type: 'waits', attempt, untilMs: attempt }),
  );
  expect(isOn(play(ASKED, UP, ...hundred, LOST))).toBe(true);
});

test('a refusal ends it and says why, until it is asked for again', () => {
  const ended: ShowEvent = { type: 'ended', problem: 'The key was taken away.' };
  expect(play(ASKED, ended)).toEqual({ state: 'off', problem: 'The key was taken away.' });
  expect(play(ASKED, ended, ASKED)).toEqual({ state: 'starting' });
});

test('what is told late of a show that is over changes nothing', () => {
  for (const late of [UP, LOST, { type: 'waits', attempt: 1, untilMs: 1 }, { type: 'ended', problem: 'x' }] as const) {
    expect(play(ASKED, UP, STOPPED, late)).toEqual({ state: 'off' });
  }
});

test('asked for twice, it begins once', () => {
  expect(play(ASKED, UP, ASKED)).toEqual({ state: 'live', sinceMs: 1000 });
  expect(sinceOf(play(ASKED))).toBeUndefined();
  expect(sinceOf(play(ASKED, UP, LOST))).toBe(1000);
});

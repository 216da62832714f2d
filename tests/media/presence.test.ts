import { describe, expect, it } from 'vitest';
import { Presence } from '../../src/media/presence.ts';

/** Goes through `forMs` in steps of a tick; what was said, and when. */
function live(presence: Presence, forMs: number, each: (nowMs: number) => void, fromMs = 0) {
  const said: [number, string][] = [];
  for (let nowMs = fromMs; nowMs < fromMs + forMs; nowMs += 10) {
    each(nowMs);
    const change = presence.change(nowMs);
    if (change) said.push([nowMs, change]);
  }
  return said;
}

const every = (ms: number, nowMs: number) => nowMs % ms === 0;

describe('a publisher', () => {
  it('that vanishes is silent after three seconds, and has resumed with its next packet', () => {
    const presence = new Presence();
    const said = live(presence, 12_000, (nowMs) => {
      const isThere = nowMs <= 5000 || nowMs >= 10_000;
      if (isThere && every(20, nowMs)) presence.media(nowMs);
      if (isThere && every(2500, nowMs)) presence.sign(nowMs);
    });
    expect(said).toEqual([
      [8000, 'silent'],
      [10_000, 'resumed'],
    ]);
  });

  it('that has sent nothing yet is not missed', () => {
    const presence = new Presence();
    expect(live(presence, 20_000, (nowMs) => every(5000, nowMs) && presence.sign(nowMs))).toEqual([]);
  });

  it('that pauses and checks its path as a browser does is there', () => {
    const presence = new Presence();
    const said = live(presence, 60_000, (nowMs) => {
      if (nowMs < 5010 && every(20, nowMs)) presence.media(nowMs);
      if (every(2500, nowMs)) presence.sign(nowMs);
    });
    expect(said).toEqual([]);
  });

  it('that pauses and goes on reporting is there, also when it checks its path seldom', () => {
    const presence = new Presence();
    const said = live(presence, 60_000, (nowMs) => {
      if (nowMs < 5010 && every(20, nowMs)) presence.media(nowMs);
      if (nowMs < 8000 && every(1000, nowMs)) presence.sign(nowMs);
      if (every(15_000, nowMs)) presence.sign(nowMs);
    });
    expect(said).toEqual([]);
  });

  it('that says goodbye to its media is there', () => {
    const presence = new Presence();
    live(presence, 5000, (nowMs) => presence.media(nowMs));
    presence.paused();
    expect(live(presence, 60_000, (nowMs) => every(5000, nowMs) && presence.sign(nowMs), 5000)).toEqual([]);
  });

  it('of a silent voice, two packets a second, is there, and is missed when it vanishes', () => {
    const presence = new Presence();
    const said = live(presence, 30_000, (nowMs) => {
      if (nowMs <= 20_000 && every(400, nowMs)) presence.media(nowMs);
      if (nowMs <= 20_000 && every(5000, nowMs + 300)) presence.sign(nowMs);
    });
    expect(said.map(([, change]) => change)).toEqual(['silent']);
  });

  it('of a still screen, a picture a second, is missed when it vanishes', () => {
    const presence = new Presence();
    const said = live(presence, 30_000, (nowMs) => {
      if (nowMs <= 20_700 && every(1000, nowMs)) presence.media(nowMs);
      if (nowMs <= 20_700 && every(2500, nowMs + 1800)) presence.sign(nowMs);
    });
    expect(said).toEqual([[23_700, 'silent']]);
  });
});

import { describe, expect, test } from 'vitest';
import { ReceptionWatch } from '../../web/src/lib/player/reception-watch.ts';

/** Feeds `watch` a picture each half second, from `fromMs` to `toMs`; `rejoins` says when it wanted a new session. */
function feed(
  watch: ReceptionWatch,
  { fromMs, toMs, grows }: { fromMs: number; toMs: number; grows: boolean },
): number[] {
  const rejoins: number[] = [];
  for (let nowMs = fromMs; nowMs <= toMs; nowMs += 500) {
    const count = 1000 + (grows ? nowMs : 0);
    watch.received({ packets: count, decoded: count }, nowMs);
    if (watch.mustRejoin(nowMs)) rejoins.push(nowMs);
  }
  return rejoins;
}

describe('what comes is watched', () => {
  test('a picture is still for as long as none is decoded', () => {
    const watch = new ReceptionWatch();
    watch.received({ packets: 1, decoded: 1 }, 0);
    watch.received({ packets: 9, decoded: 1 }, 2000);
    expect(watch.stillMs(2000)).toBe(2000);
    watch.received({ packets: 12, decoded: 2 }, 2500);
    expect(watch.stillMs(2500)).toBe(0);
  });

  test('a connection that brings packets is left alone', () => {
    const watch = new ReceptionWatch();
    watch.paused(0);
    expect(feed(watch, { fromMs: 0, toMs: 60_000, grows: true })).toEqual([]);
  });

  test('one that brings nothing is made anew, each time after a longer wait', () => {
    const watch = new ReceptionWatch();
    watch.paused(0);
    expect(feed(watch, { fromMs: 0, toMs: 60_000, grows: false })).toEqual([4000, 12_000, 28_000, 60_000]);
  });

  test('a picture kept on the server is no sign that somebody sends again', () => {
    const watch = new ReceptionWatch();
    watch.paused(0);
    const rejoins = feed(watch, { fromMs: 0, toMs: 4000, grows: false });
    watch.paused(4000);
    rejoins.push(...feed(watch, { fromMs: 4000, toMs: 13_000, grows: false }));
    expect(rejoins).toEqual([4000, 12_000]);
  });

  test('once packets have come for a while, the next silence is met soon again', () => {
    const watch = new ReceptionWatch();
    watch.paused(0);
    feed(watch, { fromMs: 0, toMs: 12_000, grows: false });
    watch.paused(12_000);
    feed(watch, { fromMs: 12_000, toMs: 20_000, grows: true });
    expect(feed(watch, { fromMs: 20_500, toMs: 25_000, grows: false })).toEqual([24_500]);
  });
});

import { beforeEach, describe, expect, test } from 'vitest';
import { Backlog } from '../../src/transport/backlog.ts';
import { CatchUp, isClear } from '../../src/transport/catch-up.ts';

let waiting = 0;
let backlog: Backlog;

beforeEach(() => {
  waiting = 0;
  backlog = new Backlog(() => waiting);
});

function write(bytes: number): void {
  backlog.wrote(bytes);
  waiting += bytes;
}

describe('a backlog', () => {
  test('is clear as long as all is taken before the next look', () => {
    for (let nowMs = 0; nowMs < 5000; nowMs += 33) {
      expect(backlog.isClear(nowMs)).toBe(true);
      write(10_000);
      waiting = 0;
    }
  });

  test('that shrinks all the time, but is never empty, is as old as its oldest byte', () => {
    write(1000);
    for (let nowMs = 0; nowMs < 5000; nowMs += 100) {
      expect(backlog.isBehind(150, nowMs), `at ${nowMs}`).toBe(false);
      write(1000);
      waiting = 1000;
    }
  });

  test('of which nothing is taken is behind once the patience is over, and clear once it was taken', () => {
    expect(backlog.isBehind(500, 0)).toBe(false);
    write(100);
    expect(backlog.isBehind(500, 10)).toBe(false);
    expect(backlog.isBehind(500, 510)).toBe(false);
    expect(backlog.isBehind(500, 511)).toBe(true);
    expect(backlog.isClear(512)).toBe(false);
    waiting = 0;
    expect([backlog.isBehind(500, 513), backlog.isClear(514)]).toEqual([false, true]);
  });

  test('after a long silence knows nothing of a delay', () => {
    expect(backlog.isClear(0)).toBe(true);
    write(500);
    waiting = 0;
    write(20);
    expect(backlog.isBehind(0, 60_000)).toBe(false);
  });

  test('that is too large is behind at once', () => {
    write(384 * 1024);
    expect(backlog.isBehind(500, 0)).toBe(false);
    write(1);
    expect(backlog.isBehind(500, 0)).toBe(true);
  });

  test('of a closed connection stays behind for ever', () => {
    backlog.end();
    expect([backlog.isBehind(1e9, 1), backlog.isClear(1)]).toEqual([true, false]);
  });
});

describe('a track on a slow connection', () => {
  const stall = () => {
    backlog.isClear(0);
    write(100);
    backlog.isClear(1);
  };

  test('leaves out pictures after half a second, sound after a whole one', () => {
    const [video, audio] = [new CatchUp('video'), new CatchUp('audio')];
    stall();
    const outcome = (nowMs: number) => [video, audio].map((track) => track.leavesOut(3, backlog, nowMs));
    expect(outcome(501)).toEqual([false, false]);
    expect(outcome(502)).toEqual([true, false]);
    expect(outcome(1002)).toEqual([true, true]);
    expect(backlog.passedOver).toBe(9);
    expect([video.isBehind, audio.isBehind]).toEqual([true, false]);
  });

  test('goes on at a keyframe once all that waited is gone, and not before', () => {
    const video = new CatchUp('video');
    expect(video.mayGoOn(backlog, 0)).toBe(true);
    stall();
    expect(video.leavesOut(1, backlog, 600)).toBe(true);
    expect(video.mayGoOn(backlog, 700)).toBe(false);
    video.missed(7, backlog);
    expect(backlog.passedOver).toBe(8);
    waiting = 0;
    expect([video.mayGoOn(backlog, 800), video.isBehind]).toEqual([true, true]);
    video.wentOn();
    video.missed(7, backlog);
    expect([video.isBehind, backlog.passedOver]).toEqual([false, 8]);
  });

  test('asks for that keyframe when the way is free, at most each two seconds', () => {
    const video = new CatchUp('video');
    stall();
    video.leavesOut(1, backlog, 600);
    expect(video.mayAsk(backlog, 700)).toBe(false);
    waiting = 0;
    const asked = [800, 1050, 2799, 2800, 3050].map((nowMs) => video.mayAsk(backlog, nowMs));
    expect(asked).toEqual([true, false, false, true, false]);
  });

  test('that moves to UDP waits for nothing more', () => {
    const video = new CatchUp('video');
    stall();
    video.leavesOut(1, backlog, 600);
    expect([video.mayGoOn(undefined, 601), video.mayAsk(undefined, 601), isClear(undefined, 601)]).toEqual([
      true,
      true,
      true,
    ]);
  });
});

import { expect, test } from 'vitest';
import { KeyframeRequester } from '#src/media/keyframe-requester.ts';

/** When a PLI goes out between two times, asking each millisecond. */
function askedBetween(keyframes: KeyframeRequester, fromMs: number, toMs: number): number[] {
  const times: number[] = [];
  for (let nowMs = fromMs; nowMs < toMs; nowMs++) if (keyframes.due(nowMs)) times.push(nowMs);
  return times;
}

test('the first wish is asked for at once, and none without a wish', () => {
  const keyframes = new KeyframeRequester();
  expect(keyframes.due(0)).toBe(false);
  keyframes.want(5);
  expect(keyframes.due(5)).toBe(true);
});

test('the wishes of a thousand viewers are one PLI', () => {
  const keyframes = new KeyframeRequester();
  let asked = 0;
  for (let viewer = 0; viewer < 1000; viewer++) {
    keyframes.want(viewer * 0.1);
    if (keyframes.due(viewer * 0.1)) asked += 1;
  }
  expect(asked).toBe(1);
});

test('a keyframe ends the asking, and the next wish waits a second from the last PLI', () => {
  const keyframes = new KeyframeRequester();
  keyframes.want(0);
  expect(askedBetween(keyframes, 0, 100)).toEqual([0]);
  keyframes.keyframeArrived(100);
  expect(askedBetween(keyframes, 100, 300)).toEqual([]);
  keyframes.want(300);
  expect(askedBetween(keyframes, 300, 1400)).toEqual([1000]);
});

test('wishes that never end bring one keyframe a second from a publisher that hears them', () => {
  const keyframes = new KeyframeRequester();
  const times: number[] = [];
  let keyframeMs = Number.POSITIVE_INFINITY;
  for (let nowMs = 0; nowMs < 10_000; nowMs++) {
    if (nowMs === keyframeMs) keyframes.keyframeArrived(nowMs);
    keyframes.want(nowMs);
    if (!keyframes.due(nowMs)) continue;
    times.push(nowMs);
    keyframeMs = nowMs + 80;
  }
  expect(times).toEqual(Array.from({ length: 10 }, (_, second) => second * 1000));
});

test('a publisher that ignores PLI is asked with growing gaps, for about ten seconds', () => {
  const keyframes = new KeyframeRequester();
  keyframes.want(0);
  const times = askedBetween(keyframes, 0, 60_000);
  const gaps = times.slice(1).map((time, i) => time - (times[i] ?? 0));
  expect(gaps[0]).toBe(500);
  for (const [i, gap] of gaps.slice(1).entries()) expect(gap).toBeGreaterThan(gaps[i] ?? 0);
  expect(times.at(-1)).toBeGreaterThan(5000);
  expect(times.at(-1)).toBeLessThanOrEqual(10_000);
});

test('the gaps are short again once a keyframe came', () => {
  const keyframes = new KeyframeRequester();
  keyframes.want(0);
  askedBetween(keyframes, 0, 8000);
  keyframes.keyframeArrived(8000);
  keyframes.want(20_000);
  expect(askedBetween(keyframes, 20_000, 21_000)).toEqual([20_000, 20_500]);
});

test('a new wish after giving up is asked for again', () => {
  const keyframes = new KeyframeRequester();
  keyframes.want(0);
  askedBetween(keyframes, 0, 30_000);
  keyframes.want(30_000);
  expect(keyframes.due(30_000)).toBe(true);
});

test('a new publisher is asked at once', () => {
  const keyframes = new KeyframeRequester();
  keyframes.want(0);
  keyframes.due(0);
  keyframes.reset();
  expect(keyframes.due(1)).toBe(false);
  keyframes.want(1);
  expect(keyframes.due(1)).toBe(true);
});

test('an encoder that sends a keyframe at once, twice, heeds requests', () => {
  const keyframes = new KeyframeRequester();
  for (const [nowMs, known] of [
    [0, undefined],
    [5000, true],
  ] as const) {
    keyframes.want(nowMs);
    expect(keyframes.due(nowMs)).toBe(true);
    keyframes.keyframeArrived(nowMs + 50);
    expect(keyframes.areHeeded).toBe(known);
  }
});

test('an encoder that leaves three requests unanswered heeds none, until keyframes come at once again, twice', () => {
  const keyframes = new KeyframeRequester();
  keyframes.want(0);
  askedBetween(keyframes, 0, 1200);
  expect(keyframes.areHeeded).toBeUndefined();
  askedBetween(keyframes, 1200, 1300);
  keyframes.keyframeArrived(1300);
  expect(keyframes.areHeeded).toBe(false);
  for (const [nowMs, known] of [
    [5000, undefined],
    [10_000, true],
  ] as const) {
    keyframes.want(nowMs);
    keyframes.due(nowMs);
    keyframes.keyframeArrived(nowMs + 50);
    expect(keyframes.areHeeded).toBe(known);
  }
});

test('a wish just after a keyframe waits until browsers would hear of it', () => {
  const keyframes = new KeyframeRequester();
  keyframes.keyframeArrived(0);
  keyframes.want(10);
  expect(askedBetween(keyframes, 10, 1000)[0]).toBe(300);
});

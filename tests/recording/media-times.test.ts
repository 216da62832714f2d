import { describe, expect, it } from 'vitest';
import { MediaTimes } from '#src/recording/media-times.ts';

const RATE = 48_000;
const FRAME_MS = 20;
const TICKS = (RATE * FRAME_MS) / 1000;

/** Of one layer: frames each 20 ms that come as they are captured, its timestamps from `first` on. */
function layerFrom(first: number) {
  const times = new MediaTimes(RATE);
  const timestampOf = (frame: number) => (first + frame * TICKS) >>> 0;
  return {
    captured: (frame: number, ms: number) => times.captured(timestampOf(frame), ms),
    msOf: (frame: number) => times.msOf({ timestamp: timestampOf(frame), epoch: 0, arrivedMs: frame * FRAME_MS }),
  };
}

/** From one frame to the next. */
const steps = (ms: readonly number[]) => ms.slice(1).map((value, index) => value - (ms[index] ?? 0));

describe.each([0, 2 ** 31 - 3 * TICKS, 2 ** 32 - 3 * TICKS])('from timestamp %i on', (first) => {
  it('a layer whose sender was heard before its first frame has its times from the first frame on', () => {
    const layer = layerFrom(first);
    layer.captured(0, -120);
    expect([0, 1, 2].map(layer.msOf)).toEqual([-120, -100, -80]);
  });

  it('a layer whose sender is heard a few seconds later is in step with the next frame', () => {
    const layer = layerFrom(first);
    for (let frame = 0; frame < 250; frame += 1) layer.msOf(frame);
    layer.captured(250, 250 * FRAME_MS + 120);
    expect(layer.msOf(250)).toBe(250 * FRAME_MS + 120);
  });

  it('a layer that turns out to be ahead stays in order', () => {
    const layer = layerFrom(first);
    const heard = [layer.msOf(0), layer.msOf(1)];
    layer.captured(2, 2 * FRAME_MS - 120);
    for (let frame = 2; frame < 12; frame += 1) heard.push(layer.msOf(frame));
    expect(Math.min(...steps(heard))).toBeGreaterThan(0);
    expect(Math.abs((heard.at(-1) ?? 0) - (11 * FRAME_MS - 120))).toBeLessThanOrEqual(20);
  });

  it('once it has been heard for a while what it says is drawn near by and by, and no step shows', () => {
    const layer = layerFrom(first);
    layer.captured(0, 0);
    for (let frame = 0; frame < 600; frame += 1) layer.msOf(frame);
    layer.captured(600, 600 * FRAME_MS + 120);
    const times = Array.from({ length: 300 }, (_, index) => layer.msOf(600 + index));
    expect(Math.max(...steps(times))).toBeLessThan(FRAME_MS + 1);
    expect(times.at(-1)).toBe(899 * FRAME_MS + 120);
  });

  it('a clock that was set is followed at once', () => {
    const layer = layerFrom(first);
    layer.captured(0, 0);
    for (let frame = 0; frame < 600; frame += 1) layer.msOf(frame);
    layer.captured(600, 600 * FRAME_MS + 3_000);
    expect(layer.msOf(600)).toBe(600 * FRAME_MS + 3_000);
  });
});

import { describe, expect, test } from 'vitest';
import { MatroskaBlocks } from '../../../src/dash/matroska-blocks.ts';
import { matroskaHead } from '../../../src/recording/matroska.ts';
import { FeedOpening } from '../../../transcoder/live/feed-opening.ts';
import { KeepingUp } from '../../../transcoder/live/keeping-up.ts';
import { evenRate, liveLadder } from '../../../transcoder/live/live-rungs.ts';

const sizes = (width: number, height: number, speed = 5, dropped = 0) =>
  liveLadder({ source: { width, height }, speed, dropped }).map((rung) => `${rung.name} ${rung.width}x${rung.height}`);

describe('the ladder', () => {
  test.each([
    [1920, 1080, ['720p 1280x720', '480p 854x480', '240p 426x240']],
    [1280, 720, ['720p 1280x720', '480p 854x480', '240p 426x240']],
    [854, 480, ['480p 854x480', '240p 428x240']],
    [640, 360, ['240p 426x240']],
    [1080, 1920, ['720p 720x1280', '480p 480x854', '240p 240x426']],
    [320, 181, ['180p 320x180']],
  ])('of %i x %i has no rung above it, and sizes that encoders take', (width, height, rungs) => {
    const made = sizes(width, height);
    expect(made.map((rung) => rung.split(' ')[0])).toEqual(rungs.map((rung) => rung.split(' ')[0]));
    for (const size of made) for (const side of size.split(/[ x]/).slice(1)) expect(Number(side) % 2).toBe(0);
  });

  test('has as many rungs as the machine can make', () => {
    expect(sizes(1920, 1080, 2).length).toBe(3);
    expect(sizes(1920, 1080, 1.9)).toEqual(['480p 854x480', '240p 426x240']);
    expect(sizes(1920, 1080, 0.5)).toEqual(['240p 426x240']);
  });

  test('loses its largest rungs when they are too much, but never the last', () => {
    expect(sizes(1920, 1080, 5, 1)).toEqual(['480p 854x480', '240p 426x240']);
    expect(sizes(1920, 1080, 5, 7)).toEqual(['240p 426x240']);
  });

  test.each([
    [60, 30],
    [59.94, 30],
    [50, 25],
    [29.97, 30],
    [25, 25],
    [23.98, 24],
    [12, 15],
    [2, 15],
  ])('of %f pictures a second has an even rate near it: %i', (measured, rate) => {
    expect(evenRate(measured)).toBe(rate);
  });
});

describe('keeping up', () => {
  const at = (nowMs: number, behindMs: number) => ({ nowMs, fedMs: 10_000 + nowMs, madeMs: 10_000 + nowMs - behindMs });

  test('is lost when the encoder has been behind for three seconds', () => {
    const keepingUp = new KeepingUp();
    expect(keepingUp.isLost(at(0, 1_600))).toBe(false);
    expect(keepingUp.isLost(at(2_900, 1_600))).toBe(false);
    expect(keepingUp.isLost(at(3_000, 1_600))).toBe(true);
  });

  test('is not lost by a moment’s load', () => {
    const keepingUp = new KeepingUp();
    keepingUp.isLost(at(0, 4_000));
    expect(keepingUp.isLost(at(2_000, 300))).toBe(false);
    expect(keepingUp.isLost(at(4_000, 4_000))).toBe(false);
  });
});

describe('the beginning of a feed', () => {
  const blocks = (from: number, count: number, stepMs: number) =>
    Array.from({ length: count }, (_, at) => ({
      track: 1,
      ms: from + at * stepMs,
      isKey: at === 0,
      data: Uint8Array.of(0),
    }));

  function opening() {
    const reader = new MatroskaBlocks();
    reader.push(matroskaHead([{ number: 1, codec: 'vp8', size: { width: 640, height: 360 } }]).bytes);
    return new FeedOpening(reader);
  }

  test('tells the size, the pace and when it begins', () => {
    expect(opening().push(blocks(7_261_400, 15, 40), 0)).toMatchObject({
      firstMs: 7_261_400,
      rate: 25,
      hasAudio: false,
      video: { width: 640, height: 360 },
    });
  });

  test('does not wait for long where few pictures come', () => {
    const feed = opening();
    expect(feed.push(blocks(100, 1, 500), 0)).toBeUndefined();
    expect(feed.push(blocks(600, 1, 500), 500)).toBeUndefined();
    expect(feed.push([], 700)).toMatchObject({ rate: 2 });
  });
});

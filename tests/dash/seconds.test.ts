import { expect, test } from 'vitest';
import { Seconds } from '../../src/dash/seconds.ts';
import type { SegmentFrame } from '../../src/dash/webm.ts';

const data = Uint8Array.of(1);

/** Pictures at 25 a second with a keyframe at each whole second. */
function pictures(from: number, to: number) {
  const frames: SegmentFrame[] = [];
  for (let ms = from; ms < to; ms += 40) frames.push({ ms, isKey: ms % 1_000 === 0, data });
  return frames;
}

function sounds(from: number, to: number) {
  const frames: SegmentFrame[] = [];
  for (let ms = from; ms < to; ms += 20) frames.push({ ms, isKey: true, data });
  return frames;
}

test('a second is given out when the next one begins in all pictures', () => {
  const seconds = new Seconds({ videos: ['480p', '240p'] });
  for (const frame of pictures(7_000, 8_040)) expect(seconds.picture('480p', frame)).toEqual([]);
  const given = pictures(7_000, 8_040).flatMap((frame) => seconds.picture('240p', frame));
  expect(given.map(({ number }) => number)).toEqual([7]);
  expect(given[0]?.frames.get('480p')).toHaveLength(25);
  expect(given[0]?.frames.get('240p')?.[0]?.ms).toBe(7_000);
});

test('sound is cut at the same seconds', () => {
  const seconds = new Seconds({ videos: ['240p'], audio: 'audio' });
  for (const frame of sounds(7_000, 9_500)) seconds.sound(frame);
  const given = pictures(7_000, 9_040).flatMap((frame) => seconds.picture('240p', frame));
  const times = given.map(({ frames }) => frames.get('audio')?.map(({ ms }) => ms));
  expect(times.map((all) => [all?.length, all?.[0], all?.at(-1)])).toEqual([
    [50, 7_000, 7_980],
    [50, 8_000, 8_980],
  ]);
});

test('where nothing is heard there is silence, so that players do not stand still', () => {
  const seconds = new Seconds({ videos: ['240p'], audio: 'audio' });
  for (const frame of [...sounds(7_400, 7_600), ...sounds(8_000, 8_100)]) seconds.sound(frame);
  const given = pictures(7_000, 10_040).flatMap((frame) => seconds.picture('240p', frame));
  for (const { number, frames } of given) {
    const times = frames.get('audio')?.map(({ ms }) => ms) ?? [];
    expect(times).toEqual(sounds(number * 1_000, number * 1_000 + 1_000).map(({ ms }) => ms));
  }
  expect(given).toHaveLength(3);
  const heard = given.flatMap(({ frames }) => frames.get('audio') ?? []).filter((frame) => frame.data === data);
  expect(heard).toHaveLength(15);
});

test('sound a little off the beat is left as it is', () => {
  const seconds = new Seconds({ videos: ['240p'], audio: 'audio' });
  for (const frame of sounds(7_013, 9_000)) seconds.sound(frame);
  const [second] = pictures(7_000, 8_040).flatMap((frame) => seconds.picture('240p', frame));
  expect(second?.frames.get('audio')?.every((frame) => frame.data === data)).toBe(true);
});

test('pictures before the first keyframe are left out', () => {
  const seconds = new Seconds({ videos: ['240p'] });
  const given = pictures(6_760, 8_040).flatMap((frame) => seconds.picture('240p', frame));
  expect(given.map(({ number }) => number)).toEqual([7]);
});

test('a second that one picture lacks is left out, and what follows is not', () => {
  const seconds = new Seconds({ videos: ['480p', '240p'] });
  for (const frame of pictures(8_000, 10_040)) seconds.picture('480p', frame);
  const given = pictures(7_000, 10_040).flatMap((frame) => seconds.picture('240p', frame));
  expect(given.map(({ number }) => number)).toEqual([8, 9]);
});

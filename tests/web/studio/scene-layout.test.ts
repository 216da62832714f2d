import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  canvasSize,
  contained,
  cornerOf,
  cutTo,
  DEFAULT_INSET,
  insetAt,
  insetBox,
  insetFrom,
  movedBy,
  resizedBy,
} from '../../../web/src/routes/studio/scene-layout.ts';

const HD = { width: 1280, height: 720 };
const PHONE = { width: 720, height: 1280 };

const sizes = fc.record({ width: fc.integer({ min: 16, max: 4096 }), height: fc.integer({ min: 16, max: 4096 }) });
const shares = fc.double({ min: 0, max: 1, noNaN: true });
const insets = fc.record({ x: shares, y: shares, size: fc.double({ min: 0.12, max: 0.5, noNaN: true }) });

test('the canvas is 16:9, across or upright, in even numbers', () => {
  expect([720, 1080, 480].map((lines) => canvasSize(lines, false))).toEqual([
    { width: 1280, height: 720 },
    { width: 1920, height: 1080 },
    { width: 854, height: 480 },
  ]);
  expect(canvasSize(720, true)).toEqual(PHONE);
});

test('what has another shape is shown whole, with bars, in the middle', () => {
  expect(contained({ width: 1280, height: 800 }, HD)).toEqual({ x: 64, y: 0, width: 1152, height: 720 });
  expect(contained(PHONE, HD)).toEqual({ x: 437.5, y: 0, width: 405, height: 720 });
});

test('what is cut keeps its middle', () => {
  expect(cutTo(PHONE, { width: 10, height: 10 })).toEqual({ x: 0, y: 280, width: 720, height: 720 });
  expect(cutTo(HD, HD)).toEqual({ x: 0, y: 0, ...HD });
});

test('whatever is put into whatever, it lies within', () => {
  fc.assert(
    fc.property(sizes, sizes, (content, room) => {
      for (const [box, bounds] of [
        [contained(content, room), room],
        [cutTo(content, room), content],
      ] as const) {
        expect(box.x).toBeGreaterThanOrEqual(-1e-6);
        expect(box.y).toBeGreaterThanOrEqual(-1e-6);
        expect(box.x + box.width).toBeLessThanOrEqual(bounds.width + 1e-6);
        expect(box.y + box.height).toBeLessThanOrEqual(bounds.height + 1e-6);
      }
    }),
  );
});

test('the inset never leaves the picture, wherever it is put', () => {
  fc.assert(
    fc.property(insets, fc.constantFrom(HD, PHONE), fc.constantFrom(HD, PHONE), (inset, canvas, camera) => {
      const box = insetBox(inset, canvas, camera);
      expect(box.x).toBeGreaterThanOrEqual(0);
      expect(box.y).toBeGreaterThanOrEqual(0);
      expect(box.x + box.width).toBeLessThanOrEqual(canvas.width);
      expect(box.y + box.height).toBeLessThanOrEqual(canvas.height);
    }),
  );
});

test('dropped where it lies, the inset stays there, up to its snapping to an edge', () => {
  fc.assert(
    fc.property(insets, (inset) => {
      const again = insetAt(insetBox(inset, HD, HD), inset.size, HD, HD);
      expect(Math.abs(again.x - inset.x)).toBeLessThanOrEqual(0.061);
      expect(Math.abs(again.y - inset.y)).toBeLessThanOrEqual(0.061);
    }),
  );
});

test('dropped beyond an edge, or close to one, the inset lies at it', () => {
  expect(insetAt({ x: -500, y: 5000 }, 0.25, HD, HD)).toEqual({ x: 0, y: 1, size: 0.25 });
  expect(cornerOf(insetAt({ x: 40, y: 30 }, 0.25, HD, HD))).toBe('topLeft');
});

test('a camera held upright is shown square', () => {
  const { width, height } = insetBox(DEFAULT_INSET, HD, PHONE);
  expect(width).toBe(height);
});

test('moving and resizing stop at the end', () => {
  expect(movedBy(DEFAULT_INSET, 0.5, -3)).toMatchObject({ x: 1, y: 0 });
  expect(resizedBy(DEFAULT_INSET, 7).size).toBe(0.5);
  expect(resizedBy(DEFAULT_INSET, -7).size).toBe(0.12);
});

test('a remembered inset is brought within bounds, and nonsense is none', () => {
  expect(insetFrom({ x: 4, y: -1, size: 9 })).toEqual({ x: 1, y: 0, size: 0.5 });
  expect(['bottom', null, {}, { x: '1', y: 0, size: 1 }].map(insetFrom)).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});

import { expect, it } from 'vitest';
import { AdviceBoard } from '../../src/streams/advice-board.ts';

const loss = (text: string) => ({ code: 'loss', severity: 'warning', text }) as const;
const bFrames = { code: 'b_frames', severity: 'error', text: 'B-frames' } as const;

it('tells when an advice comes or goes, and not when its words change', () => {
  const board = new AdviceBoard();
  expect(board.update([loss('3 %')], 0)).toEqual({ raised: [loss('3 %')], hasChanged: true });
  expect(board.update([loss('4 %')], 1000)).toEqual({ raised: [], hasChanged: false });
  expect(board.shown).toEqual([loss('4 %')]);
});

it('keeps an advice for ten seconds, so that it does not flicker', () => {
  const board = new AdviceBoard();
  board.update([loss('3 %')], 0);
  expect([board.update([], 9_000).hasChanged, board.shown]).toEqual([false, [loss('3 %')]]);
  expect([board.update([], 10_000).hasChanged, board.shown]).toEqual([true, []]);
});

it('raises an advice anew that was gone', () => {
  const board = new AdviceBoard();
  board.update([loss('3 %')], 0);
  board.update([], 10_000);
  expect(board.update([loss('5 %')], 11_000).raised).toEqual([loss('5 %')]);
});

it('shows the worst first, whichever came first', () => {
  const board = new AdviceBoard();
  board.update([loss('3 %')], 0);
  board.update([bFrames], 1000);
  expect(board.shown).toEqual([bFrames, loss('3 %')]);
});

import { expect, test } from 'vitest';
import { mediaProblem } from '../../../web/src/routes/studio/media-problem.ts';

const named = (name: string, message = 'no') => Object.assign(new Error(message), { name });

test('each way of failing is told from the others', () => {
  const reasonOf = (name: string) => mediaProblem('camera', named(name))?.reason;
  expect(reasonOf('NotAllowedError')).toBe('denied');
  expect(reasonOf('NotFoundError')).toBe('missing');
  expect(reasonOf('OverconstrainedError')).toBe('missing');
  expect(reasonOf('NotReadableError')).toBe('busy');
  expect(reasonOf('TypeError')).toBe('unsupported');
});

test('what nobody has heard of is told as the browser tells it', () => {
  expect(mediaProblem('microphone', named('OddError', 'odd'))).toEqual({
    kind: 'microphone',
    reason: 'other',
    detail: 'odd',
  });
});

test('whether the page or the system forbids it is told apart, since it is allowed elsewhere', () => {
  expect(mediaProblem('camera', named('NotAllowedError', 'Permission denied by system'))?.reason).toBe(
    'blockedBySystem',
  );
});

test('who thinks better of sharing his screen has no problem', () => {
  expect(mediaProblem('screen', named('NotAllowedError'))).toBeUndefined();
  expect(mediaProblem('screen', named('NotAllowedError', 'Permission denied by system'))?.reason).toBe(
    'blockedBySystem',
  );
});

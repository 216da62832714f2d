import { describe, expect, it } from 'vitest';
import { nameShape, readGuestName } from '../../src/chat/names.ts';

describe('a guest’s name', () => {
  it.each(['Nora', 'Zoë 2', 'Дмитрий', '小林', 'a.b-c_d'])('may be %s', (name) => {
    expect(readGuestName(` ${name} `)).toEqual({ name });
  });

  it.each([
    ['x', 'at least 2'],
    ['x'.repeat(25), 'at most 24'],
    ['x'.repeat(100_000), 'at most 24'],
    ['<b>Nora', 'letters, digits'],
    ['\u202eNora!', 'letters, digits'],
    ['admin', 'kept for others'],
    ['M o d e r a t o r', 'kept for others'],
    ['аdmіn', 'kept for others'],
    ['0wner', 'kept for others'],
    ['Freshet', 'kept for others'],
  ])('may not be %s', (name, problem) => {
    expect(readGuestName(name).problem).toMatch(problem);
  });
});

describe('two names that look alike have one shape', () => {
  it.each([
    ['Nora', 'NORA'],
    ['Nora', 'Nоrа'],
    ['Nora', 'N0ra'],
    ['Nora', 'Ñòrà'],
    ['Nora', 'N o.r_a'],
    ['Nora', 'Ｎｏｒａ'],
    ['Bill', 'BilI'],
    ['Bill', 'B1l1'],
    ['Marmot', 'rnarrnot'],
    ['Pavel', 'Рavеl'],
  ])('%s and %s', (one, other) => {
    expect(nameShape(one)).toBe(nameShape(other));
  });

  it.each([
    ['Nora', 'Dora'],
    ['Ann', 'Anna'],
  ])('%s and %s have not', (one, other) => {
    expect(nameShape(one)).not.toBe(nameShape(other));
  });
});

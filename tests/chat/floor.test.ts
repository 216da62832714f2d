import { describe, expect, it } from 'vitest';
import { Floor, type Turn } from '../../src/chat/floor.ts';

let number = 0;
const turn = (more: Partial<Turn> = {}): Turn => ({
  authorId: 'ann',
  address: '203.0.113.7',
  text: `message ${number++}`,
  slowModeMs: 0,
  ...more,
});

describe('the floor', () => {
  it('is given to one person five times at once, and then every second and a half', () => {
    const floor = new Floor();
    for (let i = 0; i < 5; i++) expect(floor.take(turn(), 1000)).toBeUndefined();
    expect(floor.take(turn(), 1000)).toEqual({ why: 'too_many', waitMs: 1500 });
    expect(floor.take(turn(), 2499)).toEqual({ why: 'too_many', waitMs: 1 });
    expect(floor.take(turn(), 2500)).toBeUndefined();
    expect(floor.take(turn(), 2500)).toMatchObject({ why: 'too_many' });
  });

  it('is given to one address thirty times at once, however many people it has', () => {
    const floor = new Floor();
    for (let i = 0; i < 30; i++) expect(floor.take(turn({ authorId: `guest ${i}` }), 0)).toBeUndefined();
    expect(floor.take(turn({ authorId: 'one more' }), 0)).toEqual({ why: 'too_many', waitMs: 400 });
    expect(floor.take(turn({ authorId: 'one more', address: '203.0.113.8' }), 0)).toBeUndefined();
    expect(floor.take(turn({ authorId: 'one of this machine', address: undefined }), 0)).toBeUndefined();
  });

  it('is not given twice for the same words within half a minute, whatever their case', () => {
    const floor = new Floor();
    expect(floor.take(turn({ text: 'Buy now' }), 0)).toBeUndefined();
    expect(floor.take(turn(), 5_000)).toBeUndefined();
    expect(floor.take(turn({ text: 'BUY NOW' }), 10_000)).toEqual({ why: 'repeated', waitMs: 20_000 });
    expect(floor.take(turn({ authorId: 'bob', text: 'Buy now' }), 10_000)).toBeUndefined();
    expect(floor.take(turn({ text: 'buy now' }), 30_000)).toBeUndefined();
  });

  it('has everybody wait in slow mode, who was refused no longer', () => {
    const floor = new Floor();
    expect(floor.take(turn({ slowModeMs: 10_000 }), 0)).toBeUndefined();
    expect(floor.take(turn({ slowModeMs: 10_000 }), 4_000)).toEqual({ why: 'slow_mode', waitMs: 6_000 });
    expect(floor.slowModeWaitMs('ann', 10_000, 4_000)).toBe(6_000);
    expect(floor.slowModeWaitMs('bob', 10_000, 4_000)).toBe(0);
    expect(floor.take(turn({ slowModeMs: 10_000 }), 10_000)).toBeUndefined();
  });

  it('forgets who said nothing for long', () => {
    const floor = new Floor();
    floor.take(turn(), 0);
    expect(floor.isIdle(1_000)).toBe(false);
    expect(floor.isIdle(400_000)).toBe(true);
  });
});

import { pino } from 'pino';
import { expect, it } from 'vitest';
import { Retention } from '../../src/analytics/retention.ts';

const log = pino({ level: 'silent' });
const now = () => new Date('2026-11-21T12:00:30.500Z');

function store(samples: number, viewers: number) {
  const left = { samples, viewers };
  const calls: [string, number][] = [];
  const take = async (what: keyof typeof left, before: Date, most: number) => {
    calls.push([before.toISOString(), most]);
    const taken = Math.min(left[what], most);
    left[what] -= taken;
    return taken;
  };
  return {
    left,
    calls,
    thinSamples: (before: Date, most: number) => take('samples', before, most),
    forgetViewers: (before: Date, most: number) => take('viewers', before, most),
  };
}

it('works through all that is old in small steps, up to a whole minute', async () => {
  const old = store(12_000, 5_001);
  await new Retention({ store: old, days: 30, log, now }).run();
  expect(old.left).toEqual({ samples: 0, viewers: 0 });
  expect(new Set(old.calls.map(([before]) => before))).toEqual(new Set(['2026-10-22T12:00:00.000Z']));
  expect(old.calls).toHaveLength(3 + 2);
});

it('stops after the step under way when it is closed', async () => {
  const old = store(50_000, 0);
  const retention = new Retention({ store: old, days: 30, log, now });
  retention.start();
  await retention.close();
  expect(old.left.samples).toBeGreaterThan(0);
});

import { pino } from 'pino';
import { expect, it } from 'vitest';
import { Journal } from '../../src/streams/journal.ts';
import { FakeClock } from '../support/fake-clock.ts';

it('takes no more than it can hold, but always what is vital', async () => {
  const log: string[] = [];
  const journal = new Journal({
    clock: new FakeClock(),
    isStoreThere: async () => true,
    log: pino({ base: null, timestamp: false }, { write: (line) => log.push(line) }),
  });
  let open = () => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  let written = 0;
  const row = async () => {
    await gate;
    written += 1;
  };
  for (let count = 0; count < 20_010; count += 1) journal.write('viewer joined', row);
  journal.write('end', row, true);
  open();
  await journal.drained();
  expect(written).toBe(20_001);
  expect(log).toEqual(['{"level":50,"rows":10,"msg":"stream rows were dropped"}\n']);
});

import { expect, test } from 'vitest';
import { createLog } from '../src/log.ts';

function collecting(pretty: boolean) {
  const lines: string[] = [];
  const log = createLog({ level: 'info', pretty, destination: { write: (line) => lines.push(line) } });
  return { log, text: () => lines.join('') };
}

test('a line is one JSON object with a readable level and time, and without process id or host name', () => {
  const { log, text } = collecting(false);
  log.child({ channel: 'reef' }).info({ layers: 3 }, 'publisher connected');
  log.debug('not at this level');
  const line = JSON.parse(text());
  expect(Object.keys(line)).toEqual(['level', 'time', 'channel', 'layers', 'msg']);
  expect(line).toMatchObject({ level: 'info', channel: 'reef', layers: 3, msg: 'publisher connected' });
  expect(new Date(line.time).getTime()).toBeCloseTo(Date.now(), -5);
});

test('a secret that is given to the log by mistake is struck out, however deep it lies', () => {
  for (const pretty of [false, true]) {
    const { log, text } = collecting(pretty);
    const secrets = { key: 'hunter2', token: 'hunter2', password: 'hunter2', authorization: 'hunter2' };
    log.info({ ...secrets, body: secrets, req: { headers: { authorization: 'hunter2', cookie: 'hunter2' } } }, 'oops');
    expect(text()).toContain('oops');
    expect(text()).toContain('[redacted]');
    expect(text()).not.toContain('hunter2');
  }
});

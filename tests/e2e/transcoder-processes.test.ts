import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { descendants, isRunning } from '../support/processes.ts';
import { Server } from '../support/server.ts';
import { until } from '../support/until.ts';

const isTranscoder = (pid: number) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('transcoder/main.ts');

/** As proc(5) has them behind the program's name. */
function membershipOf(pid: number): { group: number; session: number } {
  const [, , group, session] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  return { group: Number(group), session: Number(session) };
}

test('a transcoder shares cores with its server by niceness, leads a group of its own, and ends with the server', async () => {
  const server = await Server.start({ env: { TRANSCODERS: '1' } });
  const pid = await until('the transcoder runs', () => descendants(server.pid).find(isTranscoder));
  await until('it leads a group', () => membershipOf(pid).group === pid);
  expect(membershipOf(pid).session).toBe(membershipOf(server.pid).session);
  expect(await server.stop()).toBe(0);
  expect(isRunning(pid)).toBe(false);
});

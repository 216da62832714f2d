import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { afterTest } from '../support/after-test.ts';
import { descendants } from '../support/processes.ts';
import { until } from '../support/until.ts';

const PROGRAM = join(import.meta.dirname, 'encode-for-ever.ts');
const MANY = 8;
const [PRIORITY, POLICY] = [37, 38];
const ORDINARY = { priority: '0', policy: '0' };

/** Of each thread, as proc(5) has it behind the program's name. */
function schedulingOf(pid: number): { priority: string | undefined; policy: string | undefined }[] {
  return readdirSync(`/proc/${pid}/task`).map((task) => {
    const fields = readFileSync(`/proc/${pid}/task/${task}/stat`, 'utf8').split(') ').at(-1)?.split(' ');
    return { priority: fields?.[PRIORITY], policy: fields?.[POLICY] };
  });
}

test('an encoder has no real-time thread, also where root started it', async () => {
  const child = spawn(process.execPath, [PROGRAM], { stdio: 'ignore', detached: true });
  afterTest(async () => {
    process.kill(-(child.pid ?? 0), 'SIGKILL');
    await once(child, 'exit');
  });
  const encoder = await until('it encodes', () => {
    const [pid] = descendants(child.pid ?? 0);
    return pid !== undefined && schedulingOf(pid).length > MANY && pid;
  });
  for (const thread of schedulingOf(encoder)) expect(thread).toEqual(ORDINARY);
});

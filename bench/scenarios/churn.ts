import { setTimeout as pause } from 'node:timers/promises';
import type { Inspector } from '../measure/inspector.ts';
import type { Row } from '../report.ts';
import { onStage, type Stage } from '../stage.ts';
import { inspect, WITH_INSPECTOR } from './inspected.ts';

const AT_ONCE = 100;
const ROUNDS_BETWEEN_LOOKS = 10;
/** What goes on after the last viewer has left: journal rows, timers, sockets that wait to close. */
const QUIET_MS = 6_000;
// Growth from after the first thousand to the end that counts as flat: code still warms up, arrays still grow.
const FLAT_HEAP_BYTES = 4 * 2 ** 20;
const FLAT_RESIDENT_BYTES = 32 * 2 ** 20;

interface Look {
  readonly heap: number;
  readonly resident: number;
  readonly descriptors: number;
}

/** Joins and leaves by the thousand: what they leave behind. */
export function churn({ isQuick }: { isQuick: boolean }): Promise<Row[]> {
  const looks = isQuick ? 2 : 10;
  return onStage(WITH_INSPECTOR, async (stage) => {
    const inspector = await inspect(stage);
    const seen: Look[] = [];
    for (let look = 0; look < looks; look += 1) {
      for (let round = 0; round < ROUNDS_BETWEEN_LOOKS; round += 1) await comeAndGo(stage);
      await pause(QUIET_MS);
      seen.push(await lookAt(stage, inspector));
    }
    inspector.close();
    return [rowOf(seen)];
  });
}

async function comeAndGo(stage: Stage): Promise<void> {
  await stage.join(AT_ONCE, { concurrency: 32 });
  const refused = await stage.load.call('leave', {});
  if (refused.length > 0) throw new Error(`DELETE was answered ${refused[0]}`);
}

async function lookAt(stage: Stage, inspector: Inspector): Promise<Look> {
  const heap = await inspector.heapBytes();
  const { residentBytes, descriptors } = stage.usage();
  return { heap, resident: residentBytes, descriptors };
}

function rowOf(looks: readonly Look[]): Row {
  const [first, last] = [looks[0], looks.at(-1)];
  if (!first || !last) throw new Error('nothing was looked at');
  const mb = (bytes: number) => (bytes / 2 ** 20).toFixed(1);
  const list = (read: (look: Look) => number | string) => looks.map(read).join(', ');
  return {
    what: `${looks.length * AT_ONCE * ROUNDS_BETWEEN_LOOKS} joins and leaves`,
    budget: 'heap and RSS flat, no descriptor left',
    measured: `heap **+${mb(last.heap - first.heap)} MB**, RSS **+${mb(last.resident - first.resident)} MB**, descriptors **+${last.descriptors - first.descriptors}**`,
    isMet:
      last.heap - first.heap <= FLAT_HEAP_BYTES &&
      last.resident - first.resident <= FLAT_RESIDENT_BYTES &&
      last.descriptors <= first.descriptors,
    notes: `after each 1000, from the first on: heap after a collection ${list((look) => mb(look.heap))} MB; RSS ${list((look) => mb(look.resident))} MB; descriptors ${list((look) => look.descriptors)}`,
  };
}

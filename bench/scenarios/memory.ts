import type { Inspector } from '../measure/inspector.ts';
import type { Row } from '../report.ts';
import { onStage, type Stage } from '../stage.ts';
import { inspect, WITH_INSPECTOR } from './inspected.ts';

const STEPS = [0, 500, 1000] as const;
const BUDGET_BYTES = 60 * 1024;

interface Look {
  readonly resident: number;
  readonly collected: number;
  readonly heap: number;
}

/** What a connected viewer takes: RSS as it is, and once what is no longer used is collected. */
export function memory(): Promise<Row[]> {
  return onStage(WITH_INSPECTOR, async (stage) => {
    const inspector = await inspect(stage);
    // Code that every join runs is compiled before the first look.
    await stage.join(100);
    await stage.load.call('leave', {});
    const looks: Look[] = [];
    for (const viewers of STEPS) {
      const present = (await stage.load.call('counts', undefined)).viewers;
      if (viewers > present) await stage.join(viewers - present);
      if (viewers > 0) await stage.settle();
      looks.push(await lookAt(stage, inspector));
    }
    inspector.close();
    return [rowOf(looks)];
  });
}

async function lookAt(stage: Stage, inspector: Inspector): Promise<Look> {
  const resident = stage.usage().residentBytes;
  const heap = await inspector.heapBytes();
  return { resident, heap, collected: stage.usage().residentBytes };
}

function rowOf(looks: readonly Look[]): Row {
  const [first, last] = [looks[0], looks.at(-1)];
  if (!first || !last) throw new Error('nothing was looked at');
  const viewers = STEPS[2];
  const kb = (bytes: number) => (bytes / 1024).toFixed(1);
  const list = (read: (look: Look) => number) => looks.map((look) => (read(look) / 2 ** 20).toFixed(0)).join(' / ');
  const perViewer = (last.collected - first.collected) / viewers;
  return {
    what: 'memory a connected viewer',
    budget: '<= 60 KB RSS',
    measured: `**${kb(perViewer)} KB** RSS after a collection (${kb((last.heap - first.heap) / viewers)} KB of it heap)`,
    isMet: perViewer <= BUDGET_BYTES,
    notes:
      `at ${STEPS.join(' / ')} viewers: RSS ${list((look) => look.resident)} MB as it is, ` +
      `${list((look) => look.collected)} MB after a collection, heap ${list((look) => look.heap)} MB`,
  };
}

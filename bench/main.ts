import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { machine } from './machine.ts';
import { type Options, readOptions, type Section, USAGE } from './options.ts';
import { performancePage, type Row, tableOf } from './report.ts';
import { churn } from './scenarios/churn.ts';
import { crowd } from './scenarios/crowd.ts';
import { fanOut } from './scenarios/fan-out.ts';
import { firstFrame } from './scenarios/first-frame.ts';
import { floor } from './scenarios/floor.ts';
import { glass } from './scenarios/glass.ts';
import { joins } from './scenarios/joins.ts';
import { memory } from './scenarios/memory.ts';
import { otherServer } from './scenarios/other-server.ts';

const PAGE = join(import.meta.dirname, '../docs/performance.md');

const scenarios: Readonly<Record<Section, (options: Options) => Promise<Row[]>>> = {
  'fan-out': fanOut,
  floor,
  crowd,
  memory,
  joins,
  'first-frame': firstFrame,
  glass,
  churn,
};

async function run(options: Options): Promise<void> {
  if (options.whep) {
    for (const line of await otherServer(options)) console.log(line);
    return;
  }
  const conditions = machine();
  const rows: Row[] = [];
  for (const section of options.only) {
    console.log(`\n${section} ...`);
    const measured = await scenarios[section](options);
    console.log(tableOf(measured));
    rows.push(...measured);
  }
  if (!options.isComplete) return;
  await writeFile(PAGE, performancePage(rows, conditions));
  console.log(`\nWritten to ${PAGE}`);
}

try {
  await run(readOptions(process.argv.slice(2)));
} catch (error) {
  console.error(error);
  console.error(USAGE);
  process.exitCode = 1;
}
// The WebRTC library of the encoder keeps threads that would keep the process.
process.exit();

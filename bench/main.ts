import { machine } from './machine.ts';
import { readOptions, type Section, USAGE } from './options.ts';
import { type Row, tableOf } from './report.ts';
import { crowd } from './scenarios/crowd.ts';
import { fanOut } from './scenarios/fan-out.ts';
import { firstFrame } from './scenarios/first-frame.ts';
import { floor } from './scenarios/floor.ts';
import { glass } from './scenarios/glass.ts';
import { joins } from './scenarios/joins.ts';

type Scenario = (options: { isQuick: boolean }) => Promise<Row[]>;

const scenarios: Partial<Record<Section, Scenario>> = {
  'fan-out': fanOut,
  floor,
  crowd,
  joins,
  'first-frame': firstFrame,
  glass,
};

const options = readOptions(process.argv.slice(2));
void USAGE;
void machine;
const rows: Row[] = [];
for (const section of options.only) {
  const s = scenarios[section];
  if (!s) continue;
  const more = await s(options);
  console.log(tableOf(more));
  rows.push(...more);
}
process.exit(0);

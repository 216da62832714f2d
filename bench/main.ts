import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { growthChart, growthTables } from './growth/section.ts';
import { machine } from './machine.ts';
import { type Budgeted, type Options, readOptions, USAGE } from './options.ts';
import { apiPart, budgetsPart, growthPart, type PageParts, pageOf, partsOf, renditionsPart } from './page.ts';
import { renditionsChart, renditionsTables } from './renditions/section.ts';
import { type Row, tableOf } from './report.ts';
import { api } from './scenarios/api.ts';
import { churn } from './scenarios/churn.ts';
import { crowd } from './scenarios/crowd.ts';
import { fanOut } from './scenarios/fan-out.ts';
import { firstFrame } from './scenarios/first-frame.ts';
import { floor } from './scenarios/floor.ts';
import { glass } from './scenarios/glass.ts';
import { growth } from './scenarios/growth.ts';
import { joins } from './scenarios/joins.ts';
import { memory } from './scenarios/memory.ts';
import { otherServer } from './scenarios/other-server.ts';
import { profileTables } from './scenarios/profile.ts';
import { renditions } from './scenarios/renditions.ts';

const DOCS = join(import.meta.dirname, '../docs');
const PAGE = join(DOCS, 'performance.md');
const CHART = join(DOCS, 'images/growth.svg');
const RENDITIONS_CHART = join(DOCS, 'images/renditions.svg');

const scenarios: Readonly<Record<Budgeted, (options: Options) => Promise<Row[]>>> = {
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
  await measureBudgets(options);
  if (options.hasApi) await measureApi(options);
  if (options.hasRenditions) await measureRenditions(options);
  if (options.hasGrowth) await measureGrowth(options);
  if (options.hasProfile) console.log(await timed('profile', () => profileTables(options)));
}

async function measureBudgets(options: Options): Promise<void> {
  const conditions = machine();
  const rows: Row[] = [];
  for (const section of options.budgeted) {
    const measured = await timed(section, () => scenarios[section](options));
    console.log(tableOf(measured));
    rows.push(...measured);
  }
  if (options.isComplete) await keep({ budgets: budgetsPart(rows, conditions) });
}

async function measureApi(options: Options): Promise<void> {
  const conditions = machine();
  const rows = await timed('api', () => api(options));
  console.log(tableOf(rows));
  if (!options.isQuick) await keep({ api: apiPart(rows, conditions) });
}

async function measureRenditions(options: Options): Promise<void> {
  const conditions = machine();
  const measured = await timed('renditions', () => renditions(options));
  console.log(renditionsTables(measured));
  if (options.isQuick) return;
  await writeFile(RENDITIONS_CHART, renditionsChart(measured));
  await keep({ renditions: renditionsPart(measured, conditions) });
}

async function measureGrowth(options: Options): Promise<void> {
  const conditions = machine();
  const measured = await timed('growth', () => growth(options));
  console.log(growthTables(measured));
  if (options.isQuick) return;
  await writeFile(CHART, growthChart(measured));
  await keep({ growth: growthPart(measured, conditions) });
}

async function timed<T>(section: string, measure: () => Promise<T>): Promise<T> {
  const startMs = performance.now();
  console.log(`\n${section} ...`);
  const measured = await measure();
  console.log(`... ${((performance.now() - startMs) / 1000).toFixed(0)} s`);
  return measured;
}

async function keep(parts: Partial<PageParts>): Promise<void> {
  await writeFile(PAGE, pageOf({ ...partsOf(await readFile(PAGE, 'utf8')), ...parts }));
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

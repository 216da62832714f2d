import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { findTool, type Tool, tools } from './tools.ts';

/** `npm test` starts here: gets what the tests need and this machine lacks, or says what to install. */
const ATTEMPTS = 4;
const RETRY_AFTER_MS = 5_000;

const missing = tools.filter((tool) => findTool(tool) === undefined);
if (missing.length > 0) install(missing);

function install(wanted: readonly Tool[]): void {
  const names = wanted.map((tool) => tool.name).join(' and ');
  const packages = wanted.flatMap((tool) => tool.debian);
  const isRoot = process.getuid?.() === 0;
  if (!isRoot || !existsSync('/usr/bin/apt-get')) {
    return doWithout(
      wanted,
      `The tests need ${names}. On Debian or Ubuntu: sudo apt-get install ${packages.join(' ')}`,
      `Elsewhere: install ${names} and put it on PATH, or set ${wanted.map((tool) => tool.variable).join(' and ')}.`,
    );
  }
  console.log(`Installing what the tests need: ${packages.join(' ')}`);
  aptGet('update');
  // One by one: not every system has every package.
  for (const { debian } of wanted) aptGet('install', '--no-install-recommends', ...debian);
  const still = wanted.filter((tool) => findTool(tool) === undefined);
  if (still.length > 0) doWithout(still, `apt-get installed no usable ${still.map((tool) => tool.name).join(', ')}.`);
}

function doWithout(lacking: readonly Tool[], ...lines: readonly string[]): void {
  for (const line of lines) console.error(line);
  if (process.env['CI'] || lacking.some(({ isOptional }) => !isOptional)) process.exit(1);
  console.error('The tests that need it are skipped.');
}

/** Mirrors fail now and then, and another apt-get may hold the lock. */
function aptGet(...args: readonly string[]): void {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const run = spawnSync(
      'apt-get',
      ['-y', '-q', '-o', 'DPkg::Lock::Timeout=120', '-o', 'Acquire::Retries=3', ...args],
      {
        stdio: 'inherit',
        env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      },
    );
    if (run.status === 0) return;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_AFTER_MS);
  }
  console.error(`apt-get ${args[0]} failed ${ATTEMPTS} times; its words are above.`);
}

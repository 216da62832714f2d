/** Builds the site when its sources or its dependencies changed since the last build. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const web = import.meta.dirname;
const root = join(web, '..');
const stamp = join(web, 'build', 'sources.sha256');

const sources = sourcesHash();
const isCurrent = existsSync(stamp) && readFileSync(stamp, 'utf8') === sources;
if (!isCurrent) build();

function build(): void {
  const started = performance.now();
  runVite([]);
  // After the site, whose build clears the folder that both lie in.
  runVite(['--config', 'vite.element.config.ts']);
  writeFileSync(stamp, sources);
  console.log(`Built the site in ${((performance.now() - started) / 1000).toFixed(1)} s.`);
}

function runVite(more: readonly string[]): void {
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  const { status, stdout, stderr } = spawnSync(process.execPath, [vite, 'build', '--logLevel', 'warn', ...more], {
    cwd: web,
    encoding: 'utf8',
  });
  if (status === 0) return;
  console.error(`${stdout}${stderr}\nThe site could not be built.`);
  process.exit(1);
}

function sourcesHash(): string {
  const files = globSync(
    ['web/src/**/*', 'web/static/**/*', 'web/*.json', 'web/vite*.config.ts', 'package-lock.json'],
    {
      cwd: root,
    },
  );
  const hash = createHash('sha256');
  for (const file of files.toSorted()) {
    const path = join(root, file);
    if (statSync(path).isFile()) hash.update(`${file}\0`).update(readFileSync(path));
  }
  return hash.digest('hex');
}

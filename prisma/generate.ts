import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** Makes the database client in src/db/generated from schema.prisma, when either it or Prisma has changed. Needs no network. */

const schema = join(import.meta.dirname, 'schema.prisma');
const stamp = join(import.meta.dirname, '../src/db/generated/.made-from');
const prismaPackage = createRequire(import.meta.url).resolve('prisma/package.json');

const wanted = createHash('sha256').update(readFileSync(schema)).update(readFileSync(prismaPackage)).digest('hex');

if (lastMade() !== wanted) {
  generate();
  writeFileSync(stamp, wanted);
}

function lastMade(): string | undefined {
  try {
    return readFileSync(stamp, 'utf8');
  } catch {
    return undefined;
  }
}

function generate(): void {
  const cli = join(dirname(prismaPackage), 'build/index.js');
  const run = spawnSync(process.execPath, [cli, 'generate', '--schema', schema, '--no-hints'], {
    encoding: 'utf8',
    env: {
      ...process.env,
      // Generating runs no engine, but Prisma would download one unless this names a file that exists.
      PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
      PRISMA_HIDE_UPDATE_MESSAGE: '1',
      CHECKPOINT_DISABLE: '1',
    },
  });
  if (run.status === 0) return;
  console.error(`Prisma could not make the database client:\n${run.stdout}${run.stderr}`);
  process.exit(1);
}

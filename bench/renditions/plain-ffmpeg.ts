import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setPriority } from 'node:os';
import { descendants } from '../../tests/support/processes.ts';

/** As a transcoder runs its own. */
const NICENESS = 10;
const FURTHER_OUTPUTS = 4;

/** The arguments of an ffmpeg that runs below `pid` and has all of `words` among them. */
export function argsOfFfmpeg(pid: number, words: readonly string[]): readonly string[] | undefined {
  return descendants(pid)
    .map(commandOf)
    .find(([program = '', ...args]) => program.endsWith('ffmpeg') && words.every((word) => args.includes(word)))
    ?.slice(1);
}

/** What it writes to descriptors is thrown away. */
export function startPlain(args: readonly string[], input: 'pipe' | 'ignore'): ChildProcess {
  const nowhere = openSync('/dev/null', 'w');
  const further = Array.from({ length: FURTHER_OUTPUTS }, () => nowhere);
  const child = spawn('ffmpeg', args, { stdio: [input, nowhere, 'pipe', ...further] });
  closeSync(nowhere);
  // A pipe that nobody reads would stop it.
  child.stderr?.resume();
  if (child.pid !== undefined) setPriority(child.pid, NICENESS);
  return child;
}

/** Throws where it fails. */
export async function runPlain(args: readonly string[]): Promise<void> {
  const [code] = await once(startPlain(args, 'ignore'), 'close');
  if (code !== 0) throw new Error(`plain ffmpeg ended with ${code}: ${args.join(' ')}`);
}

function commandOf(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1);
  } catch {
    return [];
  }
}

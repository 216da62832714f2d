import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

export interface AdminRun {
  readonly code: number | null;
  readonly said: string;
  readonly complaint: string;
}

/** `npm run admin -- …` on this data folder. */
export function runAdmin(dataDir: string, ...args: string[]): Promise<AdminRun> {
  return tellAdmin(dataDir, '', ...args);
}

/** The same with something piped in. */
export async function tellAdmin(dataDir: string, input: string, ...args: string[]): Promise<AdminRun> {
  const child = spawn(process.execPath, ['src/admin.ts', ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'] ?? '', NODE_ENV: 'production', DATA_DIR: dataDir },
  });
  // A command that reads nothing may be over by then.
  child.stdin.on('error', () => {}).end(input);
  const [said, complaint] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return { code: child.exitCode, said, complaint };
}

/** What it prints with `--json`. Throws where it fails. */
export async function askAdmin<T>(dataDir: string, ...args: string[]): Promise<T> {
  const { code, said, complaint } = await runAdmin(dataDir, ...args, '--json');
  if (code !== 0) throw new Error(`admin ${args.join(' ')}: ${complaint}`);
  return JSON.parse(said) as T;
}

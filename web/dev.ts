/** `npm run dev`: the server, started anew on every change, and Vite with hot reload in front of it. Ctrl-C ends both. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';

const web = import.meta.dirname;
const root = join(web, '..');

const children: readonly ChildProcess[] = [
  spawn(process.execPath, ['--watch', '--watch-preserve-output', 'src/main.ts'], { cwd: root, stdio: 'inherit' }),
  spawn(process.execPath, [join(root, 'node_modules', 'vite', 'bin', 'vite.js'), 'dev'], {
    cwd: web,
    stdio: 'inherit',
  }),
];

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, endAll);
for (const child of children) child.once('exit', endAll);

function endAll(): void {
  for (const child of children) child.kill('SIGTERM');
}

import { readFileSync } from 'node:fs';
import { descendants } from './processes.ts';
import type { Server } from './server.ts';

/** The transcoder that encodes at present: the one of the server's with an ffmpeg below it. */
export function busyTranscoder(server: Server): number | undefined {
  return descendants(server.pid).find((pid) => {
    const below = descendants(pid).map((child) => commandOf(child));
    return commandOf(pid).includes('transcoder/main.ts') && below.some((command) => command.includes('ffmpeg'));
  });
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

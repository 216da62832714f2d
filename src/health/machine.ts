import { existsSync } from 'node:fs';
import { readFile, statfs } from 'node:fs/promises';

/** What Docker, Podman and Kubernetes leave in every container. */
const CONTAINER_MARKS = ['/.dockerenv', '/run/.containerenv', '/var/run/secrets/kubernetes.io'];

export function isInContainer(): boolean {
  return CONTAINER_MARKS.some((mark) => existsSync(mark));
}

/** What this process may still write below the folder; `undefined` where that cannot be told. */
export async function freeBytesOf(folder: string): Promise<number | undefined> {
  return statfs(folder).then(
    ({ bavail, bsize }) => bavail * bsize,
    () => undefined,
  );
}

/** Descriptors this process may have open at once; `undefined` off Linux. */
export async function openFilesLimit(): Promise<number | undefined> {
  return readFile('/proc/self/limits', 'utf8').then(limitIn, () => undefined);
}

/** The soft limit, which counts, of `/proc/<pid>/limits`. */
export function limitIn(limits: string): number | undefined {
  const soft = /^Max open files +(\S+)/m.exec(limits)?.[1];
  return soft === 'unlimited' ? Number.POSITIVE_INFINITY : soft && Number(soft) ? Number(soft) : undefined;
}

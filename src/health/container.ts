import { existsSync } from 'node:fs';

/** What Docker, Podman and Kubernetes leave in every container. */
const MARKS = ['/.dockerenv', '/run/.containerenv', '/var/run/secrets/kubernetes.io'];

export function isInContainer(): boolean {
  return MARKS.some((mark) => existsSync(mark));
}

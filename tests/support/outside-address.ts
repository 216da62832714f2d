import { networkInterfaces } from 'node:os';

/** An IPv4 address of this machine that is not loopback, where there is one. */
export function outsideAddress(): string | undefined {
  const own = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return own.find(({ internal, family }) => !internal && family === 'IPv4')?.address;
}

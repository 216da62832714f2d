import { isIP } from 'node:net';
import type { Context } from 'hono';
import type { Caller } from '../streams/visitors.ts';
import type { AppEnv } from './env.ts';

/**
 * Whose request it is. Behind a proxy (`PUBLIC_URL` is set) the last entry of X-Forwarded-For, which that proxy wrote;
 * otherwise the header is anybody's invention and the socket tells.
 */
export function clientAddress(c: Context<AppEnv>, isBehindProxy: boolean): string {
  const forwarded = isBehindProxy ? c.req.header('x-forwarded-for')?.split(',').at(-1)?.trim() : undefined;
  const address = forwarded && isIP(forwarded) ? forwarded : socketAddress(c);
  return withoutMapping(address);
}

/** Who is at the other end of the connection, be it a proxy. Empty where there is none. */
export function socketAddress(c: Context<AppEnv>): string {
  return withoutMapping(c.env?.incoming?.socket.remoteAddress ?? '');
}

function withoutMapping(address: string): string {
  return address.startsWith('::ffff:') ? address.slice('::ffff:'.length) : address;
}

export function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.');
}

/** An IPv6 household has a whole /64, so that is what a limit counts. */
export function addressBlock(address: string): string {
  if (!address.includes(':')) return address;
  const [head = '', tail = ''] = address.split('::');
  const front = head.split(':').filter(Boolean);
  const back = tail.split(':').filter(Boolean);
  const zeros = address.includes('::') ? Array<string>(Math.max(0, 8 - front.length - back.length)).fill('0') : [];
  return `${[...front, ...zeros, ...back].slice(0, 4).join(':')}::/64`;
}

/** Who asks, to tell visitors apart. Of IPv6 the household: its addresses change within a day. */
export function callerOf(c: Context<AppEnv>, isBehindProxy: boolean): Caller {
  const address = addressBlock(clientAddress(c, isBehindProxy));
  return { address, userAgent: c.req.header('user-agent') ?? '' };
}

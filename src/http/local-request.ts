import { isIP } from 'node:net';
import type { Context } from 'hono';
import { isLoopback, socketAddress } from './client-address.ts';
import type { AppEnv } from './env.ts';

/** A proxy on this machine calls from loopback too, on behalf of anybody; then one of these says so. */
const PROXY_HEADERS = ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip'];

/**
 * Whether somebody on this machine asks. By the name asked for too: a page that a browser here has open may reach us by
 * a name of its own (DNS rebinding).
 */
export function isLocalRequest(c: Context<AppEnv>): boolean {
  const name = new URL(c.req.url).hostname.replace(/^\[|\]$/g, '');
  if (name !== 'localhost' && !(isIP(name) && isLoopback(name))) return false;
  return isLoopback(socketAddress(c)) && PROXY_HEADERS.every((header) => c.req.header(header) === undefined);
}

import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { reachOf, subnets } from '../addresses.ts';
import { WebhookError } from './errors.ts';

const LONGEST_URL = 2000;

// No receiver is ever there: metadata services of clouds, all and none, groups, and IPv4 wrapped up in IPv6.
const NEVER = subnets(
  ['169.254.0.0', 16, 'ipv4'],
  ['0.0.0.0', 8, 'ipv4'],
  ['224.0.0.0', 4, 'ipv4'],
  ['240.0.0.0', 4, 'ipv4'],
  ['::', 128, 'ipv6'],
  ['fe80::', 10, 'ipv6'],
  ['ff00::', 8, 'ipv6'],
  ['fd00:ec2::', 32, 'ipv6'],
  ['64:ff9b::', 96, 'ipv6'],
  ['64:ff9b:1::', 48, 'ipv6'],
  ['2002::', 16, 'ipv6'],
  ['2001::', 32, 'ipv6'],
);
// Of RFC 6890, what `reachOf` does not know: protocol assignments, benchmarks.
const SPECIAL = subnets(['192.0.0.0', 24, 'ipv4'], ['198.18.0.0', 15, 'ipv4'], ['100::', 64, 'ipv6']);

/** Whether a webhook may go there: else it would reach what only this server can reach. */
export function mayReach(address: string, isPrivateAllowed: boolean): boolean {
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  if (isIP(address) === 0 || NEVER.check(address, family)) return false;
  return isPrivateAllowed || (reachOf(address) === 'world' && !SPECIAL.check(address, family));
}

/** What can be said of an address before its name is looked up. Throws `bad_url`. */
export function checkTarget(text: string, isPrivateAllowed: boolean): void {
  const url = URL.parse(text);
  if (url === null || text.length > LONGEST_URL || !['http:', 'https:'].includes(url.protocol)) {
    throw new WebhookError('bad_url', 'This must be an http or https address.');
  }
  if (url.username !== '' || url.password !== '') {
    throw new WebhookError(
      'bad_url',
      'A password in the address would be seen by all who see it: deliveries are signed instead.',
    );
  }
  const host = hostOf(url);
  const isOwn = host === 'localhost' || host.endsWith('.localhost') || (isIP(host) !== 0 && !mayReach(host, false));
  const isRefused = isIP(host) === 0 ? isOwn && !isPrivateAllowed : !mayReach(host, isPrivateAllowed);
  if (isRefused) {
    throw new WebhookError(
      'bad_url',
      'This address is not on the internet. Who runs the server may allow it: WEBHOOK_ALLOW_PRIVATE.',
    );
  }
}

/**
 * The addresses of a host, each of which may be reached. The connection then goes to one of these and to no other, so
 * that a name which changes its address between check and use gains nothing. Throws in words for the streamer.
 */
export async function resolveTarget(url: URL, isPrivateAllowed: boolean): Promise<LookupAddress[]> {
  const host = hostOf(url);
  const family = isIP(host);
  const found = family === 0 ? await lookup(host, { all: true }) : [{ address: host, family }];
  if (found.length === 0 || !found.every(({ address }) => mayReach(address, isPrivateAllowed))) {
    throw new Error(`${host} is at an address that webhooks may not reach`);
  }
  return found;
}

function hostOf({ hostname }: URL): string {
  return hostname
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
    .toLowerCase();
}

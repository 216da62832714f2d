import assert from 'node:assert/strict';
import fc from 'fast-check';
import { SignJWT } from 'jose';
import { tokenIdOf } from '../../../src/channels/viewer-jwt.ts';
import type { FuzzTarget } from '../target.ts';

const KEY = new Uint8Array(32).fill(7);
const CHANNEL = '018f0000-0000-7000-8000-000000000001';
const NOW = new Date(1_800_000_000_000);
const GENUINE = await new SignJWT({ jti: 'token-1', aud: CHANNEL, exp: NOW.getTime() / 1000 + 60 })
  .setProtectedHeader({ alg: 'HS256', typ: 'freshet-viewer+jwt' })
  .sign(KEY);
const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const parts = GENUINE.split('.');

const part = fc.oneof(
  fc.constantFrom(...parts, '', '=', 'AA'),
  fc.json().map((text) => Buffer.from(text).toString('base64url')),
  fc
    .record({ alg: fc.constantFrom('HS256', 'none', 'HS512', 'RS256'), typ: fc.string(), crit: fc.anything() })
    .map(base64),
  fc.string(),
);
const token = fc.oneof(
  fc.array(part, { maxLength: 5 }).map((some) => some.join('.')),
  fc
    .tuple(fc.nat(GENUINE.length), fc.string({ maxLength: 3 }))
    .map(([at, put]) => GENUINE.slice(0, at) + put + GENUINE.slice(at + 1)),
  fc.string({ maxLength: 5_000 }),
);

export const viewerTokenTargets: readonly FuzzTarget[] = [
  {
    name: 'viewer tokens: none but the genuine one is taken, and none throws',
    runsASecond: 500,
    property: fc.asyncProperty(token, async (text) => {
      const id = await tokenIdOf(KEY, text, { channelId: CHANNEL, now: NOW });
      // The last character of a signature has bits to spare.
      if (id !== undefined) assert.equal(text.slice(0, -1), GENUINE.slice(0, -1));
    }),
  },
];

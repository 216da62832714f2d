import { createHmac, randomBytes } from 'node:crypto';

export interface TurnOptions {
  readonly urls: readonly string[];
  readonly secret: string;
}

const CREDENTIAL_SECONDS = 600;

/**
 * Link headers of RFC 9725 section 4.6, with short-lived credentials as coturn's `use-auth-secret` checks them
 * (draft-uberti-behave-turn-rest). A stun URL needs none.
 */
export function iceServerLinks({ urls, secret }: TurnOptions, nowMs = Date.now()): string[] {
  const username = `${Math.floor(nowMs / 1000) + CREDENTIAL_SECONDS}:${randomBytes(6).toString('hex')}`;
  const credential = createHmac('sha1', secret).update(username).digest('base64');
  const login = `; username="${username}"; credential="${credential}"; credential-type="password"`;
  return urls.map((url) => `<${url}>; rel="ice-server"${/^stuns?:/i.test(url) ? '' : login}`);
}

import { createHmac, randomBytes } from 'node:crypto';

export interface TurnOptions {
  readonly urls: readonly string[];
  readonly secret: string;
}

/** As RTCPeerConnection takes it. */
export interface IceServer {
  readonly urls: string;
  readonly username?: string;
  readonly credential?: string;
}

const CREDENTIAL_SECONDS = 600;

/**
 * With short-lived credentials as coturn's `use-auth-secret` checks them (draft-uberti-behave-turn-rest). A stun URL
 * needs none.
 */
export function iceServers({ urls, secret }: TurnOptions, nowMs = Date.now()): IceServer[] {
  const username = `${Math.floor(nowMs / 1000) + CREDENTIAL_SECONDS}:${randomBytes(6).toString('hex')}`;
  const credential = createHmac('sha1', secret).update(username).digest('base64');
  return urls.map((url) => ({ urls: url, ...(!/^stuns?:/i.test(url) && { username, credential }) }));
}

/** The same as Link headers of RFC 9725 section 4.6. */
export function iceServerLinks(turn: TurnOptions, nowMs = Date.now()): string[] {
  return iceServers(turn, nowMs).map(({ urls, username, credential }) => {
    const login = `; username="${username}"; credential="${credential}"; credential-type="password"`;
    return `<${urls}>; rel="ice-server"${username === undefined ? '' : login}`;
  });
}

import { randomBytes, randomUUID } from 'node:crypto';
import type { IceCredentials } from '../media/plan.ts';
import { parseFragment } from '../sdp/fragment.ts';
import { StreamError } from './errors.ts';

/** What a PATCH asks for: nothing we need, or new credentials, already taken on; `undo` brings the old ones back. */
export type IceChange = { readonly type: 'trickled' } | IceRestart;

export interface IceRestart {
  readonly type: 'restarted';
  readonly remote: IceCredentials;
  readonly undo: () => void;
  /** The client can read one candidate only. */
  readonly needsShortAnswer: boolean;
}

/**
 * The ICE side of one WHIP or WHEP session: both ends' credentials and the entity tag that names this pair of them
 * (RFC 9725 section 4.3.1). A restart gives new ones.
 */
export class IceSession {
  local: IceCredentials = newCredentials();
  /** Absent until our offer is answered. */
  remote: IceCredentials | undefined;
  etag = newEtag();

  constructor(remote?: IceCredentials) {
    this.remote = remote;
  }

  /**
   * Throws `StreamError` and `SdpError`. Remote candidates are not needed: the peer's checks come to us, and we never
   * probe an address.
   */
  patch(fragment: string, ifMatch: string | undefined): IceChange {
    this.check(ifMatch);
    const { remote } = this;
    if (!remote) throw unanswered();
    const { ufrag = remote.ufrag, pwd = remote.pwd, hasMedia } = parseFragment(fragment);
    if (ufrag === remote.ufrag && pwd === remote.pwd) return { type: 'trickled' };
    if (ufrag === remote.ufrag || pwd === remote.pwd) {
      throw new StreamError('bad_fragment', 'An ICE restart needs both a new ice-ufrag and a new ice-pwd.');
    }
    const restarted = { ufrag, pwd };
    // Only whip-whep (1.2.0, of npm) leaves the m-line out; it puts a comma between candidates, which no browser takes.
    return { type: 'restarted', remote: restarted, undo: this.#restart(restarted), needsShortAnswer: !hasMedia };
  }

  /** `*` is how RFC 9725 writes a restart, with and without quotes. Throws `StreamError`. */
  check(ifMatch: string | undefined): void {
    if (ifMatch === undefined) throw new StreamError('etag_missing', 'A PATCH needs an If-Match header.');
    const tags = ifMatch.split(',').map((tag) => tag.trim());
    if (tags.includes('*') || tags.includes('"*"') || tags.includes(this.etag)) return;
    throw new StreamError('etag_mismatch', 'If-Match names another ICE session than the present one.');
  }

  /** At once, so that a second restart at the same time finds another tag. */
  #restart(remote: IceCredentials): () => void {
    const before = { local: this.local, remote: this.remote, etag: this.etag };
    this.local = newCredentials();
    this.remote = remote;
    this.etag = newEtag();
    return () => Object.assign(this, before);
  }
}

export function unanswered(): StreamError {
  return new StreamError('unanswered', 'The offer of this session has to be answered first.');
}

/** Standard base64 without padding is exactly the alphabet of ice-char (RFC 8839 section 5.4). */
function newCredentials(): IceCredentials {
  return { ufrag: randomBytes(9).toString('base64'), pwd: randomBytes(24).toString('base64') };
}

function newEtag(): string {
  return `"${randomUUID()}"`;
}

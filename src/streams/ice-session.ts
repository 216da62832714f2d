import { randomBytes, randomUUID } from 'node:crypto';
import type { IceCredentials } from '../media/plan.ts';
import { StreamError } from './errors.ts';

/**
 * The ICE side of one WHIP or WHEP session: both ends' credentials and the entity tag that names this pair of them
 * (RFC 9725 section 4.3.1). A restart gives new ones.
 */
export class IceSession {
  local: IceCredentials = newCredentials();
  remote: IceCredentials;
  etag = newEtag();

  constructor(remote: IceCredentials = { ufrag: '', pwd: '' }) {
    this.remote = remote;
  }

  /** `*` is how RFC 9725 writes a restart, with and without quotes. */
  check(ifMatch: string | undefined): void {
    if (ifMatch === undefined) throw new StreamError('etag_missing', 'A PATCH needs an If-Match header.');
    const isNamed = ifMatch
      .split(',')
      .map((tag) => tag.trim())
      .some((tag) => tag === '*' || tag === '"*"' || tag === this.etag);
    if (!isNamed) throw new StreamError('etag_mismatch', 'If-Match names another ICE session than the present one.');
  }

  /** Takes on new credentials at once, so that a second restart at the same time finds another tag. Returns the way back. */
  restart(remote: IceCredentials): () => void {
    const before = { local: this.local, remote: this.remote, etag: this.etag };
    this.local = newCredentials();
    this.remote = remote;
    this.etag = newEtag();
    return () => Object.assign(this, before);
  }
}

/** Standard base64 without padding is exactly the alphabet of ice-char (RFC 8839 section 5.4). */
function newCredentials(): IceCredentials {
  return { ufrag: randomBytes(9).toString('base64'), pwd: randomBytes(24).toString('base64') };
}

function newEtag(): string {
  return `"${randomUUID()}"`;
}

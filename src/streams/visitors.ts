import { createHmac, randomBytes } from 'node:crypto';
import { type ClientKind, clientKind } from './client-kind.ts';

const KEY_BYTES = 32;
/** Enough to tell the visitors of one stream apart. */
const MARK_BYTES = 8;

/** Where a viewer's request comes from, as it says. It is kept nowhere. */
export interface Caller {
  readonly address: string;
  readonly userAgent: string;
}

/** All that is kept of somebody while he watches. */
export interface Visitor {
  /** Of address and User-Agent; not to be traced back without the key of this process. */
  readonly fingerprint: Buffer;
  readonly client: ClientKind;
}

/** Its key is in this process's memory and nowhere else. */
export class Visitors {
  readonly #key = randomBytes(KEY_BYTES);

  of({ address, userAgent }: Caller): Visitor {
    return { fingerprint: hmac(this.#key, `${address}\n${userAgent}`), client: clientKind(userAgent) };
  }
}

/** Marks by which the visitors of one stream are told apart, with a key that is gone when the stream is. */
export class VisitorMarks {
  readonly #key = randomBytes(KEY_BYTES);

  /** Hexadecimal. */
  of({ fingerprint }: Visitor): string {
    return hmac(this.#key, fingerprint).toString('hex', 0, MARK_BYTES);
  }
}

function hmac(key: Buffer, of: string | Buffer): Buffer {
  return createHmac('sha256', key).update(of).digest();
}

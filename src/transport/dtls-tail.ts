import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto';
import { ALERT, APPLICATION_DATA, type DtlsRecord, HANDSHAKE, RECORD_HEADER, readRecords } from './dtls-records.ts';
import { ReplayWindow } from './replay-window.ts';
import { TokenBucket } from './token-bucket.ts';

const NONCE = 8;
const TAG = 16;
const FATAL = 2;
const CLOSE_NOTIFY = Uint8Array.of(1, 0);
const HANDSHAKE_FAILURE = Uint8Array.of(FATAL, 40);
const RESEND_GAP_MS = 50;
const MAX_RESENDS = 20;
// Above every sequence number that OpenSSL used for the handshake.
const FIRST_SEQUENCE = 2 ** 20;
const LAST_SEQUENCE = 2 ** 48 - 1;
const MAX_RECORDS = 4;
/** Records of data that are opened at most, which is what they cost: a reader of a busy chat sends some 50 a second. */
const DATA_RATE = { perSecond: 200, burst: 400 } as const;

interface TrafficKey {
  readonly key: Uint8Array;
  readonly iv: Uint8Array;
}

export interface TailOutcome {
  readonly reply: readonly Uint8Array[];
  readonly isClosed: boolean;
  /** What the peer sent in records of application data; always empty where none is carried. */
  readonly data: readonly Uint8Array[];
}

const NOTHING: TailOutcome = { reply: [], isClosed: false, data: [] };

/**
 * What a DTLS association still needs once the SRTP keys are out: to resend its last flight to a peer that missed it,
 * to hear close_notify and to say it, and to carry data where that was agreed on. Some 500 bytes in place of OpenSSL's
 * 60 KB. Cipher suite: AES_128_GCM_SHA256.
 */
export class DtlsTail {
  readonly #send: TrafficKey;
  readonly #receive: TrafficKey;
  readonly #finalFlight: readonly Uint8Array[];
  /** Of records of data, where they are carried. */
  readonly #data: { readonly seen: ReplayWindow; readonly rate: TokenBucket } | undefined;
  #sequence = FIRST_SEQUENCE;
  #resends = 0;
  #resentMs = Number.NEGATIVE_INFINITY;

  constructor(options: {
    masterSecret: Uint8Array;
    clientRandom: Uint8Array;
    serverRandom: Uint8Array;
    role: 'server' | 'client';
    /** Empty for a client: its peer ends the handshake and has nothing to wait for. */
    finalFlight: readonly Uint8Array[];
    carriesData: boolean;
  }) {
    const seed = Buffer.concat([Buffer.from('key expansion'), options.serverRandom, options.clientRandom]);
    const block = pseudoRandom(options.masterSecret, seed, 40);
    const client = { key: block.subarray(0, 16), iv: block.subarray(32, 36) };
    const server = { key: block.subarray(16, 32), iv: block.subarray(36, 40) };
    this.#send = options.role === 'server' ? server : client;
    this.#receive = options.role === 'server' ? client : server;
    this.#finalFlight = options.finalFlight;
    this.#data = options.carriesData ? { seen: new ReplayWindow(), rate: new TokenBucket(DATA_RATE) } : undefined;
  }

  /**
   * What to send back, whether the peer closed the association, and what data it sent. Only an alert under the peer's key closes it. A
   * handshake record is not opened, so anybody can have the last flight sent again: to the peer, seldom, 20 times at most. Twice over: it was lost once already.
   */
  receive(datagram: Uint8Array, nowMs: number): TailOutcome {
    const data: Uint8Array[] = [];
    for (const record of readRecords(datagram)) {
      if (record.epoch !== 1) continue;
      if (record.type === ALERT) {
        const alert = openRecord(this.#receive, datagram.subarray(record.start, record.end));
        if (alert && (alert[0] === FATAL || alert[1] === 0)) return { reply: [], isClosed: true, data };
      }
      if (record.type === HANDSHAKE && this.#mayResend(nowMs)) {
        return { reply: [...this.#finalFlight, ...this.#finalFlight], isClosed: false, data };
      }
      if (record.type === APPLICATION_DATA && data.length < MAX_RECORDS)
        data.push(...this.#openData(datagram, record, nowMs));
    }
    return data.length === 0 ? NOTHING : { reply: [], isClosed: false, data };
  }

  /** A datagram that carries these bytes. */
  sealData(bytes: Uint8Array): Uint8Array {
    return this.#seal(APPLICATION_DATA, bytes);
  }

  closeNotify(): Uint8Array {
    return this.#seal(ALERT, CLOSE_NOTIFY);
  }

  /** In place of `closeNotify`: that nothing comes of this association. */
  refusal(): Uint8Array {
    return this.#seal(ALERT, HANDSHAKE_FAILURE);
  }

  #seal(type: number, plaintext: Uint8Array): Uint8Array {
    // Nobody sends as many; a number used twice would give the key away.
    if (this.#sequence >= LAST_SEQUENCE) throw new Error('the association has no record numbers left');
    this.#sequence += 1;
    return sealRecord(this.#send, this.#sequence, type, plaintext);
  }

  #openData(datagram: Uint8Array, { start, end }: DtlsRecord, nowMs: number): readonly Uint8Array[] {
    if (!this.#data) return [];
    const record = datagram.subarray(start, end);
    const sequence = Buffer.from(record.buffer, record.byteOffset, record.length).readUIntBE(5, 6);
    if (!this.#data.seen.isFresh(sequence) || !this.#data.rate.take(nowMs)) return [];
    const bytes = openRecord(this.#receive, record);
    if (!bytes) return [];
    this.#data.seen.mark(sequence);
    return [bytes];
  }

  #mayResend(nowMs: number): boolean {
    if (this.#resends >= MAX_RESENDS || nowMs - this.#resentMs < RESEND_GAP_MS) return false;
    this.#resends += 1;
    this.#resentMs = nowMs;
    return true;
  }
}

/** P_SHA256 of RFC 5246 section 5. */
function pseudoRandom(secret: Uint8Array, seed: Uint8Array, length: number): Buffer {
  const hmac = (data: Uint8Array) => createHmac('sha256', secret).update(data).digest();
  let chain: Uint8Array = seed;
  let out = Buffer.alloc(0);
  while (out.length < length) {
    chain = hmac(chain);
    out = Buffer.concat([out, hmac(Buffer.concat([chain, seed]))]);
  }
  return out.subarray(0, length);
}

/** RFC 6347 section 4.1.2.1 and RFC 5288: epoch and sequence, type, version, length of the plaintext. */
function additionalData(header: Uint8Array, length: number): Buffer {
  return Buffer.concat([header.subarray(3, 11), header.subarray(0, 3), Uint8Array.of(length >> 8, length & 0xff)]);
}

function openRecord({ key, iv }: TrafficKey, record: Uint8Array): Uint8Array | undefined {
  const body = record.subarray(RECORD_HEADER);
  const length = body.length - NONCE - TAG;
  if (length < 1) return undefined;
  const decipher = createDecipheriv('aes-128-gcm', key, Buffer.concat([iv, body.subarray(0, NONCE)]));
  decipher.setAAD(additionalData(record, length));
  decipher.setAuthTag(body.subarray(body.length - TAG));
  try {
    return Buffer.concat([decipher.update(body.subarray(NONCE, NONCE + length)), decipher.final()]);
  } catch {
    return undefined;
  }
}

function sealRecord({ key, iv }: TrafficKey, sequence: number, type: number, plaintext: Uint8Array): Uint8Array {
  const header = Buffer.alloc(RECORD_HEADER);
  header[0] = type;
  header.writeUInt16BE(0xfefd, 1);
  header.writeUInt16BE(1, 3);
  header.writeUIntBE(sequence, 5, 6);
  header.writeUInt16BE(NONCE + plaintext.length + TAG, 11);
  const nonce = header.subarray(3, 11);
  const cipher = createCipheriv('aes-128-gcm', key, Buffer.concat([iv, nonce]));
  cipher.setAAD(additionalData(header, plaintext.length));
  const body = cipher.update(plaintext);
  return Buffer.concat([header, nonce, body, cipher.final(), cipher.getAuthTag()]);
}

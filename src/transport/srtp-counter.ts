import { copyMemory } from '../native/libc.ts';
import {
  compareMemory,
  fetchCipher,
  finishHmac,
  freeCipherContext,
  freeHmac,
  initCipher,
  initHmac,
  newCipherContext,
  newHmac,
  runCipher,
  sha1,
  updateHmac,
} from '../native/openssl-cipher.ts';
import { deriveSessionKeys } from './srtp-keys.ts';
import type { CipherScratch, SrtpTransform, TransformOptions } from './srtp-transform.ts';

const TAG = 10;
const RTCP_HEADER = 8;
const INDEX_WORD = 4;
const AES_128_CTR = fetchCipher(0, 'AES-128-CTR', null);

// Places in the scratch memory.
const IV = 0;
const ROC = 16;
const DIGEST = 64;
const KEY = 96;

/** AES128_CM_HMAC_SHA1_80 (RFC 3711). */
export class CounterTransform implements SrtpTransform {
  readonly rtpOverhead = TAG;
  readonly rtcpOverhead = TAG + INDEX_WORD;
  readonly rtcpIndexFromEnd = INDEX_WORD + TAG;
  readonly #scratch: CipherScratch;
  readonly #salt: DataView;
  #cipher: number;
  readonly #hmac: number;

  constructor(options: TransformOptions) {
    const { key, auth, salt } = deriveSessionKeys(options.profile, options.master, options.kind);
    const { memory } = options.scratch;
    this.#scratch = options.scratch;
    const padded = new Uint8Array(16);
    padded.set(salt);
    this.#salt = new DataView(padded.buffer);
    this.#cipher = newCipherContext();
    this.#hmac = newHmac();
    memory.bytes.set(key, KEY);
    // Counter mode runs the same way in both directions.
    initCipher(this.#cipher, AES_128_CTR, 0, memory.address + KEY, 0, 1);
    memory.bytes.set(auth, KEY);
    initHmac(this.#hmac, memory.address + KEY, auth.length, sha1(), 0);
    memory.bytes.fill(0, KEY, KEY + auth.length);
  }

  sealRtp(
    packet: number,
    headerLength: number,
    payload: number,
    payloadLength: number,
    ssrc: number,
    index: number,
  ): void {
    const body = packet + headerLength;
    this.#encryptRtp(body, payload, payloadLength, ssrc, index);
    this.#authenticateRtp(packet, headerLength + payloadLength, index);
    copyMemory(body + payloadLength, this.#scratch.memory.address + DIGEST, TAG);
  }

  openRtp(packet: number, headerLength: number, length: number, ssrc: number, index: number): boolean {
    const bodyLength = length - headerLength - TAG;
    if (bodyLength < 0) return false;
    this.#authenticateRtp(packet, length - TAG, index);
    if (!this.#isTag(packet + length - TAG)) return false;
    this.#encryptRtp(packet + headerLength, packet + headerLength, bodyLength, ssrc, index);
    return true;
  }

  sealRtcp(packet: number, length: number, ssrc: number, index: number): void {
    this.#encryptRtcp(packet, length, ssrc, index);
    this.#scratch.view.setUint32(ROC, (index | 0x8000_0000) >>> 0);
    copyMemory(packet + length, this.#scratch.memory.address + ROC, INDEX_WORD);
    this.#authenticate(packet, length + INDEX_WORD, 0);
    copyMemory(packet + length + INDEX_WORD, this.#scratch.memory.address + DIGEST, TAG);
  }

  openRtcp(packet: number, length: number, ssrc: number, indexWord: number): boolean {
    const clear = length - TAG - INDEX_WORD;
    if (clear < RTCP_HEADER || indexWord >>> 31 === 0) return false;
    this.#authenticate(packet, length - TAG, 0);
    if (!this.#isTag(packet + length - TAG)) return false;
    this.#encryptRtcp(packet, clear, ssrc, indexWord & 0x7fff_ffff);
    return true;
  }

  close(): void {
    if (this.#cipher === 0) return;
    freeCipherContext(this.#cipher);
    freeHmac(this.#hmac);
    this.#cipher = 0;
  }

  #encryptRtp(output: number, input: number, length: number, ssrc: number, index: number): void {
    const roc = Math.floor(index / 65_536);
    this.#encrypt(output, input, length, ssrc, roc >>> 0, (index & 0xffff) << 16);
  }

  #encryptRtcp(packet: number, length: number, ssrc: number, index: number): void {
    const body = packet + RTCP_HEADER;
    this.#encrypt(body, body, length - RTCP_HEADER, ssrc, index >>> 16, (index & 0xffff) << 16);
  }

  // RFC 3711 section 4.1.1: salt x 2^16, xor SSRC x 2^64, xor index x 2^16.
  #encrypt(output: number, input: number, length: number, ssrc: number, high: number, low: number): void {
    const { view, memory } = this.#scratch;
    view.setUint32(IV, this.#salt.getUint32(0));
    view.setUint32(IV + 4, this.#salt.getUint32(4) ^ ssrc);
    view.setUint32(IV + 8, this.#salt.getUint32(8) ^ high);
    view.setUint32(IV + 12, this.#salt.getUint32(12) ^ low);
    initCipher(this.#cipher, 0, 0, 0, memory.address + IV, -1);
    if (length > 0) runCipher(this.#cipher, output, input, length);
  }

  #authenticateRtp(packet: number, length: number, index: number): void {
    this.#scratch.view.setUint32(ROC, Math.floor(index / 65_536));
    this.#authenticate(packet, length, INDEX_WORD);
  }

  #authenticate(packet: number, length: number, rocLength: number): void {
    const { address } = this.#scratch.memory;
    initHmac(this.#hmac, 0, 0, 0, 0);
    updateHmac(this.#hmac, packet, length);
    if (rocLength > 0) updateHmac(this.#hmac, address + ROC, rocLength);
    finishHmac(this.#hmac, address + DIGEST, 0);
  }

  #isTag(tag: number): boolean {
    return compareMemory(tag, this.#scratch.memory.address + DIGEST, TAG) === 0;
  }
}

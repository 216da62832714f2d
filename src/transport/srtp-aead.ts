import { copyMemory } from '../native/libc.ts';
import {
  controlCipher,
  fetchCipher,
  freeCipherContext,
  GCM_GET_TAG,
  GCM_SET_TAG,
  initCipher,
  newCipherContext,
  runCipher,
} from '../native/openssl-cipher.ts';
import { deriveSessionKeys } from './srtp-keys.ts';
import type { SrtpTransform, TransformOptions } from './srtp-transform.ts';

const TAG = 16;
const RTCP_HEADER = 8;
const INDEX_WORD = 4;
const AES_128_GCM = fetchCipher(0, 'AES-128-GCM', null);

/** AEAD_AES_128_GCM (RFC 7714). */
export class AeadTransform implements SrtpTransform {
  readonly rtpOverhead = TAG;
  readonly rtcpOverhead = TAG + INDEX_WORD;
  readonly rtcpIndexFromEnd = INDEX_WORD;
  readonly #view: DataView;
  readonly #iv: number;
  readonly #index: number;
  readonly #salt0: number;
  readonly #salt1: number;
  readonly #salt2: number;
  #context: number;

  constructor(options: TransformOptions) {
    const { key, salt } = deriveSessionKeys(options.profile, options.master, options.kind);
    const { memory, view } = options.scratch;
    this.#view = view;
    this.#iv = memory.address;
    this.#index = memory.address + 16;
    const salts = new DataView(salt.buffer, salt.byteOffset);
    this.#salt0 = salts.getUint32(0);
    this.#salt1 = salts.getUint32(4);
    this.#salt2 = salts.getUint32(8);
    this.#context = newCipherContext();
    memory.bytes.set(key, 32);
    initCipher(this.#context, AES_128_GCM, 0, memory.address + 32, 0, options.direction === 'seal' ? 1 : 0);
    memory.bytes.fill(0, 32, 32 + key.length);
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
    this.#startRtp(ssrc, index);
    runCipher(this.#context, 0, packet, headerLength);
    runCipher(this.#context, body, payload, payloadLength);
    runCipher(this.#context, 0, 0, 0);
    controlCipher(this.#context, GCM_GET_TAG, TAG, body + payloadLength);
  }

  openRtp(packet: number, headerLength: number, length: number, ssrc: number, index: number): boolean {
    const body = packet + headerLength;
    const bodyLength = length - headerLength - TAG;
    if (bodyLength < 0) return false;
    this.#startRtp(ssrc, index);
    controlCipher(this.#context, GCM_SET_TAG, TAG, body + bodyLength);
    runCipher(this.#context, 0, packet, headerLength);
    if (bodyLength > 0) runCipher(this.#context, body, body, bodyLength);
    return runCipher(this.#context, 0, 0, 0) >= 0;
  }

  sealRtcp(packet: number, length: number, ssrc: number, index: number): void {
    const body = packet + RTCP_HEADER;
    const bodyLength = length - RTCP_HEADER;
    this.#startRtcp(ssrc, (index | 0x8000_0000) >>> 0);
    this.#feedRtcpHeader(packet);
    if (bodyLength > 0) runCipher(this.#context, body, body, bodyLength);
    runCipher(this.#context, 0, 0, 0);
    controlCipher(this.#context, GCM_GET_TAG, TAG, packet + length);
    copyMemory(packet + length + TAG, this.#index, INDEX_WORD);
  }

  openRtcp(packet: number, length: number, ssrc: number, indexWord: number): boolean {
    const body = packet + RTCP_HEADER;
    const bodyLength = length - RTCP_HEADER - TAG - INDEX_WORD;
    // Clear-text SRTCP (the E bit off) is legal and used by nobody.
    if (bodyLength < 0 || indexWord >>> 31 === 0) return false;
    this.#startRtcp(ssrc, indexWord);
    controlCipher(this.#context, GCM_SET_TAG, TAG, body + bodyLength);
    this.#feedRtcpHeader(packet);
    if (bodyLength > 0) runCipher(this.#context, body, body, bodyLength);
    return runCipher(this.#context, 0, 0, 0) >= 0;
  }

  close(): void {
    if (this.#context !== 0) freeCipherContext(this.#context);
    this.#context = 0;
  }

  // RFC 7714 section 8.1: 00 00 | SSRC | ROC | SEQ, xor salt.
  #startRtp(ssrc: number, index: number): void {
    const roc = Math.floor(index / 65_536);
    this.#start(ssrc, roc >>> 16, ((roc & 0xffff) << 16) | (index & 0xffff));
  }

  // Section 9.1: 00 00 | SSRC | 00 00 | 0 and the 31-bit index, xor salt. The index word with E is additional data.
  #startRtcp(ssrc: number, indexWord: number): void {
    this.#view.setUint32(16, indexWord);
    this.#start(ssrc, 0, indexWord & 0x7fff_ffff);
  }

  #start(ssrc: number, high16: number, low32: number): void {
    this.#view.setUint32(0, this.#salt0 ^ (ssrc >>> 16));
    this.#view.setUint32(4, this.#salt1 ^ ((ssrc << 16) | high16));
    this.#view.setUint32(8, this.#salt2 ^ low32);
    initCipher(this.#context, 0, 0, 0, this.#iv, -1);
  }

  #feedRtcpHeader(packet: number): void {
    runCipher(this.#context, 0, packet, RTCP_HEADER);
    runCipher(this.#context, 0, this.#index, INDEX_WORD);
  }
}

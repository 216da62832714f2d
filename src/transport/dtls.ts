import { createHash, timingSafeEqual } from 'node:crypto';
import type { Fingerprint } from '../media/plan.ts';
import { copyMemory } from '../native/libc.ts';
import { registerCallback } from '../native/library.ts';
import { allocateMemory, type NativeMemory } from '../native/memory.ts';
import * as openssl from '../native/openssl-dtls.ts';
import type { Certificate } from './certificate.ts';
import { packRecords, withoutPoison } from './dtls-records.ts';
import { DtlsTail } from './dtls-tail.ts';
import { type SrtpKeys, splitKeyingMaterial, srtpProfileById } from './srtp-keys.ts';

const SCRATCH_SIZE = 65_536;
const FIRST_TIMEOUT_US = 100_000;
// OpenSSL gives up at the 13th timeout without progress: with these, after 10.5 s.
const MAX_TIMEOUT_US = 1_000_000;
// RFC 8827 section 6.5 makes this suite mandatory, so nobody is left out, and `DtlsTail` needs to know only one.
const CIPHERS = 'ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256';
const SRTP_PROFILES = 'SRTP_AEAD_AES_128_GCM:SRTP_AES128_CM_SHA1_80';
const DANE_EE = 3;
const FULL_CERTIFICATE = 0;
const DANE_DIGESTS = { 'sha-256': 1, 'sha-512': 2, 'sha-384': 3 } as const;

export class DtlsError extends Error {
  override readonly name = 'DtlsError';
}

/** The certificate, the rules and the scratch memory that all DTLS sessions of one thread share. */
export class DtlsContext {
  readonly context: number;
  readonly scratch: NativeMemory;
  readonly timer: number;
  #isClosed = false;

  /** `profiles` in OpenSSL's names, the one we prefer first. */
  constructor(certificate: Certificate, profiles: string = SRTP_PROFILES) {
    this.context = openssl.newContext(openssl.dtlsMethod());
    const steps = [
      openssl.controlContext(this.context, openssl.CTRL_MIN_PROTOCOL, openssl.DTLS_1_2, 0),
      openssl.setCipherList(this.context, CIPHERS),
      openssl.setSrtpProfiles(this.context, profiles) === 0 ? 1 : 0,
      openssl.useCertificate(this.context, certificate.der.length, certificate.der),
      openssl.usePrivateKey(
        openssl.EVP_PKEY_EC,
        this.context,
        certificate.privateKeyDer,
        certificate.privateKeyDer.length,
      ),
      openssl.enableContextDane(this.context),
      openssl.setDaneDigest(this.context, openssl.sha384(), DANE_DIGESTS['sha-384'], 2),
    ];
    this.scratch = allocateMemory(SCRATCH_SIZE);
    const failed = steps.findIndex((result) => result !== 1);
    if (failed >= 0) throw new DtlsError(`DTLS could not be set up (step ${failed}): ${this.lastError()}`);
    openssl.setContextOptions(this.context, openssl.OPTIONS_FOR_WEBRTC);
    openssl.controlContext(this.context, openssl.CTRL_SESSION_CACHE_MODE, 0, 0);
    openssl.controlContext(this.context, openssl.CTRL_MODE, openssl.MODE_RELEASE_BUFFERS, 0);
    openssl.setVerify(this.context, openssl.VERIFY_PEER_OR_FAIL, 0);
    // OpenSSL's own first wait is a second: far too long where loss is common.
    this.timer = registerCallback('uint32', ['void *', 'uint32'], (_ssl: unknown, previousUs: number) =>
      previousUs === 0 ? FIRST_TIMEOUT_US : Math.min(previousUs * 2, MAX_TIMEOUT_US),
    );
  }

  lastError(): string {
    const code = openssl.nextError();
    if (code === 0) return 'no further word';
    openssl.describeError(code, this.scratch.address, 256);
    return readText(this.scratch.bytes);
  }

  /** Idempotent. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    openssl.freeContext(this.context);
  }
}

/**
 * One DTLS handshake, sans-IO: datagrams in, datagrams out. Its SSL lives only from the first datagram to the moment
 * the SRTP keys are known; the fingerprint check happens inside OpenSSL, as DANE-EE, before any key exists.
 */
export class DtlsSession {
  readonly #context: DtlsContext;
  readonly #role: 'server' | 'client';
  readonly #fingerprints: readonly Fingerprint[];
  readonly #carriesData: boolean;
  #ssl = 0;
  #input = 0;
  #output = 0;
  #tail: DtlsTail | undefined;
  #keys: SrtpKeys | undefined;
  #data: readonly Uint8Array[] = [];
  #state: 'new' | 'handshaking' | 'connected' | 'failed' | 'closed' = 'new';
  #failure = '';

  /** `carriesData`: besides the keys for SRTP, application data is agreed on. */
  constructor(
    context: DtlsContext,
    options: { role: 'server' | 'client'; fingerprints: readonly Fingerprint[]; carriesData?: boolean },
  ) {
    this.#context = context;
    this.#role = options.role;
    this.#fingerprints = options.fingerprints;
    this.#carriesData = options.carriesData ?? false;
  }

  get state() {
    return this.#state;
  }

  get failure(): string {
    return this.#failure;
  }

  /** Present from `connected` on. */
  get keys(): SrtpKeys | undefined {
    return this.#keys;
  }

  /** A client's first flight. Call once an ICE pair is proven: nothing is sent to an address that did not ask for it. */
  start(): readonly Uint8Array[] {
    return this.#role === 'client' && this.#state === 'new' ? this.#advance() : [];
  }

  /** What to send back. */
  receive(datagram: Uint8Array, nowMs: number): readonly Uint8Array[] {
    if (this.#tail) {
      const { reply, isClosed, data } = this.#tail.receive(datagram, nowMs);
      if (isClosed) this.#state = 'closed';
      this.#data = data;
      return reply;
    }
    if (this.#state === 'failed' || this.#state === 'closed') return [];
    const sound = withoutPoison(datagram);
    if (sound.length === 0 || sound.length > SCRATCH_SIZE) return [];
    this.#open();
    this.#context.scratch.bytes.set(sound);
    openssl.bioControl(this.#input, openssl.CTRL_BIO_RESET, 0, 0);
    openssl.bioWrite(this.#input, this.#context.scratch.address, sound.length);
    return this.#advance();
  }

  /**
   * To be called now and then while handshaking: the flight to repeat, when it is time. Twice over, because OpenSSL counts
   * the tries: where 30 % is lost, twelve single ones left 1 handshake in 200 without an end.
   */
  repeat(): readonly Uint8Array[] {
    if (this.#state !== 'handshaking') return [];
    openssl.clearErrors();
    const result = openssl.controlSession(this.#ssl, openssl.CTRL_HANDLE_TIMEOUT, 0, 0);
    if (result < 0) return this.#fail(this.#context.lastError());
    const flight = this.#takeOutput();
    return [...flight, ...flight];
  }

  /** The data that the last datagram brought. Tells it once. */
  takeData(): readonly Uint8Array[] {
    const data = this.#data;
    this.#data = [];
    return data;
  }

  /** The datagram that carries these bytes, while there is an association. */
  sealData(bytes: Uint8Array): Uint8Array | undefined {
    return this.#state === 'connected' && this.#carriesData ? this.#tail?.sealData(bytes) : undefined;
  }

  /** Idempotent. The close_notify to send, where there is an association to close. */
  close(): readonly Uint8Array[] {
    const goodbye = this.#tail && this.#state === 'connected' ? [this.#tail.closeNotify()] : [];
    this.#release();
    if (this.#state !== 'failed') this.#state = 'closed';
    return goodbye;
  }

  #open(): void {
    if (this.#ssl !== 0) return;
    const ssl = openssl.newSession(this.#context.context);
    this.#ssl = ssl;
    this.#input = openssl.newMemoryBio(openssl.memoryBioMethod());
    this.#output = openssl.newMemoryBio(openssl.memoryBioMethod());
    openssl.setBios(ssl, this.#input, this.#output);
    openssl.controlSession(ssl, openssl.CTRL_MTU, 1200, 0);
    openssl.enableDane(ssl, 'webrtc');
    openssl.setDaneFlags(ssl, openssl.DANE_WITHOUT_NAME_CHECK);
    openssl.controlSession(ssl, openssl.CTRL_HOST_NAME, 0, 0);
    for (const { algorithm, value } of this.#fingerprints) {
      openssl.addDaneRecord(ssl, DANE_EE, FULL_CERTIFICATE, DANE_DIGESTS[algorithm], value, value.length);
    }
    openssl.setTimerCallback(ssl, this.#context.timer);
    if (this.#role === 'server') openssl.setAcceptState(ssl);
    else openssl.setConnectState(ssl);
    this.#state = 'handshaking';
  }

  #advance(): readonly Uint8Array[] {
    this.#open();
    openssl.clearErrors();
    const result = openssl.doHandshake(this.#ssl);
    const error = result === 1 ? 0 : openssl.sslError(this.#ssl, result);
    if (error !== 0 && error !== openssl.SSL_ERROR_WANT_READ) return this.#fail(this.#context.lastError());
    const flight = this.#takeOutput();
    return result === 1 ? this.#finish(flight) : flight;
  }

  #finish(flight: readonly Uint8Array[]): readonly Uint8Array[] {
    if (!this.#isPeerKnown()) return this.#fail('the certificate matches no fingerprint of the offer');
    const tail = this.#newTail(flight);
    const profile = this.#profile();
    // OpenSSL holds the handshake for a success, so the peer hears of its end from us.
    if (!profile) return [...flight, tail.refusal(), ...this.#fail('no SRTP profile was agreed on')];
    const { address, bytes } = this.#context.scratch;
    const length = 2 * (profile.keyLength + profile.saltLength);
    const label = 'EXTRACTOR-dtls_srtp';
    if (openssl.exportKeyingMaterial(this.#ssl, address, length, label, label.length, 0, 0, 0) !== 1) {
      return this.#fail('no keys could be exported');
    }
    this.#keys = splitKeyingMaterial(profile, bytes.slice(0, length), this.#role);
    bytes.fill(0, 0, 256);
    this.#tail = tail;
    this.#release();
    this.#state = 'connected';
    return flight;
  }

  #newTail(flight: readonly Uint8Array[]): DtlsTail {
    return new DtlsTail({
      masterSecret: this.#copy((out) => openssl.masterKey(openssl.currentSession(this.#ssl), out, 48)),
      clientRandom: this.#copy((out) => openssl.clientRandom(this.#ssl, out, 32)),
      serverRandom: this.#copy((out) => openssl.serverRandom(this.#ssl, out, 32)),
      role: this.#role,
      finalFlight: this.#role === 'server' ? flight : [],
      carriesData: this.#carriesData,
    });
  }

  // A second look, in plain code, at what DANE has already decided.
  #isPeerKnown(): boolean {
    const certificate = openssl.peerCertificate(this.#ssl);
    if (certificate === 0) return false;
    const length = openssl.writeCertificate(certificate, 0);
    const { address, bytes } = this.#context.scratch;
    const target = new DataView(bytes.buffer, bytes.byteOffset);
    const isSmall = length > 0 && length < SCRATCH_SIZE - 8;
    target.setBigUint64(0, BigInt(address + 8), true);
    if (isSmall) openssl.writeCertificate(certificate, address);
    openssl.freeCertificate(certificate);
    if (!isSmall) return false;
    const der = bytes.subarray(8, 8 + length);
    return this.#fingerprints.some(({ algorithm, value }) => {
      const digest = createHash(algorithm.replace('-', '')).update(der).digest();
      return digest.length === value.length && timingSafeEqual(digest, value);
    });
  }

  #profile() {
    const selected = openssl.selectedSrtpProfile(this.#ssl);
    if (selected === 0) return undefined;
    const { address, bytes } = this.#context.scratch;
    copyMemory(address, selected, 16);
    return srtpProfileById(new DataView(bytes.buffer, bytes.byteOffset).getUint32(8, true));
  }

  #copy(write: (out: number) => number): Uint8Array {
    const length = write(this.#context.scratch.address);
    return this.#context.scratch.bytes.slice(0, length);
  }

  #takeOutput(): readonly Uint8Array[] {
    const { address, bytes } = this.#context.scratch;
    const length = openssl.bioRead(this.#output, address, SCRATCH_SIZE);
    return length > 0 ? packRecords(bytes.slice(0, length)) : [];
  }

  // The alert that tells the peer why goes out before everything is freed.
  #fail(why: string): readonly Uint8Array[] {
    const alert = this.#takeOutput();
    this.#failure = why;
    this.#release();
    this.#state = 'failed';
    return alert;
  }

  #release(): void {
    if (this.#ssl === 0) return;
    openssl.freeSession(this.#ssl);
    this.#ssl = 0;
  }
}

function readText(bytes: Uint8Array): string {
  return Buffer.from(bytes.subarray(0, bytes.indexOf(0))).toString('latin1');
}

import type { IceCredentials, PeerPlan } from '../media/plan.ts';
import type { TransportPath } from '../media/stats.ts';
import type { Connection, DatagramSource, SourceKey } from './datagram-source.ts';
import { type DatagramWriter, Destination } from './datagram-writer.ts';
import { type DtlsContext, DtlsSession } from './dtls.ts';
import type { Endpoint } from './endpoint.ts';
import { IceLite } from './ice-lite.ts';
import type { MediaPort } from './media-port.ts';
import { type NativeSlice, SrtpReceiver, SrtpSender } from './srtp-session.ts';
import type { CipherScratch } from './srtp-transform.ts';

const CONNECT_MS = 10_000;
const DTLS_REPEAT_MS = 25;
const MAX_SOURCES = 16;
// One check of consent, at the longest pause of RFC 7675: 5 s and a fifth, and a moment on the way.
const LIVELY_MS = 7_000;
// What SRTCP may add.
const MAX_RTCP_OVERHEAD = 20;

/** Why a connection is over, in this room's words. */
export type PeerEnd = 'closed_by_peer' | 'consent_lapsed' | 'not_connected' | 'failed';

export interface StunOutcome {
  readonly isProven: boolean;
  /** Media goes elsewhere from now on. */
  readonly hasMoved: boolean;
  readonly forgotten: SourceKey | undefined;
}

const UNPROVEN: StunOutcome = { isProven: false, hasMoved: false, forgotten: undefined };

export interface PeerShared {
  readonly port: Pick<MediaPort, 'send' | 'writerFor'>;
  readonly dtls: DtlsContext;
  readonly scratch: CipherScratch;
}

interface ProvenSource {
  /** When last. */
  readonly provenMs: number;
  readonly connection: Connection | undefined;
}

/** ICE, DTLS and SRTP of one peer: datagrams in, authenticated media in the clear out. */
export class PeerConnection {
  readonly #shared: PeerShared;
  readonly #ice: IceLite;
  readonly #dtls: DtlsSession;
  readonly #openedMs: number;
  /** Where it proved to be, the newest last. */
  readonly #sources = new Map<SourceKey, ProvenSource>();
  #destination: Destination | undefined;
  #receiver: SrtpReceiver | undefined;
  #sender: SrtpSender | undefined;
  #repeatedMs = 0;

  constructor(shared: PeerShared, plan: PeerPlan, nowMs: number, { carriesData = false } = {}) {
    this.#shared = shared;
    this.#ice = new IceLite({ local: plan.localIce, remote: plan.remoteIce, nowMs });
    const { dtlsRole: role, fingerprints } = plan;
    this.#dtls = new DtlsSession(shared.dtls, { role, fingerprints, carriesData });
    this.#openedMs = nowMs;
  }

  get localUfrags(): readonly string[] {
    return this.#ice.localUfrags;
  }

  get isConnected(): boolean {
    return this.#sender !== undefined;
  }

  get receiver(): SrtpReceiver | undefined {
    return this.#receiver;
  }

  get sender(): SrtpSender | undefined {
    return this.#sender;
  }

  /** Where media goes; present from the first proven check on. */
  get destination(): Destination | undefined {
    return this.#destination;
  }

  /** Addresses and connections that proved to be this peer's, the newest last; at most 16. */
  get sourceKeys(): readonly SourceKey[] {
    return [...this.#sources.keys()];
  }

  /** Connected, and heard from there a moment ago: nobody else can be at this address. */
  isLivelyAt(key: SourceKey, nowMs: number): boolean {
    return this.isConnected && nowMs - (this.#sources.get(key)?.provenMs ?? Number.NEGATIVE_INFINITY) <= LIVELY_MS;
  }

  get path(): TransportPath | undefined {
    if (!this.#destination) return undefined;
    const { endpoint, backlog } = this.#destination;
    return { family: endpoint.family, protocol: backlog === undefined ? 'udp' : 'tcp' };
  }

  get failure(): string {
    return this.#dtls.failure;
  }

  restartIce(local: IceCredentials, remote: IceCredentials): void {
    this.#ice.restart(local, remote);
  }

  /** A STUN message with one of our ufrags. Whether its source proved to be the peer, and what address it made us forget. */
  receiveStun(message: Uint8Array, source: DatagramSource, nowMs: number): StunOutcome {
    const from = source.endpoint();
    const { response, isProven, selected } = this.#ice.handle(message, from, nowMs);
    if (response) this.#shared.port.send(response, this.#destinationTo(from, source.writer));
    if (!isProven) return UNPROVEN;
    const forgotten = this.#remember(source, nowMs);
    if (selected) this.#destination = this.#destinationTo(selected, source.writer);
    this.#sendDtls(this.#dtls.start());
    return { isProven: true, hasMoved: selected !== undefined, forgotten };
  }

  /** A datagram of DTLS from a proven source. True when this one made the connection. */
  receiveDtls(datagram: Uint8Array, nowMs: number): boolean {
    this.#sendDtls(this.#dtls.receive(datagram, nowMs));
    const { keys } = this.#dtls;
    if (!keys || this.#sender) return false;
    this.#receiver = new SrtpReceiver(keys, this.#shared.scratch);
    this.#sender = new SrtpSender(keys, this.#shared.scratch);
    return true;
  }

  /** The application data that the last datagram of DTLS brought. Tells it once. */
  takeData(): readonly Uint8Array[] {
    return this.#dtls.takeData();
  }

  sendData(bytes: Uint8Array): void {
    const datagram = this.#dtls.sealData(bytes);
    if (datagram) this.#sendDtls([datagram]);
  }

  /** The clear compound packet, valid until the memory changes. */
  openRtcp(memory: NativeSlice, start: number, end: number): Uint8Array | undefined {
    const length = this.#receiver?.openRtcp(memory, start, end) ?? -1;
    return length < 0 ? undefined : memory.bytes.subarray(start, start + length);
  }

  sendRtcp(parts: readonly Uint8Array[]): void {
    if (!this.#sender || !this.#destination) return;
    const writer = this.#shared.port.writerFor(this.#destination);
    const length = parts.reduce((sum, part) => sum + part.length, 0);
    const start = writer.reserve(length + MAX_RTCP_OVERHEAD);
    let at = start;
    for (const part of parts) {
      writer.memory.bytes.set(part, at);
      at += part.length;
    }
    const sealed = this.#sender.sealRtcp(writer.memory, start, length);
    writer.commit(this.#destination, start, sealed, sealed);
  }

  /** Repeats what was lost of the handshake. Why the connection is over, if it is. */
  tick(nowMs: number): PeerEnd | undefined {
    if (this.#dtls.state === 'closed') return 'closed_by_peer';
    if (this.#dtls.state === 'failed') return 'failed';
    if (this.#ice.consentLapsed(nowMs)) return 'consent_lapsed';
    if (this.isConnected) return undefined;
    if (nowMs - this.#openedMs > CONNECT_MS) return 'not_connected';
    if (nowMs - this.#repeatedMs >= DTLS_REPEAT_MS) {
      this.#repeatedMs = nowMs;
      this.#sendDtls(this.#dtls.repeat());
    }
    return undefined;
  }

  /** A connection of this peer's has closed. It may have other ways, or find one. */
  lose(key: SourceKey): void {
    this.#sources.delete(key);
    this.#ice.lose(key);
  }

  /** Says goodbye and frees what OpenSSL holds. Idempotent. */
  close(): void {
    this.#sendDtls(this.#dtls.close());
    for (const { connection } of this.#sources.values()) connection?.release();
    this.#receiver?.close();
    this.#sender?.close();
    this.#receiver = undefined;
    this.#sender = undefined;
  }

  #sendDtls(datagrams: readonly Uint8Array[]): void {
    if (!this.#destination) return;
    for (const datagram of datagrams) this.#shared.port.send(datagram, this.#destination);
  }

  #destinationTo(endpoint: Endpoint, writer: DatagramWriter | undefined): Destination {
    const current = this.#destination;
    const isSame = current?.writer === writer && current?.endpoint.key === endpoint.key;
    return current && isSame ? current : new Destination(endpoint, writer);
  }

  #remember({ key, connection }: DatagramSource, nowMs: number): SourceKey | undefined {
    connection?.proven();
    this.#sources.delete(key);
    this.#sources.set(key, { provenMs: nowMs, connection });
    const [oldest] = this.#sources;
    if (this.#sources.size <= MAX_SOURCES || oldest === undefined) return undefined;
    const [oldestKey, { connection: unused }] = oldest;
    this.#sources.delete(oldestKey);
    unused?.release();
    return oldestKey;
  }
}

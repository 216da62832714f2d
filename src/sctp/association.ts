import { CHUNK, readData, readInit, readSack, writeInitAck, writeSack } from './chunks.ts';
import { Inbound, type Message, WINDOW } from './inbound.ts';
import { Outbound } from './outbound.ts';
import {
  type Chunk,
  MAX_PACKET,
  PACKET_HEADER,
  type Packet,
  readPacket,
  words,
  writeChunk,
  writePacket,
  writeParameter,
} from './packet.ts';
import { StreamResets } from './stream-resets.ts';

/** Stream numbers are below this, both ways. */
export const STREAMS = 16;

const STATE_COOKIE = 7;
const SUPPORTED_EXTENSIONS = 0x8008;
/** The sender of an ABORT does not know our tag (RFC 9260 section 8.5.1). */
const PEERS_TAG = 1;

export type AssociationEvent =
  | { readonly type: 'message'; readonly message: Message }
  /** The peer begins these streams anew, or all. */
  | { readonly type: 'reset'; readonly streamIds: readonly number[] | undefined };

export interface AssociationOptions {
  /** Ours, as the peer was told by `a=sctp-port`. */
  readonly port: number;
  /** What we take, in bytes, as the peer was told by `a=max-message-size`: a longer one ends the association. */
  readonly maxMessageSize: number;
  /** 32 bits. */
  readonly random: () => number;
}

interface Peer {
  readonly tag: number;
  readonly port: number;
  readonly inbound: Inbound;
  readonly outbound: Outbound;
  readonly resets: StreamResets;
}

/**
 * One SCTP association over DTLS (RFC 9260, RFC 8261), sans-IO: packets in, messages out, and `takePackets` says what to send.
 * It waits for the peer's INIT, which every WebRTC client sends. Chunks are delivered whole and in order, none is given up.
 * What it may hold is bounded by `WINDOW` inwards; outwards its owner looks at `pendingBytes`. It ends once and for all.
 */
export class SctpAssociation {
  readonly #options: AssociationOptions;
  readonly #tag: number;
  readonly #firstTsn: number;
  readonly #cookie: Uint8Array;
  #state: 'waiting' | 'established' | 'closed' = 'waiting';
  #peer: Peer | undefined;
  #control: Uint8Array[] = [];
  #owesSack = false;

  constructor(options: AssociationOptions) {
    const { random } = options;
    this.#options = options;
    this.#tag = random() >>> 0 || 1;
    this.#firstTsn = random() >>> 0;
    this.#cookie = words(random() >>> 0, random() >>> 0);
  }

  get isClosed(): boolean {
    return this.#state === 'closed';
  }

  /** What the peer does not have yet. */
  get pendingBytes(): number {
    return this.#peer?.outbound.pendingBytes ?? 0;
  }

  receive(bytes: Uint8Array, nowMs: number): readonly AssociationEvent[] {
    const packet = this.isClosed ? undefined : readPacket(bytes);
    if (!packet) return [];
    const [first] = packet.chunks;
    if (first?.type === CHUNK.init) {
      this.#meet(packet, first);
      return [];
    }
    if (!this.#isMeant(packet)) return [];
    const events: AssociationEvent[] = [];
    for (const chunk of packet.chunks) {
      if (this.isClosed) break;
      events.push(...this.#take(chunk, nowMs));
      // RFC 9260 section 3.2: the highest bit of an unknown chunk's type says whether the rest may be read.
      if (!isKnown(chunk.type) && chunk.type < 128) break;
    }
    return events;
  }

  /** Kept until the peer has it. Nothing is sent before it asked for an association. */
  send(message: Message): void {
    if (this.#state === 'established') this.#peer?.outbound.push(message);
  }

  /** Ends our half of a stream, after what was sent on it. */
  reset(streamId: number): void {
    this.#peer?.outbound.restart(streamId);
    this.#peer?.resets.want(streamId);
  }

  /** What to send now: after each `receive` and `send`, and every some 50 ms. */
  takePackets(nowMs: number): readonly Uint8Array[] {
    const peer = this.#peer;
    if (!peer) return [];
    const chunks = this.#control;
    this.#control = [];
    if (this.#state === 'established') {
      if (this.#owesSack) chunks.push(writeSack(peer.inbound.sack()));
      this.#owesSack = false;
      const { newestTsn, timeoutMs, pendingBytes, isDead } = peer.outbound;
      // A stream ends after what was sent on it. In a packet DATA comes last: usrsctp ends the association otherwise.
      if (pendingBytes === 0) chunks.push(...peer.resets.due({ newestTsn, timeoutMs, nowMs }));
      chunks.push(...peer.outbound.due(nowMs));
      if (isDead) this.close();
    }
    return packed(chunks).map((together) =>
      writePacket({ sourcePort: this.#options.port, destinationPort: peer.port, tag: peer.tag }, together),
    );
  }

  /** Tells the peer with the packets taken next. Idempotent. */
  close(): void {
    if (!this.isClosed) this.#end([writeChunk(CHUNK.abort, 0)]);
  }

  // Two INITs that cross, or one that is repeated, get the same answer; an association is never begun anew.
  #meet({ sourcePort, chunks }: Packet, chunk: Chunk): void {
    const init = readInit(chunk);
    if (!init || chunks.length !== 1 || this.#state !== 'waiting') return;
    this.#peer = {
      tag: init.tag,
      port: sourcePort,
      inbound: new Inbound({ firstTsn: init.tsn, maxMessageSize: this.#options.maxMessageSize }),
      outbound: new Outbound({ firstTsn: this.#firstTsn, peerWindow: init.window }),
      resets: new StreamResets({ firstTsn: this.#firstTsn, peerFirstTsn: init.tsn }),
    };
    const ours = {
      tag: this.#tag,
      window: WINDOW,
      outboundStreams: STREAMS,
      inboundStreams: STREAMS,
      tsn: this.#firstTsn,
    };
    this.#control = [
      writeInitAck(ours, [
        writeParameter(SUPPORTED_EXTENSIONS, Uint8Array.of(CHUNK.reconfig)),
        writeParameter(STATE_COOKIE, this.#cookie),
      ]),
    ];
  }

  #isMeant({ tag, chunks }: Packet): boolean {
    if (tag === this.#tag) return true;
    const [first] = chunks;
    const mayKnowOnlyItsOwn = first?.type === CHUNK.abort || first?.type === CHUNK.shutdownComplete;
    return mayKnowOnlyItsOwn && (first.flags & PEERS_TAG) !== 0 && tag === this.#peer?.tag;
  }

  #take(chunk: Chunk, nowMs: number): readonly AssociationEvent[] {
    const peer = this.#peer;
    if (!peer) return [];
    switch (chunk.type) {
      case CHUNK.cookieEcho:
        this.#cookieCame(chunk.value);
        return [];
      case CHUNK.abort:
        this.#end([]);
        return [];
      case CHUNK.shutdown:
        this.#end([writeChunk(CHUNK.shutdownAck, 0)]);
        return [];
      case CHUNK.heartbeat:
        this.#control.push(writeChunk(CHUNK.heartbeatAck, 0, chunk.value));
        return [];
      default:
        return this.#state === 'established' ? this.#takeEstablished(chunk, peer, nowMs) : [];
    }
  }

  #takeEstablished(chunk: Chunk, peer: Peer, nowMs: number): readonly AssociationEvent[] {
    if (chunk.type === CHUNK.data) return this.#dataCame(chunk, peer);
    if (chunk.type === CHUNK.sack) {
      const sack = readSack(chunk);
      if (sack) peer.outbound.acknowledge(sack, nowMs);
    } else if (chunk.type === CHUNK.reconfig) {
      const { reset, replies } = peer.resets.receive(chunk.value, peer.inbound.cumulativeTsn);
      this.#control.push(...replies);
      if (reset?.length !== 0) return [{ type: 'reset', streamIds: reset }];
    }
    return [];
  }

  #cookieCame(cookie: Uint8Array): void {
    const isOurs = cookie.length === this.#cookie.length && cookie.every((byte, at) => byte === this.#cookie[at]);
    if (!isOurs) return;
    this.#state = 'established';
    this.#control.push(writeChunk(CHUNK.cookieAck, 0));
  }

  #dataCame(chunk: Chunk, { inbound }: Peer): readonly AssociationEvent[] {
    const data = readData(chunk);
    this.#owesSack = true;
    const messages = data ? inbound.receive(data) : [];
    if (!data || inbound.isBroken) this.close();
    return messages.map((message) => ({ type: 'message', message }));
  }

  #end(lastWords: readonly Uint8Array[]): void {
    this.#control = [...lastWords];
    this.#state = 'closed';
  }
}

function isKnown(type: number): boolean {
  return Object.values<number>(CHUNK).includes(type);
}

/** An INIT ACK goes alone, which it does as nothing else is ever sent beside it. */
function packed(chunks: readonly Uint8Array[]): readonly (readonly Uint8Array[])[] {
  const packets: Uint8Array[][] = [];
  let left = 0;
  for (const chunk of chunks) {
    if (chunk.length > left) {
      packets.push([]);
      left = MAX_PACKET - PACKET_HEADER;
    }
    packets.at(-1)?.push(chunk);
    left -= chunk.length;
  }
  return packets;
}

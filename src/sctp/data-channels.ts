import { type AssociationEvent, type AssociationOptions, SctpAssociation, STREAMS } from './association.ts';
import type { Message } from './inbound.ts';
import { viewOf } from './packet.ts';

/** What the bytes of a message are (RFC 8831 section 8). */
const PROTOCOL = { dcep: 50, text: 51, emptyText: 56 } as const;
/** DCEP messages (RFC 8832 section 8.2.1). */
const OPEN = 3;
const OPEN_HEADER = 12;
const ACKNOWLEDGED = Uint8Array.of(2);

/** A reader so far behind has no use of more. */
const MAX_PENDING = 64 * 1024;

const reader = new TextDecoder('utf-8', { fatal: true });
const writer = new TextEncoder();

/**
 * The one data channel of a peer that is listened to, by its label (RFC 8832). It carries text, whole, in order and for sure, however
 * it was asked for. Others are acknowledged and closed at once; what is not text is counted and goes nowhere.
 */
export class DataChannels {
  readonly #association: SctpAssociation;
  readonly #label: string;
  readonly #peerMaxMessageSize: number;
  /** Those the peer opened, and that we have not ended: a reset that answers ours is not answered in turn. */
  readonly #halves = new Set<number>();
  #streamId: number | undefined;
  #refused = 0;

  /** `peerMaxMessageSize`: bytes that the peer takes, 0 for any. */
  constructor({
    label,
    peerMaxMessageSize,
    ...ours
  }: AssociationOptions & { label: string; peerMaxMessageSize: number }) {
    this.#label = label;
    this.#peerMaxMessageSize = peerMaxMessageSize;
    this.#association = new SctpAssociation(ours);
  }

  get isOpen(): boolean {
    return this.#streamId !== undefined && !this.isOver;
  }

  /** Nothing comes or goes any more. */
  get isOver(): boolean {
    return this.#association.isClosed;
  }

  /** Messages that were not text of the channel. */
  get refused(): number {
    return this.#refused;
  }

  /** The texts that came; the channel may have been opened before them, or have ended after. */
  receive(packet: Uint8Array, nowMs: number): readonly string[] {
    return this.#association.receive(packet, nowMs).flatMap((event) => this.#heard(event));
  }

  /** False where the message did not go: too long for the peer, no channel, or one that does not keep up, which then ends. */
  send(text: string): boolean {
    const bytes = writer.encode(text);
    const isTooLong = this.#peerMaxMessageSize > 0 && bytes.length > this.#peerMaxMessageSize;
    if (this.#streamId === undefined || this.isOver || bytes.length === 0 || isTooLong) return false;
    if (this.#association.pendingBytes + bytes.length > MAX_PENDING) {
      this.close();
      return false;
    }
    this.#association.send({ streamId: this.#streamId, protocol: PROTOCOL.text, bytes });
    return true;
  }

  takePackets(nowMs: number): readonly Uint8Array[] {
    return this.#association.takePackets(nowMs);
  }

  /** Idempotent. */
  close(): void {
    this.#streamId = undefined;
    this.#association.close();
  }

  #heard(event: AssociationEvent): readonly string[] {
    if (event.type === 'message') return this.#received(event.message);
    for (const id of event.streamIds ?? [...this.#halves]) this.#end(id);
    return [];
  }

  #received({ streamId, protocol, bytes }: Message): readonly string[] {
    if (protocol === PROTOCOL.dcep) {
      this.#asked(streamId, bytes);
      return [];
    }
    // An empty text comes as one byte that means nothing.
    if (protocol === PROTOCOL.emptyText) return [];
    const text = protocol === PROTOCOL.text && streamId === this.#streamId ? textOf(bytes) : undefined;
    if (text === undefined) this.#refused += 1;
    return text === undefined ? [] : [text];
  }

  #asked(streamId: number, bytes: Uint8Array): void {
    const label = labelOf(bytes);
    if (label === undefined || streamId >= STREAMS) return;
    this.#halves.add(streamId);
    this.#association.send({ streamId, protocol: PROTOCOL.dcep, bytes: ACKNOWLEDGED });
    if (label === this.#label) this.#streamId ??= streamId;
    if (streamId !== this.#streamId) this.#end(streamId);
  }

  #end(streamId: number): void {
    if (this.#streamId === streamId) this.#streamId = undefined;
    if (this.#halves.delete(streamId)) this.#association.reset(streamId);
  }
}

function labelOf(bytes: Uint8Array): string | undefined {
  if (bytes[0] !== OPEN || bytes.length < OPEN_HEADER) return undefined;
  const length = viewOf(bytes).getUint16(8);
  const end = OPEN_HEADER + length;
  return end <= bytes.length ? textOf(bytes.subarray(OPEN_HEADER, end)) : undefined;
}

function textOf(bytes: Uint8Array): string | undefined {
  try {
    return reader.decode(bytes);
  } catch {
    return undefined;
  }
}

import { randomBytes } from 'node:crypto';
import { OUR_DATA } from '../media/plan.ts';
import { DataChannels } from '../sctp/data-channels.ts';
import type { MediaEvent } from '../streams/ports.ts';
import type { PeerConnection } from './peer-connection.ts';
import { TokenBucket } from './token-bucket.ts';

/** What the page has to call its channel. */
const LABEL = 'chat';
// Far more than anybody types: the chat has limits of its own, which tell him so; this one keeps the main thread out of it.
const TEXT_RATE = { perSecond: 10, burst: 20 } as const;

type NewsOf<E> = E extends { readonly type: `text${string}` } ? Omit<E, 'sessionId'> : never;

/** What `MediaEvent` tells of a data channel. */
export type TextNews = NewsOf<MediaEvent>;

/** The data channel of one viewer: SCTP over the DTLS of his connection. Many offer one and never use it, so it is made with his first packet. */
export class TextChannel {
  readonly #peer: Pick<PeerConnection, 'sendData'>;
  readonly #peerMaxMessageSize: number;
  readonly #rate = new TokenBucket(TEXT_RATE);
  #channels: DataChannels | undefined;
  #wasOpen = false;
  #overrun = 0;

  constructor({ peer, peerMaxMessageSize }: { peer: Pick<PeerConnection, 'sendData'>; peerMaxMessageSize: number }) {
    this.#peer = peer;
    this.#peerMaxMessageSize = peerMaxMessageSize;
  }

  /** Messages that were no text of the channel, or too many. */
  get refused(): number {
    return (this.#channels?.refused ?? 0) + this.#overrun;
  }

  receive(packets: readonly Uint8Array[], nowMs: number): readonly TextNews[] {
    this.#channels ??= this.#open();
    const channels = this.#channels;
    const texts = packets.flatMap((packet) => channels.receive(packet, nowMs));
    this.#flush(nowMs);
    const passed = texts.filter(() => this.#rate.take(nowMs));
    this.#overrun += texts.length - passed.length;
    const { isOpen } = channels;
    const opened = isOpen || texts.length > 0 ? this.#change(true) : [];
    const said = passed.map((text): TextNews => ({ type: 'text', text }));
    return [...opened, ...said, ...this.#change(isOpen)];
  }

  send(text: string, nowMs: number): void {
    if (this.#channels?.send(text) || this.#channels?.isOver) this.#flush(nowMs);
  }

  /** Every some 50 ms: sends what is due again. */
  tick(nowMs: number): readonly TextNews[] {
    this.#flush(nowMs);
    return this.#change(this.#channels?.isOpen === true);
  }

  #open(): DataChannels {
    const random = () => randomBytes(4).readUInt32BE();
    return new DataChannels({ ...OUR_DATA, label: LABEL, peerMaxMessageSize: this.#peerMaxMessageSize, random });
  }

  #flush(nowMs: number): void {
    for (const packet of this.#channels?.takePackets(nowMs) ?? []) this.#peer.sendData(packet);
  }

  #change(isOpen: boolean): readonly TextNews[] {
    if (isOpen === this.#wasOpen) return [];
    this.#wasOpen = isOpen;
    return [{ type: isOpen ? 'text_opened' : 'text_closed' }];
  }
}

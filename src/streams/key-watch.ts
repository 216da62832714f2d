import type { Broadcasts } from './broadcasts.ts';
import type { Endings } from './endings.ts';
import type { StreamPublisher } from './live-stream.ts';
import type { EndReason } from './ports.ts';

/** Nobody publishes longer than the key allows that he came with; nor does a stream wait for such a one to come back. */
export class KeyWatch {
  readonly #broadcasts: Broadcasts;
  readonly #endings: Endings;

  constructor({ broadcasts, endings }: { broadcasts: Broadcasts; endings: Endings }) {
    this.#broadcasts = broadcasts;
    this.#endings = endings;
  }

  revoked(channelId: string, keyId: string): void {
    const stream = this.#broadcasts.ofChannel(channelId)?.stream;
    this.#end(stream?.publishers.filter(({ key }) => key?.id === keyId) ?? [], 'key_revoked');
  }

  /** The key that this one came with was worth nothing any more when his offer was read. */
  cameTooLate(sessionId: string): void {
    this.#endings.closeSession(sessionId, 'key_revoked');
  }

  /** It ends at another time than was said when its publisher came. */
  changed(channelId: string, key: { readonly id: string; readonly expiresAt: Date | null }): void {
    this.#broadcasts.ofChannel(channelId)?.stream.keyChanged(key);
  }

  endOverdue(nowMs: number): void {
    for (const { stream } of this.#broadcasts.all()) {
      const overdue = stream.publishers.filter(({ key }) => key?.expiresAt && key.expiresAt.getTime() <= nowMs);
      this.#end(overdue, 'key_expired');
    }
  }

  #end(publishers: readonly StreamPublisher[], reason: EndReason): void {
    for (const { sessionId } of publishers) this.#endings.closeSession(sessionId, reason);
  }
}

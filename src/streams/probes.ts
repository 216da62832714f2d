import { randomBytes, randomUUID } from 'node:crypto';
import { parseOffer } from '../sdp/offer.ts';
import { answerPlay } from '../sdp/play-answer.ts';
import type { Clock } from './clock.ts';
import { StreamError } from './errors.ts';
import { IceSession } from './ice-session.ts';
import { whileMediaRuns } from './interruptions.ts';
import { localSide } from './openings.ts';
import { type MediaPlane, MediaUnavailable } from './ports.ts';

/** A browser gives up sooner by itself. */
const PROBE_MS = 20_000;
const MAX_PROBES = 64;

/**
 * Sessions that carry nothing: whoever asks whether media gets through opens one on the thread he means, sees ICE and
 * DTLS come up or not, and closes it. Each is alone on a stream that nobody publishes.
 */
export class Probes {
  readonly #media: MediaPlane;
  readonly #clock: Clock;
  /** By id, how to forget the end that would come by itself. */
  readonly #open = new Map<string, () => void>();

  constructor({ media, clock }: { readonly media: MediaPlane; readonly clock: Clock }) {
    this.#media = media;
    this.#clock = clock;
  }

  /** The threads that can be tried, and the ports that their candidates name. */
  targets(): readonly { readonly thread: number; readonly port: number }[] {
    return this.#media.endpoints().map(({ thread, candidates: [first] }) => ({ thread, port: first?.port ?? 0 }));
  }

  /** Throws `SdpError` and `StreamError`. */
  async open({ thread, offer: text }: { thread: number; offer: string }): Promise<{ id: string; answer: string }> {
    if (this.#open.size >= MAX_PROBES) throw new StreamError('at_capacity', 'Too many tests are under way.');
    const offer = parseOffer(text);
    const ice = new IceSession(offer.peer.ice);
    const id = `probe-${randomUUID()}`;
    return whileMediaRuns(async () => {
      const endpoint = this.#media.endpoints().find((candidate) => candidate.thread === thread);
      if (!endpoint) throw new MediaUnavailable();
      const { plan, answer } = answerPlay(offer, localSide(endpoint, ice), [], () => randomBytes(4).readUInt32BE());
      this.#open.set(
        id,
        this.#clock.after(PROBE_MS, () => void this.close(id)),
      );
      try {
        await this.#media.openViewer({ sessionId: id, streamId: id, thread, plan });
      } catch (error) {
        await this.close(id);
        throw error;
      }
      return { id, answer };
    });
  }

  /** Idempotent. */
  async close(id: string): Promise<void> {
    const forgetEnd = this.#open.get(id);
    if (!forgetEnd) return;
    forgetEnd();
    this.#open.delete(id);
    // A thread that died has closed it already.
    await this.#media.closeStream(id).catch(() => {});
  }
}

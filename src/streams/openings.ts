import { randomBytes } from 'node:crypto';
import type { IngestPlan } from '../media/plan.ts';
import { ownerOf, videoIndexOf } from '../sdp/answer.ts';
import type { Offer } from '../sdp/offer.ts';
import { answerPlay } from '../sdp/play-answer.ts';
import { answerPublish, type LocalSide } from '../sdp/publish-answer.ts';
import type { Broadcast } from './broadcast.ts';
import type { Clock } from './clock.ts';
import type { Endings } from './endings.ts';
import { IceSession } from './ice-session.ts';
import { stoppedMeanwhile } from './interruptions.ts';
import type { MediaEndpoint, MediaPlane } from './ports.ts';
import { newSession, type Session, type SessionTable } from './session-table.ts';

/** What a POST is answered with. */
export interface OpenedSession {
  readonly sessionId: string;
  readonly answer: string;
  readonly etag: string;
}

interface OpeningsOptions {
  readonly media: MediaPlane;
  readonly sessions: SessionTable;
  readonly endings: Endings;
  readonly clock: Clock;
}

/** How an offer becomes a session: it is answered, noted, and opened on the media plane. What fails leaves no session. */
export class Openings {
  readonly #media: MediaPlane;
  readonly #sessions: SessionTable;
  readonly #endings: Endings;
  readonly #clock: Clock;

  constructor({ media, sessions, endings, clock }: OpeningsOptions) {
    this.#media = media;
    this.#sessions = sessions;
    this.#endings = endings;
    this.#clock = clock;
  }

  async viewer(broadcast: Broadcast, offer: Offer): Promise<OpenedSession> {
    const { stream } = broadcast;
    const ice = new IceSession(offer.peer.ice);
    const openedAtMs = this.#clock.now();
    const endpoint = this.#media.endpointFor('viewer', stream.id);
    const { plan, answer } = answerPlay(offer, localSide(endpoint, ice), stream.sources, random32);
    const mid = ownerOf(offer, plan.tracks);
    const videoIndex = videoIndexOf(offer, plan.tracks);
    const session = newSession({ kind: 'viewer', broadcast, ice, mid, videoIndex, openedAtMs });
    this.#sessions.add(session);
    try {
      await this.#media.openViewer({ sessionId: session.id, streamId: stream.id, thread: endpoint.thread, plan });
    } catch (error) {
      this.#sessions.end(session, 'failed', this.#clock.now());
      throw error;
    }
    this.mustStillBeOpen(session);
    return { sessionId: session.id, answer, etag: ice.etag };
  }

  /** Who was about to publish before is sent away; who does publish goes on until this one connects. */
  async publisher(broadcast: Broadcast, offer: Offer, keyId: string | undefined): Promise<OpenedSession> {
    const ice = new IceSession(offer.peer.ice);
    const openedAtMs = this.#clock.now();
    const endpoint = this.#media.endpointFor('publisher', broadcast.stream.id);
    const { plan, answer } = answerPublish(offer, localSide(endpoint, ice));
    const mid = ownerOf(offer, plan.tracks);
    const session = newSession({ kind: 'publisher', broadcast, ice, mid, openedAtMs });
    await this.#openPublisher(session, endpoint.thread, plan, keyId);
    return { sessionId: session.id, answer, etag: ice.etag };
  }

  /** Streams may be stopped while the media plane works on one of their sessions. */
  mustStillBeOpen(session: Session): void {
    if (this.#sessions.get(session.id)) return;
    this.#endings.closeMedia(session.id);
    throw stoppedMeanwhile();
  }

  async #openPublisher(session: Session, thread: number, plan: IngestPlan, keyId: string | undefined): Promise<void> {
    const { stream } = session.broadcast;
    const sources = plan.tracks.flatMap(({ kind, payloads: [payload], mayHaveLayers, rids }) =>
      payload ? [{ kind, codec: payload.codec, hasLayers: mayHaveLayers, rids }] : [],
    );
    this.#sessions.add(session);
    const superseded = stream.publisherAnswered({ sessionId: session.id, keyId, sources });
    if (superseded !== undefined) this.#endings.closePublisher(superseded, 'taken_over');
    try {
      await this.#media.openPublisher({ sessionId: session.id, streamId: stream.id, thread, plan });
    } catch (error) {
      this.#endings.sessionEnded(session, 'failed');
      throw error;
    }
    this.mustStillBeOpen(session);
  }
}

export function localSide({ candidates, fingerprint }: MediaEndpoint, { local }: IceSession): LocalSide {
  return { ice: local, fingerprint, candidates, sessionId: String(randomBytes(6).readUIntBE(0, 6)) };
}

function random32(): number {
  return randomBytes(4).readUInt32BE();
}

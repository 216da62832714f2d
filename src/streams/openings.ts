import { randomBytes } from 'node:crypto';
import type { EgressPlan, IngestPlan } from '../media/plan.ts';
import { ownerOf, videoIndexOf } from '../sdp/answer.ts';
import type { Offer } from '../sdp/offer.ts';
import { answerPlay } from '../sdp/play-answer.ts';
import { acceptAnswer, offerPlay } from '../sdp/play-offer.ts';
import { answerPublish, type LocalSide } from '../sdp/publish-answer.ts';
import type { Broadcast } from './broadcast.ts';
import type { Clock } from './clock.ts';
import type { Endings } from './endings.ts';
import { IceSession } from './ice-session.ts';
import { stoppedMeanwhile } from './interruptions.ts';
import type { PublishKey } from './live-stream.ts';
import type { Offers } from './offers.ts';
import type { Pass, Passes } from './passes.ts';
import type { MediaEndpoint, MediaPlane } from './ports.ts';
import { newSession, type Session, type SessionTable } from './session-table.ts';
import { viewerVideo } from './viewer-video.ts';
import type { Visitor } from './visitors.ts';

/** What a POST is answered with. */
export interface OpenedSession {
  readonly sessionId: string;
  /** Our answer, or our offer. */
  readonly sdp: string;
  readonly etag: string;
}

/** It waits for the client's answer. */
export interface OfferedSession extends OpenedSession {
  readonly validUntil: Date;
}

/** Who comes to watch. */
interface Guest {
  readonly visitor: Visitor | undefined;
  /** What lets him watch; none where he may always see the channel. */
  readonly pass: Pass | undefined;
}

interface OpeningsOptions {
  readonly media: MediaPlane;
  readonly sessions: SessionTable;
  readonly endings: Endings;
  readonly offers: Offers;
  readonly passes: Passes;
  readonly clock: Clock;
}

/** How an offer becomes a session: it is answered, noted, and opened on the media plane. What fails leaves no session. */
export class Openings {
  readonly #media: MediaPlane;
  readonly #sessions: SessionTable;
  readonly #endings: Endings;
  readonly #offers: Offers;
  readonly #passes: Passes;
  readonly #clock: Clock;

  constructor({ media, sessions, endings, offers, passes, clock }: OpeningsOptions) {
    this.#media = media;
    this.#sessions = sessions;
    this.#endings = endings;
    this.#offers = offers;
    this.#passes = passes;
    this.#clock = clock;
  }

  async viewer(broadcast: Broadcast, offer: Offer, { visitor, pass }: Guest): Promise<OpenedSession> {
    const ice = new IceSession(offer.peer.ice);
    const openedAtMs = this.#clock.now();
    const endpoint = this.#media.endpointFor('viewer', broadcast.mediaId);
    const { plan, answer } = answerPlay(offer, localSide(endpoint, ice), broadcast.sources, random32);
    const mid = ownerOf(offer, [...plan.tracks, ...(plan.data ? [plan.data] : [])]);
    const video = viewerVideo(plan.tracks, videoIndexOf(offer, plan.tracks));
    const session = newSession({ kind: 'viewer', broadcast, ice, mid, video, visitor, openedAtMs });
    this.#enter(session, pass);
    await this.#openViewer(session, endpoint.thread, plan);
    return { sessionId: session.id, sdp: answer, etag: ice.etag };
  }

  /** For a viewer who can not offer. It is no load on the media plane before he answers. */
  viewerToAnswer(broadcast: Broadcast, { visitor, pass }: Guest): OfferedSession {
    this.#offers.admit();
    const ice = new IceSession();
    const openedAtMs = this.#clock.now();
    const { thread, ...endpoint } = this.#media.endpointFor('viewer', broadcast.mediaId);
    const offer = offerPlay(localSide(endpoint, ice), broadcast.sources, random32);
    const index = offer.tracks.findIndex(({ kind }) => kind === 'video');
    const video = viewerVideo(offer.tracks, index);
    const session = newSession({ kind: 'viewer', broadcast, ice, mid: '', video, visitor, openedAtMs });
    this.#enter(session, pass);
    this.#sessions.atEnd(session, () => this.#offers.delete(session));
    const untilMs = this.#offers.add(session, { offer, thread }, openedAtMs);
    return { sessionId: session.id, sdp: offer.text, etag: ice.etag, validUntil: new Date(untilMs) };
  }

  /** Throws `bad_answer`, `codec_not_offered` and `already_agreed`; what was offered stands until it is answered well. */
  async answered(session: Session, text: string): Promise<void> {
    const { ice, broadcast } = session;
    const { offer, thread } = this.#offers.of(session);
    const { answer, plan } = acceptAnswer(text, offer, ice.local, broadcast.sources);
    this.#offers.delete(session);
    ice.remote = answer.peer.ice;
    session.mid = ownerOf(answer, plan.tracks);
    session.video = viewerVideo(plan.tracks, videoIndexOf(answer, plan.tracks));
    await this.#openViewer(session, thread, plan);
  }

  /** Who was about to publish before is sent away; who does publish goes on until this one connects. */
  async publisher(broadcast: Broadcast, offer: Offer, key: PublishKey | undefined): Promise<OpenedSession> {
    const ice = new IceSession(offer.peer.ice);
    const openedAtMs = this.#clock.now();
    const endpoint = this.#media.endpointFor('publisher', broadcast.mediaId);
    const { plan, answer } = answerPublish(offer, localSide(endpoint, ice));
    const mid = ownerOf(offer, plan.tracks);
    const session = newSession({ kind: 'publisher', broadcast, ice, mid, openedAtMs });
    await this.#openPublisher(session, endpoint.thread, plan, key);
    return { sessionId: session.id, sdp: answer, etag: ice.etag };
  }

  /** Streams may be stopped while the media plane works on one of their sessions. */
  mustStillBeOpen(session: Session): void {
    if (this.#sessions.get(session.id)) return;
    this.#endings.closeMedia(session.id);
    throw stoppedMeanwhile();
  }

  /** Throws `token_in_use`. */
  #enter(session: Session, pass: Pass | undefined): void {
    const leave = pass && this.#passes.watch(pass, (reason) => this.#endings.closeSession(session.id, reason));
    this.#sessions.add(session);
    if (leave) this.#sessions.atEnd(session, leave);
  }

  async #openViewer(session: Session, thread: number, plan: EgressPlan): Promise<void> {
    const { mediaId: streamId } = session.broadcast;
    try {
      await this.#media.openViewer({ sessionId: session.id, streamId, thread, plan });
    } catch (error) {
      this.#endings.sessionEnded(session, 'failed');
      throw error;
    }
    this.mustStillBeOpen(session);
  }

  async #openPublisher(session: Session, thread: number, plan: IngestPlan, key: PublishKey | undefined): Promise<void> {
    const { stream, mediaId: streamId } = session.broadcast;
    const sources = plan.tracks.flatMap(({ kind, payloads: [payload], mayHaveLayers, rids }) =>
      payload ? [{ kind, codec: payload.codec, hasLayers: mayHaveLayers, rids }] : [],
    );
    this.#sessions.add(session);
    const superseded = stream.publisherAnswered({ sessionId: session.id, key, sources });
    if (superseded !== undefined) this.#endings.closeSession(superseded, 'taken_over');
    try {
      await this.#media.openPublisher({ sessionId: session.id, streamId, thread, plan });
    } catch (error) {
      this.#endings.sessionEnded(session, 'failed');
      throw error;
    }
    this.mustStillBeOpen(session);
  }
}

export function localSide(
  { candidates, fingerprint }: Omit<MediaEndpoint, 'thread'>,
  { local }: IceSession,
): LocalSide {
  return { ice: local, fingerprint, candidates, sessionId: String(randomBytes(6).readUIntBE(0, 6)) };
}

function random32(): number {
  return randomBytes(4).readUInt32BE();
}

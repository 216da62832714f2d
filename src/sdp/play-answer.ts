import type { Codec, DataPlan, EgressPlan, EgressTrackPlan, IceCredentials, MediaKind } from '../media/plan.ts';
import { type LocalSetup, type LocalSide, type SectionAnswer, setupTowards, writeAnswer } from './answer.ts';
import { CODECS_TAKEN, echoedParameters, type KnownCodec, knownCodecs, payloadPlan } from './codecs.ts';
import { agreedData } from './data-section.ts';
import { h264Profile, profileDistance } from './h264-profile.ts';
import { extensionUri } from './header-extensions.ts';
import { isMedia, type MediaOffer, type Offer, type OfferedMedia } from './offer.ts';
import { peerPlan } from './peer.ts';
import { codecNotOffered, unsupportedOffer } from './sdp-error.ts';

export type { LocalSide } from './answer.ts';

/** What is being published now. */
export interface SourceTrack {
  readonly kind: MediaKind;
  readonly codec: Codec;
  /** Whether there is something to choose by what a viewer's link carries. */
  readonly hasLayers?: boolean;
  /** Of a simulcast. */
  readonly rids?: readonly string[];
}

/** One MediaStream for all tracks, so that a browser keeps lips in sync. */
const STREAM_ID = 'freshet';

/** RFC 7587: stereo where there is stereo; a browser down-mixes unless its own description asks for it too. */
const OPUS_SENT = 'minptime=10;useinbandfec=1;stereo=1;sprop-stereo=1';

/** What tells a viewer's tracks apart on the wire. */
export type TrackNumbers = Pick<EgressTrackPlan, 'ssrc' | 'rtxSsrc' | 'cname'>;

/**
 * Accepts every codec that might be sent later, as a session is never renegotiated. A section that can be sent nothing at all is refused by port 0,
 * but one that cannot be sent what is published now fails the offer. `random` gives 32 bits. Tracks are in the order of the bundle.
 */
export function answerPlay(
  offer: Offer,
  local: LocalSide,
  source: readonly SourceTrack[],
  random: () => number,
): { plan: EgressPlan; answer: string } {
  const numbers = newNumbers(random);
  const tracks = egressTracks(offer, source, numbers);
  const data = agreedData(offer);
  return {
    plan: { ...egressPlan(offer, local.ice, tracks), ...(data && { data }) },
    answer: writePlay(offer, { local, setup: setupTowards(offer.peer) }, tracks, data),
  };
}

/** The text of an answer, or of an offer of ours, that sends these tracks. */
export function writePlay(
  media: OfferedMedia,
  side: { local: LocalSide; setup: LocalSetup },
  tracks: readonly EgressTrackPlan[],
  data?: DataPlan,
): string {
  const answers = new Map(tracks.map((track) => [track.mid, sectionAnswer(track)]));
  return writeAnswer(media, side, answers, { streamId: STREAM_ID, data });
}

export function egressPlan(
  { peer, bundle }: Offer,
  localIce: IceCredentials,
  tracks: readonly EgressTrackPlan[],
): EgressPlan {
  return {
    peer: peerPlan(peer, localIce),
    tracks: tracks.toSorted((a, b) => bundle.indexOf(a.mid) - bundle.indexOf(b.mid)),
  };
}

/** What may be sent to a viewer who described himself so. Throws `SdpError`. */
export function egressTracks(
  { sections }: OfferedMedia,
  source: readonly SourceTrack[],
  numbers: (kind: MediaKind) => TrackNumbers,
): readonly EgressTrackPlan[] {
  const tracks = sections.filter(isMedia).flatMap((section): EgressTrackPlan[] => {
    const published = source.find(({ kind }) => kind === section.kind);
    const codecs = playableCodecs(section, published?.codec);
    if (codecs.length === 0) return [];
    const transportCcId = section.kind === 'video' ? agreedTransportCc(section, codecs) : undefined;
    // Who comes before the stream can not know whether it will have layers.
    const mayHaveLayers = source.length === 0 || published?.hasLayers === true;
    const isSentWhatFits = transportCcId !== undefined && mayHaveLayers;
    const payloads = codecs.map((codec) => {
      const fmtp = codec.name === 'opus' ? OPUS_SENT : echoedParameters(codec);
      return payloadPlan(codec, fmtp, { transportCc: transportCcId !== undefined, remb: false });
    });
    const extension = transportCcId === undefined ? {} : { transportCcId };
    const { mid, kind } = section;
    return [{ mid, kind, payloads, ...numbers(kind), isSentWhatFits, ...extension }];
  });
  if (tracks.length === 0) {
    throw unsupportedOffer(
      `no codec of this offer is supported; offer ${CODECS_TAKEN.audio} and ${CODECS_TAKEN.video}`,
    );
  }
  return tracks;
}

function playableCodecs(section: MediaOffer, published: Codec | undefined): readonly KnownCodec[] {
  if (section.direction !== 'recvonly' && section.direction !== 'sendrecv') {
    throw unsupportedOffer(
      `this offer does not receive ${section.kind} (a=${section.direction}): playing needs recvonly`,
    );
  }
  const codecs = onePerProfile(knownCodecs(section));
  if (published === undefined) return codecs;
  if (!codecs.some(({ name }) => name === published.name)) {
    const offered = [...new Set(codecs.map(({ name }) => name))];
    throw codecNotOffered({ kind: section.kind, codec: published.name, offered });
  }
  return codecs.toSorted((a, b) => distance(a, published) - distance(b, published));
}

/** Every packet has a number of its own then, so none can be sent again as it was: only by RTX. */
function agreedTransportCc({ extensions }: MediaOffer, codecs: readonly KnownCodec[]): number | undefined {
  const isFit = codecs.every(({ offered }) => offered.rtxPt !== undefined && offered.feedback.has('transport-cc'));
  return isFit ? extensions.transportCc : undefined;
}

function onePerProfile(codecs: readonly KnownCodec[]): readonly KnownCodec[] {
  return codecs.filter(
    ({ name, profile }, index) =>
      codecs.findIndex((other) => other.name === name && other.profile === profile) === index,
  );
}

/** Sorts the published codec first, and of its profiles the one that decodes it best. */
function distance({ name, profile }: KnownCodec, published: Codec): number {
  if (name !== published.name) return Number.MAX_SAFE_INTEGER;
  const wanted = h264Profile(/profile-level-id=([0-9a-fA-F]{6})/.exec(published.fmtp)?.[1]);
  return profile === undefined || wanted === undefined ? 0 : profileDistance(profile, wanted);
}

function sectionAnswer({ kind, payloads, ssrc, rtxSsrc, cname, transportCcId }: EgressTrackPlan): SectionAnswer {
  const hasRtx = payloads.some(({ rtxPt }) => rtxPt !== undefined);
  return {
    direction: 'sendonly',
    payloads,
    attributes: [
      ...(transportCcId === undefined ? [] : [`extmap:${transportCcId} ${extensionUri('transportCc')}`]),
      `msid:${STREAM_ID} ${kind}`,
      ...(hasRtx ? [`ssrc-group:FID ${ssrc} ${rtxSsrc}`] : []),
      `ssrc:${ssrc} cname:${cname}`,
      ...(hasRtx ? [`ssrc:${rtxSsrc} cname:${cname}`] : []),
    ],
  };
}

/** Of one session: SSRCs are never 0, never the same twice. */
export function newNumbers(random: () => number): () => TrackNumbers {
  const given = new Set([0]);
  const next = () => {
    let number = random() >>> 0;
    while (given.has(number)) number = (number + 1) >>> 0;
    given.add(number);
    return number;
  };
  const cname = next().toString(16).padStart(8, '0');
  return () => ({ ssrc: next(), rtxSsrc: next(), cname });
}

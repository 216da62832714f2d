import type { ExtensionIds, IngestPlan, IngestTrackPlan, PayloadPlan } from '../media/plan.ts';
import { type LocalSide, type SectionAnswer, setupTowards, writeAnswer } from './answer.ts';
import { CODECS_TAKEN, echoedParameters, type KnownCodec, knownCodecs, payloadPlan } from './codecs.ts';
import { extensionUri } from './header-extensions.ts';
import { isMedia, type MediaOffer, type Offer } from './offer.ts';
import { peerPlan } from './peer.ts';
import { badOffer, unsupportedOffer } from './sdp-error.ts';

export type { LocalSide } from './answer.ts';

const MAX_LAYERS = 4;

/** Accepts every media section or throws: WHIP knows no partial success (RFC 9725 section 4.4). Tracks are in the order of the bundle. */
export function answerPublish(offer: Offer, local: LocalSide): { plan: IngestPlan; answer: string } {
  const tracks = offer.sections.filter(isMedia).map(ingestTrack);
  checkPayloadTypes(tracks);
  const answers = new Map(tracks.map((track) => [track.mid, sectionAnswer(track)]));
  return {
    plan: {
      peer: peerPlan(offer.peer, local.ice),
      tracks: tracks.toSorted((a, b) => offer.bundle.indexOf(a.mid) - offer.bundle.indexOf(b.mid)),
    },
    answer: writeAnswer(offer, { local, setup: setupTowards(offer.peer) }, answers),
  };
}

function ingestTrack(section: MediaOffer): IngestTrackPlan {
  if (section.direction !== 'sendonly' && section.direction !== 'sendrecv') {
    throw unsupportedOffer(
      `this offer does not send its ${section.kind} (a=${section.direction}): publishing needs sendonly`,
    );
  }
  const [codec] = knownCodecs(section).filter(({ profile }) => profile !== 'high-444');
  if (codec === undefined) {
    throw unsupportedOffer(`no ${section.kind} codec of this offer is supported; offer ${CODECS_TAKEN[section.kind]}`);
  }
  const payload = ingestPayload(codec, section.extensions);
  const rids = acceptedRids(section, payload.pt);
  return {
    mid: section.mid,
    kind: section.kind,
    payloads: [payload],
    extensions: agreedExtensions(section.extensions, payload),
    // With simulcast the rid names a layer, and browsers then tell no SSRC.
    ssrcs: rids.length > 0 ? [] : section.ssrcs,
    rids,
    mayHaveLayers: rids.length > 1 || section.extensions.dependencyDescriptor !== undefined,
  };
}

function ingestPayload(codec: KnownCodec, extensions: ExtensionIds): PayloadPlan {
  const fmtp = codec.name === 'opus' ? opusWanted(codec.offered.parameters) : echoedParameters(codec);
  return payloadPlan(codec, fmtp, { transportCc: extensions.transportCc !== undefined, remb: true });
}

/** RFC 7587: what we like to receive. Stereo, DTX and bitrate as the publisher proposed: a browser does neither unless asked. */
function opusWanted(offered: ReadonlyMap<string, string>): string {
  const isStereo = offered.get('stereo') === '1' || offered.get('sprop-stereo') === '1';
  const bitrate = offered.get('maxaveragebitrate') ?? '';
  return [
    'minptime=10',
    'useinbandfec=1',
    ...(isStereo ? ['stereo=1', 'sprop-stereo=1'] : []),
    ...(offered.get('usedtx') === '1' ? ['usedtx=1'] : []),
    ...(/^\d{4,6}$/.test(bitrate) ? [`maxaveragebitrate=${bitrate}`] : []),
  ].join(';');
}

function agreedExtensions(offered: ExtensionIds, { codec, hasTransportCc }: PayloadPlan): ExtensionIds {
  const { transportCc, dependencyDescriptor, ...others } = offered;
  // VP8 and VP9 tell their layers in the payload, and Chromium leaves out VP8's picture ids where this is agreed on.
  const needsDescriptor = codec.name === 'av1' || codec.name === 'h264';
  return {
    ...others,
    ...(needsDescriptor && dependencyDescriptor !== undefined && { dependencyDescriptor }),
    ...(hasTransportCc && transportCc !== undefined && { transportCc }),
  };
}

function acceptedRids(section: MediaOffer, pt: number): readonly string[] {
  if (section.extensions.rid === undefined) return [];
  const sendable = section.layers.filter(({ pts }) => pts.length === 0 || pts.includes(pt));
  return sendable.slice(0, MAX_LAYERS).map(({ rid }) => rid);
}

function sectionAnswer({ payloads, extensions, rids }: IngestTrackPlan): SectionAnswer {
  return {
    direction: 'recvonly',
    payloads,
    hasLongExtensions: extensions.dependencyDescriptor !== undefined,
    attributes: [
      ...extensionLines(extensions),
      ...rids.map((rid) => `rid:${rid} recv`),
      ...(rids.length > 0 ? [`simulcast:recv ${rids.join(';')}`] : []),
    ],
  };
}

function extensionLines(extensions: ExtensionIds): readonly string[] {
  const names = ['audioLevel', 'mid', 'rid', 'repairedRid', 'dependencyDescriptor', 'transportCc'] as const;
  return names.flatMap((name) => {
    const id = extensions[name];
    return id === undefined ? [] : [`extmap:${id} ${extensionUri(name)}`];
  });
}

/** RFC 9143 section 9.1.1: in a bundle a payload type means one thing. */
function checkPayloadTypes(tracks: readonly IngestTrackPlan[]): void {
  const pts = tracks.flatMap(({ payloads }) =>
    payloads.flatMap(({ pt, rtxPt }) => (rtxPt === undefined ? [pt] : [pt, rtxPt])),
  );
  if (new Set(pts).size < pts.length) throw badOffer('two m-sections of the bundle use the same payload type');
}

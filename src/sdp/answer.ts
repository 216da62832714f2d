import {
  type CandidateAddress,
  type DataPlan,
  type IceCredentials,
  type MediaKind,
  OUR_DATA,
  type PayloadPlan,
} from '../media/plan.ts';
import { dataLines } from './data-section.ts';
import { isMedia, type MediaOffer, type OfferedMedia } from './offer.ts';
import type { OfferedSection } from './offered-section.ts';
import type { OfferedPeer } from './peer.ts';

/** Our side of the transport, as an answer tells it, or an offer of ours. */
export interface LocalSide {
  readonly ice: IceCredentials;
  /** `sha-256 AA:BB:...` */
  readonly fingerprint: string;
  /** Best first. */
  readonly candidates: readonly CandidateAddress[];
  /** Digits, for the `o=` line. */
  readonly sessionId: string;
}

/** Our `a=setup`: `actpass` where we offer. */
export type LocalSetup = 'active' | 'passive' | 'actpass';

export interface SectionAnswer {
  readonly direction: 'sendonly' | 'recvonly';
  readonly payloads: readonly PayloadPlan[];
  /** Without `a=`, after the codecs. */
  readonly attributes: readonly string[];
  /** Some need the two-byte form (RFC 8285). */
  readonly hasLongExtensions?: boolean;
}

const UDP_TYPE_PREFERENCE = 126;
// Below any direct way by UDP: TCP is for where that does not get through.
const TCP_TYPE_PREFERENCE = 90;
/** RFC 6544 section 4.2: the direction preference of a passive candidate. */
const PASSIVE_PREFERENCE = 4;

/** The same in every fragment as in the answer (RFC 9725 section 4.3). */
export const ICE_LITE = ['a=ice-lite', 'a=ice-options:ice2 trickle'] as const;

/** The whole answer; sections that `answers` does not know by their mid are refused with port 0, but for that of `data`. */
export function writeAnswer(
  offer: OfferedMedia,
  { local, setup }: { local: LocalSide; setup: LocalSetup },
  answers: ReadonlyMap<string, SectionAnswer>,
  { streamId = '*', data }: { streamId?: string; data?: DataPlan | undefined } = {},
): string {
  const carried = offer.sections.filter(({ mid }) => answers.has(mid) || mid === data?.mid);
  const bundle = offer.bundle.filter((mid) => carried.some((section) => section.mid === mid));
  const owner = ownerOf(offer, carried);
  const mayMix = offer.mayMixExtensions && [...answers.values()].some(({ hasLongExtensions }) => hasLongExtensions);
  const lines = [
    'v=0',
    `o=- ${local.sessionId} 1 IN IP4 0.0.0.0`,
    's=-',
    't=0 0',
    ...(bundle.length > 0 ? [`a=group:BUNDLE ${bundle.join(' ')}`] : []),
    ...(mayMix ? ['a=extmap-allow-mixed'] : []),
    `a=msid-semantic: WMS ${streamId}`,
    ...ICE_LITE,
  ];
  for (const section of offer.sections) {
    if (!carried.includes(section)) {
      lines.push(...refusedSection(section));
      continue;
    }
    lines.push(...carriedSection(section, answers.get(section.mid)), ...transport(local, setup));
    // The transport is one, so its addresses are told once; FFmpeg takes the first of the whole answer.
    if (section.mid === owner) lines.push(...candidateLines(local.candidates));
  }
  return sdpText(lines);
}

/**
 * The mid of the section that owns the transport of all: the first of the bundle that is carried (RFC 9143 section 7.2).
 * Trickle fragments name it.
 */
export function ownerOf({ bundle }: OfferedMedia, carried: readonly { readonly mid: string }[]): string {
  return bundle.find((mid) => carried.some((section) => section.mid === mid)) ?? carried[0]?.mid ?? '';
}

/** Which m-line the video has, when it is carried. */
export function videoIndexOf(
  { sections }: OfferedMedia,
  carried: readonly { readonly mid: string; readonly kind: MediaKind }[],
): number | undefined {
  const mid = carried.find(({ kind }) => kind === 'video')?.mid;
  return mid === undefined ? undefined : sections.findIndex((section) => section.mid === mid);
}

/**
 * RFC 8839 section 5.1: host candidates in the order given, then the word that there are no more. All of UDP come before
 * those of TCP (RFC 6544 section 4.5): FFmpeg takes the first, whatever it is.
 */
export function candidateLines(candidates: readonly CandidateAddress[]): readonly string[] {
  const udp = candidates.map(({ address, port }, index) => {
    const priority = candidatePriority(UDP_TYPE_PREFERENCE, 65_535 - index);
    return `a=candidate:${index + 1} 1 udp ${priority} ${address} ${port} typ host`;
  });
  const tcp = candidates.map(({ address, port }, index) => {
    const priority = candidatePriority(TCP_TYPE_PREFERENCE, PASSIVE_PREFERENCE * 2 ** 13 + (8191 - index));
    return `a=candidate:${udp.length + index + 1} 1 tcp ${priority} ${address} ${port} typ host tcptype passive`;
  });
  return [...udp, ...tcp, 'a=end-of-candidates'];
}

/** RFC 8445 section 5.1.2.1, of component 1. */
function candidatePriority(typePreference: number, localPreference: number): number {
  return typePreference * 2 ** 24 + localPreference * 2 ** 8 + 255;
}

export function sdpText(lines: readonly string[]): string {
  return `${lines.join('\r\n')}\r\n`;
}

function carriedSection(section: OfferedSection, answer: SectionAnswer | undefined): readonly string[] {
  return answer && isMedia(section) ? mediaSection(section, answer) : dataLines(section, OUR_DATA);
}

function refusedSection({ type, protocol, formats, mid }: OfferedSection): readonly string[] {
  return [
    `m=${type} 0 ${protocol} ${formats.join(' ')}`,
    'c=IN IP4 0.0.0.0',
    ...(mid === '' ? [] : [`a=mid:${mid}`]),
    'a=inactive',
  ];
}

function mediaSection(section: MediaOffer, answer: SectionAnswer): readonly string[] {
  const formats = answer.payloads.flatMap(({ pt, rtxPt }) => (rtxPt === undefined ? [pt] : [pt, rtxPt]));
  return [
    // Port 9 and no address: the candidates say where (RFC 8840), and no client sees a mismatch.
    `m=${section.kind} 9 ${section.protocol} ${formats.join(' ')}`,
    'c=IN IP4 0.0.0.0',
    ...(section.mid === '' ? [] : [`a=mid:${section.mid}`]),
    `a=${answer.direction}`,
    'a=rtcp-mux',
    'a=rtcp-mux-only',
    ...(section.hasReducedSizeRtcp ? ['a=rtcp-rsize'] : []),
    ...answer.payloads.flatMap((payload) => codecLines(section, payload)),
    ...answer.attributes.map((attribute) => `a=${attribute}`),
  ];
}

function codecLines(section: MediaOffer, payload: PayloadPlan): readonly string[] {
  const { pt, rtxPt, codec } = payload;
  const offered = section.codecs.find((candidate) => candidate.pt === pt);
  const lines = [`a=rtpmap:${pt} ${offered?.rtpmap}`];
  if (codec.fmtp !== '') lines.push(`a=fmtp:${pt} ${codec.fmtp}`);
  if (payload.hasNack) lines.push(`a=rtcp-fb:${pt} nack`);
  if (payload.hasPli) lines.push(`a=rtcp-fb:${pt} nack pli`);
  if (payload.hasTransportCc) lines.push(`a=rtcp-fb:${pt} transport-cc`);
  if (payload.hasRemb) lines.push(`a=rtcp-fb:${pt} goog-remb`);
  // RFC 3611: the receiver tells its time and hears its round trip, by which it repeats a NACK.
  if (payload.hasNack && offered?.feedback.has('rrtr')) lines.push(`a=rtcp-fb:${pt} rrtr`);
  if (rtxPt !== undefined) lines.push(`a=rtpmap:${rtxPt} rtx/${codec.clockRate}`, `a=fmtp:${rtxPt} apt=${pt}`);
  return lines;
}

/** RFC 5763 section 5: the offer leaves it to us, or says which of the two it is. */
export function setupTowards({ setup }: OfferedPeer): LocalSetup {
  return setup === 'passive' ? 'active' : 'passive';
}

function transport(local: LocalSide, setup: LocalSetup): readonly string[] {
  return [
    `a=ice-ufrag:${local.ice.ufrag}`,
    `a=ice-pwd:${local.ice.pwd}`,
    `a=fingerprint:${local.fingerprint}`,
    `a=setup:${setup}`,
  ];
}

import type { MediaKind } from '../media/plan.ts';
import { type OfferedSection, readSection } from './offered-section.ts';
import { type OfferedPeer, readPeer } from './peer.ts';
import { badOffer, unsupportedOffer } from './sdp-error.ts';
import { type Attributes, all, readSections, splitLines, words } from './sections.ts';

/** A section that carries media, and is answered as such or not at all. */
export type MediaOffer = OfferedSection & { readonly kind: MediaKind };

export interface Offer {
  readonly peer: OfferedPeer;
  /** In the order of the m-lines, which the answer must keep. */
  readonly sections: readonly OfferedSection[];
  /** Mids in the order of the BUNDLE group. */
  readonly bundle: readonly string[];
  /** One-byte and two-byte header extensions may be mixed (RFC 8285 section 6). */
  readonly mayMixExtensions: boolean;
}

/** The m-sections alone: what is offered, without by whom. */
export type OfferedMedia = Omit<Offer, 'peer'>;

/** A WHIP or WHEP offer (RFC 9725 section 4.2), or an answer to ours. Throws `SdpError` and nothing else. */
export function parseOffer(text: string): Offer {
  const lines = splitLines(text);
  // OBS and others may put text before the description.
  const start = lines.indexOf('v=0');
  if (start < 0) throw badOffer('this is not SDP: there is no v=0 line');
  const { session, media } = readSections(lines.slice(start));
  if (media.length === 0) throw badOffer('the SDP has no m-line');
  // Two lite agents would both wait to be checked (RFC 8445 section 6.1.1); RFC 9725 wants clients to be full ones.
  if (session.has('ice-lite')) throw unsupportedOffer('the client must not be ICE-lite, as this server is');
  const sections = media.map((section) => readSection(section, session));
  const bundle = readBundle(session, sections);
  checkMedia(sections.filter(isMedia), bundle);

  const described = sections
    .map((section, index) => ({ section, attributes: media[index]?.attributes ?? session }))
    .filter(({ section }) => isMedia(section) || (section.data && bundle.includes(section.mid)))
    .toSorted((a, b) => bundle.indexOf(a.section.mid) - bundle.indexOf(b.section.mid));
  return {
    peer: readPeer([...described.map(({ attributes }) => attributes), session]),
    sections,
    bundle,
    mayMixExtensions: session.has('extmap-allow-mixed'),
  };
}

export function isMedia(section: OfferedSection): section is MediaOffer {
  return section.kind !== undefined;
}

function checkMedia(sections: readonly MediaOffer[], bundle: readonly string[]): void {
  if (sections.length === 0) throw unsupportedOffer('there is neither audio nor video');
  for (const kind of ['audio', 'video']) {
    if (sections.filter((section) => section.kind === kind).length > 1) {
      throw unsupportedOffer(`there is more than one ${kind} section`);
    }
  }
  if (sections.length > 1 && !sections.every((section) => bundle.includes(section.mid))) {
    throw unsupportedOffer('audio and video must be bundled (a=group:BUNDLE)');
  }
  for (const section of sections) {
    if (!/^(UDP|TCP)\/TLS\/RTP\/SAVPF$/.test(section.protocol)) {
      throw unsupportedOffer('media must be offered as UDP/TLS/RTP/SAVPF');
    }
    if (!section.hasRtcpMux) throw unsupportedOffer('every media section must have a=rtcp-mux');
  }
}

function readBundle(session: Attributes, sections: readonly OfferedSection[]): readonly string[] {
  const mids = sections.map((section) => section.mid);
  if (sections.length > 1) {
    if (mids.includes('')) throw badOffer('an m-section has no a=mid');
    if (new Set(mids).size < mids.length) throw badOffer('two m-sections have the same a=mid');
  }
  const group =
    all(session, 'group')
      .map(words)
      .find(([semantics]) => semantics === 'BUNDLE') ?? [];
  // FFmpeg lists mids of sections it leaves out.
  return [...new Set(group.slice(1))].filter((mid) => mids.includes(mid));
}

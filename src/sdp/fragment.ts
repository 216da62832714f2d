import { candidateLines, ICE_LITE, type LocalSide, sdpText } from './answer.ts';
import { readIce } from './peer.ts';
import { badOffer } from './sdp-error.ts';
import { all, first, readSections, splitLines } from './sections.ts';

/** A trickle ICE fragment (RFC 8840). Credentials come as a pair or not at all. */
export interface Fragment {
  readonly ufrag?: string;
  readonly pwd?: string;
  /** What follows `a=candidate:`, not looked into: ICE-lite learns addresses from checks, and unknown kinds must do no harm. */
  readonly candidates: readonly string[];
  readonly isEndOfCandidates: boolean;
  /** Whether it has an m-line, as RFC 8840 has it. */
  readonly hasMedia: boolean;
}

/** Throws `SdpError('bad_offer')` and nothing else. */
export function parseFragment(text: string): Fragment {
  const { session, media } = readSections(splitLines(text));
  const levels = [session, ...media.map(({ attributes }) => attributes)];
  const candidates = levels.flatMap((level) => all(level, 'candidate'));
  const told = {
    candidates,
    isEndOfCandidates: levels.some((level) => level.has('end-of-candidates')),
    hasMedia: media.length > 0,
  };
  const named = levels.find((level) => level.has('ice-ufrag') || level.has('ice-pwd'));
  if (named === undefined) {
    if (candidates.length === 0 && !told.isEndOfCandidates) throw badOffer('this is not a trickle ICE fragment');
    return told;
  }
  return { ...readIce(first(named, 'ice-ufrag'), first(named, 'ice-pwd')), ...told };
}

interface RestartAnswer {
  /** That of the offer. */
  readonly mid: string;
  /** The best candidate alone, of all that we have. */
  readonly isShort: boolean;
}

/** Answers an ICE restart. The m-line is a placeholder, always this one (RFC 8840 section 9). */
export function answerFragment(local: Pick<LocalSide, 'ice' | 'candidates'>, { mid, isShort }: RestartAnswer): string {
  const candidates = candidateLines(local.candidates);
  return sdpText([
    ...ICE_LITE,
    'm=audio 9 RTP/AVP 0',
    ...(mid === '' ? [] : [`a=mid:${mid}`]),
    `a=ice-ufrag:${local.ice.ufrag}`,
    `a=ice-pwd:${local.ice.pwd}`,
    ...(isShort ? candidates.toSpliced(1, candidates.length - 2) : candidates),
  ]);
}

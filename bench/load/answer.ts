import type { Fingerprint, IceCredentials, MediaKind } from '../../src/media/plan.ts';
import { readPeer } from '../../src/sdp/peer.ts';
import { all, type MediaSection, readSections, splitLines, words } from '../../src/sdp/sections.ts';

/** What a client needs of a WHIP or WHEP answer. */
export interface Answer {
  readonly ice: IceCredentials;
  readonly fingerprints: readonly Fingerprint[];
  /** Ours, which follows from theirs. */
  readonly dtlsRole: 'server' | 'client';
  /** The first over UDP and IPv4. */
  readonly candidate: { readonly address: string; readonly port: number };
  readonly ssrcs: ReadonlyMap<number, MediaKind>;
}

export function readAnswer(sdp: string): Answer {
  const { session, media } = readSections(splitLines(sdp));
  const levels = [...media.map(({ attributes }) => attributes), session];
  const peer = readPeer(levels);
  const candidates = levels.flatMap((level) => all(level, 'candidate').map(words));
  const [, , , , address, port] =
    candidates.find(([, component, protocol, , ip]) => {
      return component === '1' && protocol?.toLowerCase() === 'udp' && /^\d+\.\d+\.\d+\.\d+$/.test(ip ?? '');
    }) ?? [];
  if (address === undefined) throw new Error('the answer has no IPv4 candidate over UDP');
  return {
    ice: peer.ice,
    fingerprints: peer.fingerprints,
    dtlsRole: peer.setup === 'active' ? 'server' : 'client',
    candidate: { address, port: Number(port) },
    ssrcs: new Map(media.flatMap(ssrcsOf)),
  };
}

// Without the SSRCs of retransmissions, which come second in their group.
function ssrcsOf({ media, attributes }: MediaSection): [number, MediaKind][] {
  const kind = words(media)[0] === 'audio' ? 'audio' : 'video';
  const repairs = all(attributes, 'ssrc-group').flatMap((group) => words(group).slice(2));
  const ssrcs = all(attributes, 'ssrc').flatMap((value) => words(value)[0] ?? []);
  return [...new Set(ssrcs)].filter((ssrc) => !repairs.includes(ssrc)).map((ssrc) => [Number(ssrc), kind]);
}

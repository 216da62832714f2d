import { links } from './links.ts';

/** The text side of trickle ICE over HTTP (RFC 9725 section 4.3, RFC 8840) and of ICE servers in Link headers (section 4.6). */

export interface IceServer {
  urls: string;
  username?: string;
  credential?: string;
}

/** One gathered candidate, as `RTCIceCandidate` has it. */
export interface TrickledCandidate {
  readonly candidate: string;
  readonly sdpMid: string | null;
}

/**
 * The fragment for a PATCH: credentials and candidates of the bundle's first m-line, which carries all the others.
 * `localSdp` is the description the candidates belong to.
 */
export function iceFragment(localSdp: string, candidates: readonly TrickledCandidate[], isComplete: boolean): string {
  const lines = linesOf(localSdp);
  const mediaAt = lines.findIndex((line) => line.startsWith('m='));
  const media = lines.slice(mediaAt);
  const mid = valueAfter(media, 'a=mid:') ?? '0';
  const group = lines.find((line) => line.startsWith('a=group:BUNDLE'));
  const options = valueAfter(lines, 'a=ice-options:');

  return asSdp([
    ...(group ? [group] : []),
    media[0] ?? 'm=audio 9 UDP/TLS/RTP/SAVPF 0',
    `a=mid:${mid}`,
    `a=ice-ufrag:${valueAfter(lines, 'a=ice-ufrag:') ?? ''}`,
    `a=ice-pwd:${valueAfter(lines, 'a=ice-pwd:') ?? ''}`,
    ...(options ? [`a=ice-options:${options}`] : []),
    ...candidates.filter(({ sdpMid }) => sdpMid === null || sdpMid === mid).map(({ candidate }) => `a=${candidate}`),
    ...(isComplete ? ['a=end-of-candidates'] : []),
  ]);
}

/** The remote answer after an ICE restart: as before, but with the credentials and candidates the server sent. */
export function restartedAnswer(answer: string, fragment: string): string {
  const fresh = linesOf(fragment);
  const ufrag = valueAfter(fresh, 'a=ice-ufrag:');
  const pwd = valueAfter(fresh, 'a=ice-pwd:');
  if (!ufrag || !pwd) throw new Error('the server restarted ICE without saying its credentials');

  const candidates = fresh.filter(isCandidateLine);
  const kept = linesOf(answer)
    .filter((line) => candidates.length === 0 || !isCandidateLine(line))
    .map((line) => {
      if (line.startsWith('a=ice-ufrag:')) return `a=ice-ufrag:${ufrag}`;
      if (line.startsWith('a=ice-pwd:')) return `a=ice-pwd:${pwd}`;
      return line;
    });
  const secondMedia = kept.findIndex((line, at) => line.startsWith('m=') && at > kept.findIndex(isMediaLine));
  kept.splice(secondMedia === -1 ? kept.length : secondMedia, 0, ...candidates);
  return asSdp(kept);
}

/** The `rel="ice-server"` entries of a Link header; others are skipped. */
export function iceServers(header: string | null): IceServer[] {
  return links(header).flatMap(({ target, parameters }) => {
    if (parameters.get('rel') !== 'ice-server' || !/^(stun|turn)s?:/.test(target)) return [];
    const username = parameters.get('username');
    const credential = parameters.get('credential');
    const server = {
      urls: target,
      ...(username !== undefined && { username }),
      ...(credential !== undefined && { credential }),
    };
    return [server];
  });
}

const linesOf = (sdp: string) => sdp.split(/\r?\n/).filter((line) => line !== '');
const asSdp = (lines: readonly string[]) => `${lines.join('\r\n')}\r\n`;
const isMediaLine = (line: string) => line.startsWith('m=');
const isCandidateLine = (line: string) => line.startsWith('a=candidate:') || line === 'a=end-of-candidates';
const valueAfter = (lines: readonly string[], prefix: string) =>
  lines.find((line) => line.startsWith(prefix))?.slice(prefix.length);

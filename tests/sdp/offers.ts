import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { IngestPlan } from '../../src/media/plan.ts';
import type { LocalSide } from '../../src/sdp/answer.ts';
import { parseOffer } from '../../src/sdp/offer.ts';
import { answerPublish } from '../../src/sdp/publish-answer.ts';

const FOLDER = join(import.meta.dirname, '../interop/offers');

/** Names of the offers that real clients sent, without `.sdp`. */
export const clients = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.sdp'))
  .map((name) => name.slice(0, -'.sdp'.length));

export function offerOf(client: string): string {
  return readFileSync(join(FOLDER, `${client}.sdp`), 'utf8');
}

export const fingerprint = `sha-256 ${Array(32).fill('AB').join(':')}`;

export const local: LocalSide = {
  ice: { ufrag: 'Ours', pwd: 'ourOwnPasswordOf24Chars+' },
  fingerprint,
  candidates: [
    { address: '192.0.2.10', port: 8189 },
    { address: '2001:db8::10', port: 8190 },
  ],
  sessionId: '4242',
};

/** An offer to publish that has nothing but what it needs; tests bend it line by line. */
export const plain = [
  'v=0',
  'o=- 1 1 IN IP4 127.0.0.1',
  's=-',
  't=0 0',
  'a=group:BUNDLE a v',
  'a=ice-ufrag:theirs',
  'a=ice-pwd:theirPasswordOf22Chars',
  `a=fingerprint:${fingerprint}`,
  'a=setup:actpass',
  'm=audio 9 UDP/TLS/RTP/SAVPF 111',
  'c=IN IP4 0.0.0.0',
  'a=mid:a',
  'a=sendonly',
  'a=rtcp-mux',
  'a=rtpmap:111 opus/48000/2',
  'm=video 9 UDP/TLS/RTP/SAVPF 96',
  'c=IN IP4 0.0.0.0',
  'a=mid:v',
  'a=sendonly',
  'a=rtcp-mux',
  'a=rtpmap:96 VP8/90000',
] as const;

/** `plain` with each line that starts as a key does replaced; a value may be several lines, or none when empty. */
export function bent(changes: Readonly<Record<string, string>> = {}, lines: readonly string[] = plain): string {
  const unused = new Set(Object.keys(changes));
  const text = lines.flatMap((line) => {
    const key = Object.keys(changes).find((start) => line.startsWith(start));
    if (key === undefined) return [line];
    unused.delete(key);
    return changes[key] === '' ? [] : [changes[key]];
  });
  if (unused.size > 0) throw new Error(`no line starts with ${[...unused].join(', ')}`);
  return `${text.join('\r\n')}\r\n`;
}

type VideoCodec = readonly [pt: number, rtpmap: string, fmtp?: string];

/** An offer to publish or to play with these video codecs, in this order. */
export function withVideo(direction: 'sendonly' | 'recvonly', ...codecs: readonly VideoCodec[]): string {
  const lines = codecs.flatMap(([pt, rtpmap, fmtp]) => [
    `a=rtpmap:${pt} ${rtpmap}`,
    ...(fmtp === undefined ? [] : [`a=fmtp:${pt} ${fmtp}`]),
  ]);
  return bent({
    'a=sendonly': `a=${direction}`,
    'm=video': `m=video 9 UDP/TLS/RTP/SAVPF ${codecs.map(([pt]) => pt).join(' ')}`,
    'a=rtpmap:96': lines.join('\r\n'),
  });
}

/** The lines of one m-section, found by its mid. */
export function sectionOf(sdp: string, mid: string): readonly string[] {
  const section = sdp.split('\r\nm=').find((part) => part.split('\r\n').includes(`a=mid:${mid}`));
  if (section === undefined) throw new Error(`no section with mid ${mid}`);
  return `m=${section}`.split('\r\n').filter((line) => line !== '');
}

export function sessionOf(sdp: string): readonly string[] {
  return (sdp.split('\r\nm=')[0] ?? '').split('\r\n');
}

export function answerTo(text: string): { plan: IngestPlan; answer: string } {
  return answerPublish(parseOffer(text), local);
}

/** What matters of a plan, in one line a track: kind mid codec/pt/rtx feedback extensions ssrcs rids. */
export function summary({ tracks }: IngestPlan): readonly string[] {
  return tracks.map(({ kind, mid, payloads, extensions, ssrcs, rids }) =>
    [
      kind,
      mid,
      ...payloads.map(({ codec, pt, rtxPt }) => `${codec.name}/${pt}/${rtxPt ?? '-'}`),
      ...payloads.map(({ hasNack, hasPli, hasTransportCc, hasRemb }) =>
        [hasNack && 'nack', hasPli && 'pli', hasTransportCc && 'tcc', hasRemb && 'remb'].filter(Boolean).join('+'),
      ),
      Object.entries(extensions)
        .map(([name, id]) => `${name}=${id}`)
        .join(','),
      ssrcs.map(({ ssrc, rtxSsrc }) => `${ssrc}/${rtxSsrc ?? '-'}`).join(','),
      rids.join(','),
    ].join(' | '),
  );
}

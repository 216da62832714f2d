import type { IceCredentials } from '../../src/media/plan.ts';

export interface OfferOptions {
  readonly ice: IceCredentials;
  /** `sha-256 AA:BB:…` */
  readonly fingerprint: string;
  readonly candidate: { readonly address: string; readonly port: number };
}

export interface SentSsrcs {
  readonly audio: number;
  readonly video: number;
}

export const PUBLISHED = { opus: 111, h264: 96 } as const;
export const VIDEO_MID = '1';
export const EXTENSION_IDS = { mid: 1, rid: 2, transportCc: 3 } as const;

const VIDEO_FORMATS = [102, 103, 104, 105, 106, 107];

/** What a browser would take, cut down to what the bench's publisher sends; `hasFeedback`: with word of when each packet came. */
export function playOffer(options: OfferOptions, { hasFeedback = false } = {}): string {
  const h264 = [
    ...h264Lines(102, '42e01f'),
    ...retransmission(103, 102),
    ...h264Lines(104, '4d001f'),
    ...retransmission(105, 104),
  ];
  const vp8 = ['a=rtpmap:106 VP8/90000', 'a=rtcp-fb:106 nack', 'a=rtcp-fb:106 nack pli', ...retransmission(107, 106)];
  return description([
    section('audio', [111], '0', 'recvonly', opusLines(111), options),
    section(
      'video',
      VIDEO_FORMATS,
      '1',
      'recvonly',
      [...h264, ...vp8, ...(hasFeedback ? feedbackLines() : [])],
      options,
    ),
  ]);
}

function feedbackLines(): readonly string[] {
  return [
    `a=extmap:${EXTENSION_IDS.transportCc} http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01`,
    ...VIDEO_FORMATS.map((pt) => `a=rtcp-fb:${pt} transport-cc`),
  ];
}

/** As OBS offers: one codec a section, the SSRCs told; several layers as browsers do, by the rids 0, 1, ... alone. */
export function publishOffer(
  options: OfferOptions,
  ssrcs: SentSsrcs,
  { hasAudio = true, hasVideo = true, layers = 1 } = {},
): string {
  const { opus, h264 } = PUBLISHED;
  const audio = [...opusLines(opus), `a=ssrc:${ssrcs.audio} cname:bench`];
  const source = layers > 1 ? simulcastLines(layers) : [`a=ssrc:${ssrcs.video} cname:bench`];
  const video = [...h264Lines(h264, '4d401f'), ...source];
  return description([
    ...(hasAudio ? [section('audio', [opus], '0', 'sendonly', audio, options)] : []),
    ...(hasVideo ? [section('video', [h264], VIDEO_MID, 'sendonly', video, options)] : []),
  ]);
}

// RFC 8853, RFC 8851.
function simulcastLines(count: number): readonly string[] {
  const rids = Array.from({ length: count }, (_, index) => String(index));
  return [
    `a=extmap:${EXTENSION_IDS.mid} urn:ietf:params:rtp-hdrext:sdes:mid`,
    `a=extmap:${EXTENSION_IDS.rid} urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id`,
    ...rids.map((rid) => `a=rid:${rid} send`),
    `a=simulcast:send ${rids.join(';')}`,
  ];
}

function description(sections: readonly (readonly string[])[]): string {
  const mids = sections.flat().flatMap((line) => /^a=mid:(.+)/.exec(line)?.[1] ?? []);
  const head = [
    'v=0',
    'o=- 1 1 IN IP4 0.0.0.0',
    's=-',
    't=0 0',
    `a=group:BUNDLE ${mids.join(' ')}`,
    'a=msid-semantic: WMS *',
  ];
  return `${[...head, ...sections.flat()].join('\r\n')}\r\n`;
}

function section(
  kind: 'audio' | 'video',
  formats: readonly number[],
  mid: string,
  direction: string,
  codecs: readonly string[],
  { ice, fingerprint, candidate }: OfferOptions,
): readonly string[] {
  return [
    `m=${kind} 9 UDP/TLS/RTP/SAVPF ${formats.join(' ')}`,
    'c=IN IP4 0.0.0.0',
    `a=mid:${mid}`,
    `a=${direction}`,
    'a=rtcp-mux',
    'a=rtcp-rsize',
    `a=ice-ufrag:${ice.ufrag}`,
    `a=ice-pwd:${ice.pwd}`,
    `a=fingerprint:${fingerprint}`,
    'a=setup:actpass',
    ...codecs,
    `a=candidate:1 1 udp 2130706431 ${candidate.address} ${candidate.port} typ host`,
    'a=end-of-candidates',
  ];
}

function opusLines(pt: number): readonly string[] {
  return [`a=rtpmap:${pt} opus/48000/2`, `a=fmtp:${pt} minptime=10;useinbandfec=1;stereo=1;sprop-stereo=1`];
}

function h264Lines(pt: number, profile: string): readonly string[] {
  return [
    `a=rtpmap:${pt} H264/90000`,
    `a=fmtp:${pt} level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=${profile}`,
    `a=rtcp-fb:${pt} nack`,
    `a=rtcp-fb:${pt} nack pli`,
  ];
}

function retransmission(pt: number, of: number): readonly string[] {
  return [`a=rtpmap:${pt} rtx/90000`, `a=fmtp:${pt} apt=${of}`];
}

import { describe, expect, it } from 'vitest';
import { SessionDescription } from 'werift';
import type { CodecName, EgressPlan } from '../../src/media/plan.ts';
import { parseOffer } from '../../src/sdp/offer.ts';
import { answerPlay, type SourceTrack } from '../../src/sdp/play-answer.ts';
import { bent, clients, local, offerOf, sectionOf, sessionOf, withVideo } from './offers.ts';

const opus = source('audio', 'opus');
const vp8 = source('video', 'vp8');

function source(kind: SourceTrack['kind'], name: CodecName, fmtp = ''): SourceTrack {
  return { kind, codec: { name, clockRate: kind === 'audio' ? 48_000 : 90_000, fmtp } };
}

function play(text: string, sources: readonly SourceTrack[], random = countingFrom(100)) {
  return answerPlay(parseOffer(text), local, sources, random);
}

function countingFrom(start: number): () => number {
  let next = start;
  return () => next++;
}

function codecsOf(plan: EgressPlan, kind: SourceTrack['kind']): string {
  const track = plan.tracks.find((one) => one.kind === kind);
  return (track?.payloads ?? []).map(({ codec, pt, rtxPt }) => `${codec.name}/${pt}/${rtxPt ?? '-'}`).join(' ');
}

const baseline = 'packetization-mode=1;profile-level-id=42001f';
const constrained = 'packetization-mode=1;profile-level-id=42e01f';
const main = 'packetization-mode=1;profile-level-id=4d001f';
const high = 'packetization-mode=1;profile-level-id=640c1f';

describe('the answer to a real player', () => {
  const players = clients.filter((client) => client.endsWith('play'));
  const chromium = {
    vp8: 'vp8/96/97 vp9/98/99 h264/102/103 h264/108/109 h264/116/117 h264/41/42 av1/45/46',
    av1: 'av1/45/46 vp8/96/97 vp9/98/99 h264/102/103 h264/108/109 h264/116/117 h264/41/42',
  };
  const expected: Readonly<Record<string, { audio: string; vp8: string; av1: string }>> = {
    'chromium-156-play': { audio: 'opus/111/-', ...chromium },
    'chromium-156-eyevinn-play': { audio: 'opus/111/-', ...chromium },
    'firefox-153-play': {
      audio: 'opus/109/-',
      vp8: 'vp8/120/124 vp9/121/125 av1/99/100',
      av1: 'av1/99/100 vp8/120/124 vp9/121/125',
    },
  };

  it('is checked for every offer that was kept', () => {
    expect(Object.keys(expected).sort()).toEqual([...players].sort());
  });

  it.each(players)('%s: may be sent every codec it offered, the published one first', (client) => {
    const { plan } = play(offerOf(client), [opus, vp8]);
    expect(codecsOf(plan, 'audio')).toBe(expected[client]?.audio);
    expect(codecsOf(plan, 'video')).toBe(expected[client]?.vp8);
    expect(codecsOf(play(offerOf(client), [source('video', 'av1')]).plan, 'video')).toBe(expected[client]?.av1);
    expect(plan.peer).toMatchObject({ dtlsRole: 'server', localIce: local.ice });
  });

  it.each(players)('%s: gets one stream of two tracks, each with one SSRC and its retransmissions', (client) => {
    const { plan, answer } = play(offerOf(client), [opus, vp8]);
    expect(sessionOf(answer)).toContain('a=msid-semantic: WMS freshet');
    const numbers = plan.tracks.flatMap(({ ssrc, rtxSsrc }) => [ssrc, rtxSsrc]);
    expect(new Set(numbers).size).toBe(4);
    expect(new Set(plan.tracks.map(({ cname }) => cname)).size).toBe(1);
    for (const { mid, kind, ssrc, rtxSsrc, cname } of plan.tracks) {
      const section = sectionOf(answer, mid);
      expect(section).toContain('a=sendonly');
      expect(section.filter((line) => /^a=(msid|ssrc)/.test(line))).toEqual(
        kind === 'audio'
          ? ['a=msid:freshet audio', `a=ssrc:${ssrc} cname:${cname}`]
          : [
              'a=msid:freshet video',
              `a=ssrc-group:FID ${ssrc} ${rtxSsrc}`,
              `a=ssrc:${ssrc} cname:${cname}`,
              `a=ssrc:${rtxSsrc} cname:${cname}`,
            ],
      );
    }
  });

  it.each(players)('%s: is asked for NACK and PLI but no estimate of its own', (client) => {
    const { plan, answer } = play(offerOf(client), [opus, vp8]);
    expect(answer).not.toContain('goog-remb');
    const video = plan.tracks.find(({ kind }) => kind === 'video');
    for (const payload of video?.payloads ?? []) {
      expect(payload).toMatchObject({ hasNack: true, hasPli: true, hasRemb: false });
    }
  });

  it.each(players)('%s: is sent what its link carries where the stream has layers', (client) => {
    for (const hasLayers of [true, false]) {
      const { plan } = play(offerOf(client), [opus, { ...vp8, hasLayers }]);
      for (const { kind, isSentWhatFits } of plan.tracks) expect(isSentWhatFits).toBe(kind === 'video' && hasLayers);
    }
  });

  it.each(players)('%s: may tell what comes of its video, layers or not, and of that alone', (client) => {
    const { plan, answer } = play(offerOf(client), [opus, vp8]);
    const uri = 'http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01';
    for (const { mid, kind, transportCcId, payloads } of plan.tracks) {
      const section = sectionOf(answer, mid);
      const extensions = section.filter((line) => line.startsWith('a=extmap'));
      const feedback = section.filter((line) => line.endsWith(' transport-cc'));
      expect(extensions).toEqual(kind === 'video' ? [`a=extmap:${transportCcId} ${uri}`] : []);
      expect(offerOf(client)).toContain(`a=extmap:${plan.tracks.find((one) => one.kind === 'video')?.transportCcId} `);
      expect(feedback).toHaveLength(kind === 'video' ? payloads.length : 0);
    }
  });

  it('asks for no word on the link where a codec has no retransmissions of its own', () => {
    const offer = offerOf('chromium-156-play').replaceAll(/^a=(rtpmap:97 rtx|fmtp:97 apt).*\r?\n/gm, '');
    const { plan, answer } = play(offer, [opus, { ...vp8, hasLayers: true }]);
    expect(codecsOf(plan, 'video')).toContain('vp8/96/-');
    expect(plan.tracks.some(({ isSentWhatFits }) => isSentWhatFits)).toBe(false);
    expect(answer).not.toMatch(/extmap|transport-cc/);
  });

  it.each(players)('%s: hears its round trip where it asks for it', (client) => {
    const offer = offerOf(client);
    expect(play(offer, [opus, vp8]).answer).not.toContain('rrtr');
    const { answer, plan } = play(offer.replaceAll(/^a=rtcp-fb:(\d+) nack\r\n/gm, '$&a=rtcp-fb:$1 rrtr\r\n'), [
      opus,
      vp8,
    ]);
    const video = plan.tracks.find(({ kind }) => kind === 'video');
    for (const { pt } of video?.payloads ?? []) expect(answer).toContain(`a=rtcp-fb:${pt} rrtr`);
  });

  it.each(players)('%s: reads the same to another implementation', (client) => {
    const { plan, answer } = play(offerOf(client), [opus, vp8]);
    const read = SessionDescription.parse(answer);
    for (const track of plan.tracks) {
      const media = read.media.find(({ rtp }) => rtp.muxId === track.mid);
      expect(media?.direction).toBe('sendonly');
      expect(media?.fmt).toEqual(track.payloads.flatMap(({ pt, rtxPt }) => (rtxPt === undefined ? [pt] : [pt, rtxPt])));
      expect(media?.ssrc[0]?.ssrc).toBe(track.ssrc);
      expect(media?.rtp.codecs.map(({ payloadType }) => payloadType)).toEqual(media?.fmt);
    }
  });

  it('keeps Opus stereo', () => {
    const section = sectionOf(play(offerOf('firefox-153-play'), [opus]).answer, '0');
    expect(section).toContain('a=fmtp:109 minptime=10;useinbandfec=1;stereo=1;sprop-stereo=1');
  });
});

describe('H264 profiles towards a player', () => {
  const all = withVideo(
    'recvonly',
    [1, 'H264/90000', main],
    [2, 'H264/90000', constrained],
    [3, 'VP8/90000'],
    [4, 'H264/90000', high],
    [5, 'H264/90000', baseline],
  );

  it.each([
    ['the same profile', constrained, 'h264/2/- h264/5/- h264/1/- h264/4/- vp8/3/-'],
    ['the same profile, main', main, 'h264/1/- h264/4/- h264/5/- h264/2/- vp8/3/-'],
    ['the same profile, high', high, 'h264/4/- h264/1/- h264/5/- h264/2/- vp8/3/-'],
    ['baseline where none is told', '', 'h264/5/- h264/1/- h264/4/- h264/2/- vp8/3/-'],
  ])('%s comes first, then those able to decode it', (_, fmtp, order) => {
    expect(codecsOf(play(all, [source('video', 'h264', fmtp)]).plan, 'video')).toBe(order);
  });

  it('goes with a lower profile where the player has no other: decoders do more than they say', () => {
    const offer = withVideo('recvonly', [1, 'H264/90000', constrained]);
    expect(codecsOf(play(offer, [source('video', 'h264', high)]).plan, 'video')).toBe('h264/1/-');
  });

  it('passes over packetization mode 0 and a second payload type of the same profile', () => {
    const offer = withVideo(
      'recvonly',
      [1, 'H264/90000', 'profile-level-id=42e01f'],
      [2, 'H264/90000', constrained],
      [3, 'H264/90000', 'packetization-mode=1;profile-level-id=42e034'],
    );
    expect(codecsOf(play(offer, [source('video', 'h264', constrained)]).plan, 'video')).toBe('h264/2/-');
  });
});

describe('what is not published', () => {
  it('is accepted all the same, as the publisher may come back with it', () => {
    const { plan } = play(offerOf('firefox-153-play'), []);
    expect(codecsOf(plan, 'audio')).toBe('opus/109/-');
    expect(codecsOf(plan, 'video')).toBe('vp8/120/124 vp9/121/125 av1/99/100');
  });

  it('is refused by port 0 where the player has no codec for it', () => {
    const { plan, answer } = play(withVideo('recvonly', [3, 'H263/90000']), [opus]);
    expect(plan.tracks.map(({ kind }) => kind)).toEqual(['audio']);
    expect(sectionOf(answer, 'v')[0]).toBe('m=video 0 UDP/TLS/RTP/SAVPF 3');
    expect(sessionOf(answer)).toContain('a=group:BUNDLE a');
  });
});

describe('a player that cannot play', () => {
  it.each<[string, string, readonly SourceTrack[], string, RegExp]>([
    [
      'the published video',
      offerOf('firefox-153-play'),
      [opus, source('video', 'h264')],
      'codec_not_offered',
      /video of this stream is H264/,
    ],
    [
      'the published audio',
      withVideo('recvonly', [96, 'VP8/90000']).replace('opus/48000/2', 'PCMU/8000'),
      [opus, vp8],
      'codec_not_offered',
      /audio of this stream is OPUS/,
    ],
    [
      'anything',
      withVideo('recvonly', [3, 'H263/90000']).replace('opus/48000/2', 'PCMU/8000'),
      [],
      'unsupported_offer',
      /no codec of this offer is supported/,
    ],
    ['because it sends', bent(), [opus, vp8], 'unsupported_offer', /does not receive audio/],
  ])('%s is told so', (_, text, sources, code, message) => {
    expect(() => play(text, sources)).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) }),
    );
  });
});

describe('numbers of a session', () => {
  it('are neither zero nor equal even when chance says so', () => {
    const { plan } = play(offerOf('chromium-156-play'), [opus, vp8], () => 0);
    const numbers = plan.tracks.flatMap(({ ssrc, rtxSsrc }) => [ssrc, rtxSsrc]);
    expect(new Set([0, ...numbers]).size).toBe(5);
  });

  it('are unsigned', () => {
    const { plan } = play(offerOf('chromium-156-play'), [opus], () => -1);
    expect(plan.tracks.every(({ ssrc }) => ssrc > 0 && ssrc <= 0xffff_ffff)).toBe(true);
  });
});

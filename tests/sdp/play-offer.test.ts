import { describe, expect, it } from 'vitest';
import { SessionDescription } from 'werift';
import type { CodecName } from '../../src/media/plan.ts';
import type { SourceTrack } from '../../src/sdp/play-answer.ts';
import { acceptAnswer, offerPlay, type PlayOffer } from '../../src/sdp/play-offer.ts';
import { answerTo } from '../interop/conformance/sdp.ts';
import { local, sectionOf, sessionOf } from './offers.ts';

const opus = source('audio', 'opus');
const vp8 = source('video', 'vp8');
const main = 'packetization-mode=1;profile-level-id=4d001f';

function source(kind: SourceTrack['kind'], name: CodecName, fmtp = ''): SourceTrack {
  return { kind, codec: { name, clockRate: kind === 'audio' ? 48_000 : 90_000, fmtp } };
}

function offer(sources: readonly SourceTrack[] = [opus, vp8]): PlayOffer {
  let next = 100;
  return offerPlay(local, sources, () => next++);
}

function accept(answer: string, offered = offer(), sources: readonly SourceTrack[] = [opus, vp8]) {
  return acceptAnswer(answer, offered, local.ice, sources);
}

const codecsOf = ({ tracks }: Pick<PlayOffer, 'tracks'>, kind: SourceTrack['kind']) =>
  tracks.find((one) => one.kind === kind)?.payloads.map(({ codec, pt, rtxPt }) => `${codec.name}/${pt}/${rtxPt}`);

describe('our offer to a viewer', () => {
  it('sends one stream in one bundle, from an ICE-lite server that leaves the DTLS role to him', () => {
    const { text, tracks } = offer();
    expect(sessionOf(text)).toEqual(
      expect.arrayContaining(['a=group:BUNDLE 0 1', 'a=ice-lite', 'a=msid-semantic: WMS freshet']),
    );
    for (const { mid, kind, ssrc } of tracks) {
      const section = sectionOf(text, mid);
      expect(section).toEqual(
        expect.arrayContaining([
          ...['a=sendonly', 'a=rtcp-mux', 'a=rtcp-mux-only', 'a=setup:actpass', `a=msid:freshet ${kind}`],
          `a=ice-ufrag:${local.ice.ufrag}`,
          `a=fingerprint:${local.fingerprint}`,
        ]),
      );
      expect(section.some((line) => line.startsWith(`a=ssrc:${ssrc} `))).toBe(true);
    }
    expect(sectionOf(text, '0').filter((line) => line.startsWith('a=candidate'))).toHaveLength(4);
  });

  it('has every codec that may come, the published one first', () => {
    const h264 = ['h264/102/103', 'h264/104/105', 'h264/106/107'];
    expect(codecsOf(offer(), 'audio')).toEqual(['opus/111/undefined']);
    expect(codecsOf(offer(), 'video')).toEqual(['vp8/96/97', 'vp9/98/99', 'av1/100/101', ...h264]);
    expect(codecsOf(offer([opus, source('video', 'av1')]), 'video')?.[0]).toBe('av1/100/101');
    expect(codecsOf(offer([source('video', 'h264', main)]), 'video')?.[0]).toBe('h264/104/105');
  });

  it('asks for word of what comes, and sends what fits where the stream has layers', () => {
    for (const hasLayers of [true, false]) {
      const { text, tracks } = offer([opus, { ...vp8, hasLayers }]);
      expect(sectionOf(text, '1').filter((line) => line.endsWith(' transport-cc'))).toHaveLength(6);
      expect(tracks.map(({ transportCcId }) => transportCcId)).toEqual([undefined, 3]);
      expect(tracks.map(({ isSentWhatFits }) => isSentWhatFits)).toEqual([false, hasLayers]);
    }
  });

  it('reads the same to another implementation', () => {
    const { text, tracks } = offer();
    const read = SessionDescription.parse(text);
    expect(read.media.map(({ rtp, direction }) => [rtp.muxId, direction])).toEqual([
      ['0', 'sendonly'],
      ['1', 'sendonly'],
    ]);
    expect(read.media.map(({ ssrc }) => ssrc[0]?.ssrc)).toEqual(tracks.map(({ ssrc }) => ssrc));
  });
});

describe('the answer of a viewer', () => {
  it('makes a plan of what he took, with the numbers of the offer', () => {
    const offered = offer();
    const { plan } = accept(answerTo(offered.text), offered);
    expect(plan.tracks).toEqual(offered.tracks);
    expect(plan.peer).toMatchObject({ localIce: local.ice, remoteIce: { ufrag: 'answ' }, dtlsRole: 'server' });
  });

  it.each([
    ['active', 'server'],
    ['passive', 'client'],
  ])('with setup:%s makes us the DTLS %s', (setup, role) => {
    expect(accept(answerTo(offer().text, { setup })).plan.peer.dtlsRole).toBe(role);
  });

  it('may take some codecs, under numbers of his own', () => {
    const few = answerTo(offer().text)
      .replace(/^m=video .*/m, 'm=video 9 UDP/TLS/RTP/SAVPF 120 121 100')
      .replaceAll(/^(a=(?:rtpmap|rtcp-fb|fmtp):)96\b/gm, '$1120')
      .replaceAll(/^(a=(?:rtpmap|rtcp-fb|fmtp):)97\b/gm, '$1121')
      .replaceAll('apt=96', 'apt=120');
    expect(codecsOf(accept(few).plan, 'video')).toEqual(['vp8/120/121', 'av1/100/undefined']);
  });

  it('may refuse the sound', () => {
    const silent = answerTo(offer().text).replace('m=audio 9 ', 'm=audio 0 ');
    expect(accept(silent).plan.tracks.map(({ kind }) => kind)).toEqual(['video']);
  });

  it('hears nothing of the link that he did not agree to tell', () => {
    const layered = [opus, { ...vp8, hasLayers: true }];
    const offered = offer(layered);
    const { plan } = accept(answerTo(offered.text, { drop: 'a=extmap' }), offered, layered);
    expect(plan.tracks.map(({ transportCcId }) => transportCcId)).toEqual([undefined, undefined]);
  });

  it.each<[string, (answer: string) => string, string]>([
    ['is no SDP', () => 'hello', 'bad_answer'],
    ['has no fingerprint', (answer) => answer.replaceAll(/^a=fingerprint.*\r\n/gm, ''), 'bad_answer'],
    ['leaves the DTLS role open', (answer) => answer.replaceAll('setup:active', 'setup:actpass'), 'bad_answer'],
    ['has another mid', (answer) => answer.replace('a=mid:1', 'a=mid:2'), 'bad_answer'],
    ['leaves an m-line out', (answer) => answer.slice(0, answer.indexOf('m=video')), 'bad_answer'],
    ['sends', (answer) => answer.replaceAll('a=recvonly', 'a=sendonly'), 'bad_answer'],
    ['refuses everything', (answer) => answer.replaceAll(/^(m=\w+) 9 /gm, '$1 0 '), 'bad_answer'],
    ['does without the published codec', (answer) => answer.replace('VP8/90000', 'H263/90000'), 'codec_not_offered'],
  ])('that %s is refused', (_, bend, code) => {
    expect(() => accept(bend(answerTo(offer().text)))).toThrow(expect.objectContaining({ code }));
  });
});

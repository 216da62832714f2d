import { describe, expect, it } from 'vitest';
import { ownerOf } from '../../src/sdp/answer.ts';
import { parseOffer } from '../../src/sdp/offer.ts';
import { answerPublish } from '../../src/sdp/publish-answer.ts';
import { answerTo, bent, local, plain, sectionOf, sessionOf, summary, withVideo } from './offers.ts';

describe('offers bent in one place', () => {
  const rtp = 'a=rtpmap:96 VP8/90000';

  it('feedback for every payload type (*) counts for each', () => {
    const { plan } = answerTo(bent({ [rtp]: `${rtp}\r\na=rtcp-fb:* nack pli` }));
    expect(plan.tracks[1]?.payloads[0]).toMatchObject({ hasPli: true, hasNack: false });
  });

  it('transport-cc needs its header extension too', () => {
    const feedback = `${rtp}\r\na=rtcp-fb:96 transport-cc`;
    const extension = 'http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01';
    const without = answerTo(bent({ [rtp]: feedback }));
    expect(without.plan.tracks[1]?.payloads[0]?.hasTransportCc).toBe(false);
    expect(without.answer).not.toContain('transport-cc');
    const alone = answerTo(bent({ [rtp]: `${rtp}\r\na=extmap:5 ${extension}` }));
    expect(alone.plan.tracks[1]?.extensions).toEqual({});
    const both = answerTo(bent({ [rtp]: `${feedback}\r\na=extmap:5/sendonly ${extension}` }));
    expect(both.plan.tracks[1]).toMatchObject({ extensions: { transportCc: 5 }, payloads: [{ hasTransportCc: true }] });
  });

  it('an extension has one id, and an id one extension; those of the session hold for every section', () => {
    const mid = 'urn:ietf:params:rtp-hdrext:sdes:mid';
    const rid = 'urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id';
    const twice = answerTo(bent({ [rtp]: `${rtp}\r\na=extmap:3 ${mid}\r\na=extmap:4 ${mid}\r\na=extmap:3 ${rid}` }));
    expect(twice.plan.tracks[1]?.extensions).toEqual({ mid: 3 });
    const session = answerTo(bent({ 'a=setup': `a=setup:active\r\na=extmap:7 ${mid}` }));
    expect(session.plan.tracks.map(({ extensions }) => extensions)).toEqual([{ mid: 7 }, { mid: 7 }]);
  });

  it.each([
    ['a=ssrc:5 cname:x\r\na=ssrc:6 cname:x\r\na=ssrc-group:FID 5 6', '5/6'],
    ['a=ssrc-group:FID 5 6', '5/6'],
    ['a=ssrc:5 cname:x\r\na=ssrc:6 cname:x\r\na=ssrc-group:SIM 5 6', '5/-,6/-'],
    ['a=ssrc:5 cname:x\r\na=ssrc-group:FID 5 5', '5/-'],
    ['a=ssrc:0 cname:x\r\na=ssrc:4294967296 cname:x\r\na=ssrc:-5 cname:x\r\na=ssrc:4294967295 cname:x', '4294967295/-'],
    [
      Array.from({ length: 30 }, (_, index) => `a=ssrc:${index + 1} cname:x`).join('\r\n'),
      '1/-,2/-,3/-,4/-,5/-,6/-,7/-,8/-',
    ],
  ])('SSRCs: %s', (lines, ssrcs) => {
    expect(summary(answerTo(bent({ [rtp]: `${rtp}\r\n${lines}` })).plan)[1]).toContain(` | ${ssrcs} | `);
  });

  it.each([
    ['stereo=1', ';stereo=1;sprop-stereo=1'],
    ['sprop-stereo=1; cbr=1', ';stereo=1;sprop-stereo=1'],
    ['usedtx=1;stereo=1', ';stereo=1;sprop-stereo=1;usedtx=1'],
    ['usedtx=0', ''],
    ['stereo=0;maxaveragebitrate=64000', ';maxaveragebitrate=64000'],
    ['MaxAverageBitrate=510000', ';maxaveragebitrate=510000'],
    ['maxaveragebitrate=1e5;stereo=yes', ''],
  ])('Opus offered with %s', (offered, wanted) => {
    const opus = 'a=rtpmap:111 opus/48000/2';
    const { plan } = answerTo(bent({ [opus]: `${opus}\r\na=fmtp:111 ${offered}` }));
    expect(plan.tracks[0]?.payloads[0]?.codec.fmtp).toBe(`minptime=10;useinbandfec=1${wanted}`);
  });

  it('an extension that the client only receives, or with an id of two-byte headers, is left out', () => {
    const mid = 'urn:ietf:params:rtp-hdrext:sdes:mid';
    for (const id of ['3/recvonly', '3/inactive', '15', '200', '0', 'x']) {
      const { plan, answer } = answerTo(bent({ [rtp]: `${rtp}\r\na=extmap:${id} ${mid}` }));
      expect(plan.tracks[1]?.extensions).toEqual({});
      expect(answer).not.toContain('extmap');
    }
  });

  it.each([
    ['five layers: the first four', 'a;b;c;d;e', 'a,b,c,d'],
    ['alternatives: the first', 'a,b;c', 'a,c'],
    ['a paused layer is a layer', '~a;b', 'a,b'],
    ['a layer without a=rid is none', 'a;nobody', 'a'],
    ['a layer of another codec is none', 'a;other', 'a'],
    ['a layer said twice is one', 'a;a', 'a'],
  ])('simulcast, %s', (_, layers, rids) => {
    const lines = [...'abcde'].map((rid) => `a=rid:${rid} send`).join('\r\n');
    const extension = 'a=extmap:2 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id';
    const other = 'a=rid:other send pt=97;max-width=320\r\na=rid:back recv';
    const { plan } = answerTo(
      bent({
        [rtp]: `${rtp}\r\na=ssrc:9 cname:x\r\n${lines}\r\n${other}\r\n${extension}\r\na=simulcast:recv back send ${layers}`,
      }),
    );
    expect(plan.tracks[1]?.rids.join(',')).toBe(rids);
    expect(plan.tracks[1]?.ssrcs).toEqual([]);
  });

  it('simulcast without the rid extension is not simulcast', () => {
    const { plan, answer } = answerTo(
      bent({ [rtp]: `${rtp}\r\na=ssrc:9 cname:x\r\na=rid:a send\r\na=rid:b send\r\na=simulcast:send a;b` }),
    );
    expect(plan.tracks[1]).toMatchObject({ rids: [], ssrcs: [{ ssrc: 9 }] });
    expect(answer).not.toContain('simulcast');
  });

  it('a data channel is refused by port 0 outside the bundle, the rest goes on', () => {
    const text =
      bent({ 'a=group': 'a=group:BUNDLE d a v' }) +
      bent({}, ['m=application 9 UDP/DTLS/SCTP webrtc-datachannel', 'c=IN IP4 0.0.0.0', 'a=mid:d', 'a=sctp-port:5000']);
    const { plan, answer } = answerTo(text);
    expect(plan.tracks.map(({ mid }) => mid)).toEqual(['a', 'v']);
    expect(sessionOf(answer)).toContain('a=group:BUNDLE a v');
    expect(sectionOf(answer, 'd')[0]).toBe('m=application 0 UDP/DTLS/SCTP webrtc-datachannel');
    expect(sectionOf(answer, 'a')).toContain('a=end-of-candidates');
  });

  it('a section that the client itself gave port 0 stays refused', () => {
    const { plan, answer } = answerTo(bent({ 'm=video': 'm=video 0 UDP/TLS/RTP/SAVPF 96' }));
    expect(plan.tracks.map(({ mid }) => mid)).toEqual(['a']);
    expect(sectionOf(answer, 'v')).toEqual([
      'm=video 0 UDP/TLS/RTP/SAVPF 96',
      'c=IN IP4 0.0.0.0',
      'a=mid:v',
      'a=inactive',
    ]);
    expect(sessionOf(answer)).toContain('a=group:BUNDLE a');
  });

  it('the transport belongs to the first section of the bundle, whatever the order of m-lines', () => {
    const own = 'a=mid:v\r\na=ice-ufrag:mine\r\na=ice-pwd:videoPasswordOf22Chars';
    const offer = parseOffer(bent({ 'a=group': 'a=group:BUNDLE v a', 'a=mid:v': own }));
    const { plan, answer } = answerPublish(offer, local);
    expect(plan.peer.remoteIce.ufrag).toBe('mine');
    expect(plan.tracks.map(({ mid }) => mid)).toEqual(['v', 'a']);
    expect(ownerOf(offer, plan.tracks)).toBe('v');
    expect(sectionOf(answer, 'v')).toContain('a=end-of-candidates');
    expect(sectionOf(answer, 'a')).not.toContain('a=end-of-candidates');
  });

  it('of several fingerprints those of trusted hashes count', () => {
    const sha512 = Array(64).fill('0c').join(':');
    const { plan } = answerTo(
      bent({
        'a=fingerprint': `a=fingerprint:sha-1 ${Array(20).fill('00').join(':')}\r\na=fingerprint:SHA-512 ${sha512}`,
      }),
    );
    expect(plan.peer.fingerprints).toEqual([{ algorithm: 'sha-512', value: new Uint8Array(64).fill(12) }]);
  });

  it('of very many fingerprints eight are kept', () => {
    const prints = Array.from({ length: 20 }, () => `a=fingerprint:${local.fingerprint}`).join('\r\n');
    expect(answerTo(bent({ 'a=fingerprint': prints })).plan.peer.fingerprints).toHaveLength(8);
  });

  it.each([
    ['text before the description', (text: string) => `Hello\r\n\r\n${text}`],
    ['a byte order mark', (text: string) => `\uFEFF${text}`],
    ['bare line feeds', (text: string) => text.replaceAll('\r\n', '\n')],
    ['no line end at the end', (text: string) => text.trimEnd()],
    ['trailing spaces', (text: string) => text.replaceAll('\r\n', '  \r\n')],
    [
      'unknown lines',
      (text: string) => text.replaceAll('\r\na=mid', '\r\nb=AS:5000\r\nk=x\r\na=nobody-knows:1\r\na=mid'),
    ],
    ['TCP in the protocol', (text: string) => text.replaceAll('UDP/TLS', 'TCP/TLS')],
    [
      'bundle-only with port 0',
      (text: string) => text.replace('m=video 9', 'm=video 0').replace('a=mid:v', 'a=mid:v\r\na=bundle-only'),
    ],
    [
      'a direction told once for all',
      (text: string) => text.replaceAll('a=sendonly\r\n', '').replace('t=0 0', 't=0 0\r\na=sendonly'),
    ],
    ['no direction at all', (text: string) => text.replaceAll('a=sendonly\r\n', '')],
    ['a number of ports', (text: string) => text.replace('m=video 9', 'm=video 9/2')],
    ['rtcp-mux-only', (text: string) => text.replaceAll('a=rtcp-mux', 'a=rtcp-mux-only')],
    ['spaces after colons', (text: string) => text.replace('a=mid:v', 'a=mid: v').replace('a=rtpmap:', 'a=rtpmap: ')],
    ['sendrecv', (text: string) => text.replaceAll('a=sendonly', 'a=sendrecv')],
    ['mids in the bundle that no section has', (text: string) => text.replace('BUNDLE a v', 'BUNDLE a x v v')],
  ])('tolerates %s', (_, change) => {
    expect(summary(answerTo(change(bent())).plan)).toEqual([
      'audio | a | opus/111/- |  |  |  | ',
      'video | v | vp8/96/- |  |  |  | ',
    ]);
  });

  it.each([
    ['audio only', plain.slice(0, 15), 'audio'],
    ['video only', [...plain.slice(0, 9), ...plain.slice(15)], 'video'],
  ] as const)('%s is a stream', (_, lines, kind) => {
    const { plan, answer } = answerTo(bent({}, lines));
    expect(plan.tracks.map((track) => track.kind)).toEqual([kind]);
    expect(answer.match(/^m=/gm)).toHaveLength(1);
  });

  it('a mid the client bundles twice, or bundles without having it, is not bundled so by us', () => {
    expect(sessionOf(answerTo(bent({ 'a=group': 'a=group:BUNDLE a x v v' })).answer)).toContain('a=group:BUNDLE a v');
  });

  it('a parameter that is no number is not given back', () => {
    const { plan, answer } = answerTo(withVideo('sendonly', [45, 'AV1/90000', 'profile=0;tier=<b>;level-idx=5']));
    expect(plan.tracks[1]?.payloads[0]?.codec.fmtp).toBe('level-idx=5;profile=0');
    expect(answer).not.toContain('<b>');
  });

  it('a lone section needs neither mid nor bundle', () => {
    const { plan, answer } = answerTo(bent({ 'a=group': '', 'a=mid': '' }, plain.slice(0, 15)));
    expect(plan.tracks[0]?.mid).toBe('');
    expect(answer).not.toContain('a=mid');
    expect(answer).not.toContain('a=group');
    expect(answer).toContain('a=end-of-candidates');
  });
});

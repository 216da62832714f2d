import { describe, expect, it } from 'vitest';
import type { SdpErrorCode } from '../../src/sdp/sdp-error.ts';
import { answerTo, bent, fingerprint, offerOf, plain } from './offers.ts';

const opus = 'a=rtpmap:111 opus/48000/2';
const vp8 = 'a=rtpmap:96 VP8/90000';
const sha1 = Array(20).fill('00').join(':');

function lines(count: number, line: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => line(index)).join('\r\n');
}

describe('an offer that cannot be answered', () => {
  it.each<[string, string, SdpErrorCode, RegExp]>([
    ['empty', '', 'bad_offer', /not SDP/],
    ['JSON', '{"sdp":"v=0"}', 'bad_offer', /not SDP/],
    ['binary', '\0\u0001\uFFFD'.repeat(1000), 'bad_offer', /not SDP/],
    ['nothing but v=0', 'v=0\r\n', 'bad_offer', /no m-line/],
    ['a line that is none', bent({ 't=0 0': 'time flies' }), 'bad_offer', /type=value/],
    ['a line without its equals sign', bent({ 'a=mid:v': 'amid:v' }), 'bad_offer', /type=value/],
    ['cut in the middle of the session', offerOf('obs-32.2.2').slice(0, 120), 'bad_offer', /no m-line/],
    ['cut in the middle of audio', offerOf('obs-32.2.2').slice(0, 560), 'bad_offer', /no a=ice-ufrag/],
    ['cut in the middle of the video m-line', `${bent().split('m=video')[0]}m=vid`, 'bad_offer', /m-line is not valid/],
    ['cut before the second mid', bent().split('a=mid:v')[0] ?? '', 'bad_offer', /no a=mid/],
    ['more than 128 KiB', bent() + lines(50, () => `a=x:${'x'.repeat(4000)}`), 'bad_offer', /128 KiB/],
    ['a very long line', bent({ 's=-': `s=${'x'.repeat(5000)}` }), 'bad_offer', /longer than 4096/],
    ['very many lines', bent() + lines(2048, () => 'a=x'), 'bad_offer', /more than 2048 lines/],
    [
      'nine m-lines',
      bent() + lines(7, (n) => `m=application 9 UDP/DTLS/SCTP x\r\na=mid:${n}`),
      'bad_offer',
      /more than 8 m-lines/,
    ],
    [
      '65 candidates',
      bent() + lines(65, (n) => `a=candidate:${n} 1 udp 1 192.0.2.1 9 typ host`),
      'bad_offer',
      /more than 64 candidates/,
    ],
    [
      'a port that is none',
      bent({ 'm=video': 'm=video 99999 UDP/TLS/RTP/SAVPF 96' }),
      'bad_offer',
      /m-line is not valid/,
    ],
    ['no formats', bent({ 'm=video': 'm=video 9 UDP/TLS/RTP/SAVPF' }), 'bad_offer', /m-line is not valid/],
    ['a mid with a quote and brackets', bent({ 'a=mid:v': 'a=mid:"<v>"' }), 'bad_offer', /a=mid is not valid/],
    ['a mid twice', bent({ 'a=mid:v': 'a=mid:a' }), 'bad_offer', /same a=mid/],
    ['no ICE user', bent({ 'a=ice-ufrag': '' }), 'bad_offer', /no a=ice-ufrag/],
    ['no ICE password', bent({ 'a=ice-pwd': '' }), 'bad_offer', /ice-pwd is missing/],
    [
      'a short ICE password',
      bent({ 'a=ice-pwd': 'a=ice-pwd:tooShort' }),
      'bad_offer',
      /ice-pwd is missing or not valid/,
    ],
    [
      'an ICE user with a colon',
      bent({ 'a=ice-ufrag': 'a=ice-ufrag:four:five' }),
      'bad_offer',
      /ice-ufrag is not valid/,
    ],
    ['no fingerprint', bent({ 'a=fingerprint': '' }), 'bad_offer', /no a=fingerprint/],
    [
      'half a fingerprint',
      bent({ 'a=fingerprint': `a=${fingerprint.slice(0, 50)}`.replace('sha', 'fingerprint:sha') }),
      'bad_offer',
      /fingerprint is not valid/,
    ],
    [
      'a fingerprint not in hex',
      bent({ 'a=fingerprint': `a=fingerprint:${fingerprint.replace('AB', 'ZZ')}` }),
      'bad_offer',
      /fingerprint is not valid/,
    ],
    ['SHA-1 alone', bent({ 'a=fingerprint': `a=fingerprint:sha-1 ${sha1}` }), 'unsupported_offer', /sha-256/],
    [
      'a fingerprint of toString',
      bent({ 'a=fingerprint': `a=fingerprint:toString ${sha1}` }),
      'unsupported_offer',
      /sha-256/,
    ],
    ['no setup', bent({ 'a=setup': '' }), 'bad_offer', /no a=setup/],
    ['setup:holdconn', bent({ 'a=setup': 'a=setup:holdconn' }), 'bad_offer', /actpass, active or passive/],
    ['ICE-lite', bent({ 'a=setup': 'a=setup:actpass\r\na=ice-lite' }), 'unsupported_offer', /ICE-lite/],
    ['no bundle', bent({ 'a=group': '' }), 'unsupported_offer', /bundled/],
    ['a bundle of one of two', bent({ 'a=group': 'a=group:BUNDLE a' }), 'unsupported_offer', /bundled/],
    ['a group that is no bundle', bent({ 'a=group': 'a=group:LS a v' }), 'unsupported_offer', /bundled/],
    ['no rtcp-mux', bent({ 'a=rtcp-mux': '' }), 'unsupported_offer', /rtcp-mux/],
    ['no encryption', bent({ 'm=video': 'm=video 9 RTP/AVP 96' }), 'unsupported_offer', /SAVPF/],
    [
      'two videos',
      bent() + bent({ 'a=mid:v': 'a=mid:w' }, plain.slice(15)),
      'unsupported_offer',
      /more than one video/,
    ],
    [
      'two audios',
      bent() + bent({ 'a=mid:a': 'a=mid:w' }, plain.slice(9, 15)),
      'unsupported_offer',
      /more than one audio/,
    ],
    [
      'no audio and no video',
      bent({ 'm=audio': 'm=text 9 X t140', 'm=video': 'm=application 9 X y' }),
      'unsupported_offer',
      /neither audio nor video/,
    ],
    [
      'every section refused',
      bent({ 'm=audio': 'm=audio 0 UDP/TLS/RTP/SAVPF 111', 'm=video': 'm=video 0 UDP/TLS/RTP/SAVPF 96' }),
      'unsupported_offer',
      /neither audio nor video/,
    ],
    ['an offer to play', bent({ 'a=sendonly': 'a=recvonly' }), 'unsupported_offer', /does not send its audio/],
    [
      'an offer to play, told once for all',
      bent({ 'a=sendonly': '', 't=0 0': 't=0 0\r\na=recvonly' }),
      'unsupported_offer',
      /a=recvonly/,
    ],
    ['inactive', bent({ 'a=sendonly': 'a=inactive' }), 'unsupported_offer', /a=inactive/],
    ['an unknown audio codec', bent({ [opus]: 'a=rtpmap:111 PCMA/8000' }), 'unsupported_offer', /Opus/],
    ['Opus in mono', bent({ [opus]: 'a=rtpmap:111 opus/48000' }), 'unsupported_offer', /Opus/],
    ['an unknown video codec', bent({ [vp8]: 'a=rtpmap:96 H265/90000' }), 'unsupported_offer', /H264.*VP8.*VP9.*AV1/],
    [
      'H264 in packetization mode 0',
      bent({ [vp8]: 'a=rtpmap:96 H264/90000' }),
      'unsupported_offer',
      /packetization-mode=1/,
    ],
    ['an audio codec in video', bent({ [vp8]: 'a=rtpmap:96 opus/48000/2' }), 'unsupported_offer', /VP8/],
    ['formats without rtpmap', bent({ [vp8]: '' }), 'unsupported_offer', /VP8/],
    [
      'payload types beyond 127',
      bent({ 'm=video': 'm=video 9 UDP/TLS/RTP/SAVPF 196', [vp8]: 'a=rtpmap:196 VP8/90000' }),
      'unsupported_offer',
      /VP8/,
    ],
    [
      'one payload type for two codecs',
      bent({ 'm=video': 'm=video 9 UDP/TLS/RTP/SAVPF 111', [vp8]: 'a=rtpmap:111 VP8/90000' }),
      'bad_offer',
      /same payload type/,
    ],
  ])('%s', (_, text, code, message) => {
    expect(() => answerTo(text)).toThrow(
      expect.objectContaining({ name: 'SdpError', code, message: expect.stringMatching(message) }),
    );
  });

  it('is never repeated in the message', () => {
    for (const start of ['a=mid:v', 'a=rtcp-mux', 'm=video', 'a=setup', 'a=ice-pwd', 'a=fingerprint']) {
      const name = start.split(':')[0];
      try {
        answerTo(bent({ [start]: `${name}:<script>secret</script>` }));
      } catch (error) {
        expect(String(error)).not.toContain('secret');
      }
    }
  });
});

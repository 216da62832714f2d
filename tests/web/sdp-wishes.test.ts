import { describe, expect, test } from 'vitest';
import { withRoundTrip, withStartBitrate, withStereo } from '../../web/src/lib/sdp-wishes.ts';

const sdp = (...lines: string[]) => `${['v=0', 's=-', ...lines].join('\r\n')}\r\n`;
const OPUS = ['a=rtpmap:111 opus/48000/2', 'a=fmtp:111 minptime=10;useinbandfec=1'];
const RED = ['a=rtpmap:63 red/48000/2', 'a=fmtp:63 111/111'];

describe('stereo', () => {
  test('is asked for in the parameters of Opus alone', () => {
    expect(withStereo(sdp(...OPUS, ...RED))).toBe(
      sdp('a=rtpmap:111 opus/48000/2', 'a=fmtp:111 minptime=10;useinbandfec=1;stereo=1', ...RED),
    );
  });

  test('is asked for once, and not mistaken for sprop-stereo', () => {
    const once = withStereo(sdp('a=rtpmap:109 OPUS/48000/2', 'a=fmtp:109 sprop-stereo=1'));
    expect(once).toContain('a=fmtp:109 sprop-stereo=1;stereo=1\r\n');
    expect(withStereo(once)).toBe(once);
  });

  test('leaves an offer without Opus as it is', () => {
    expect(withStereo(sdp(...RED))).toBe(sdp(...RED));
  });
});

test('the round trip is asked for once, wherever NACK is', () => {
  const video = ['a=rtpmap:96 VP8/90000', 'a=rtcp-fb:96 nack', 'a=rtcp-fb:96 nack pli', 'a=rtcp-fb:98 goog-remb'];
  const once = withRoundTrip(sdp(...OPUS, ...video));
  expect(once).toBe(sdp(...OPUS, ...video.toSpliced(2, 0, 'a=rtcp-fb:96 rrtr')));
  expect(withRoundTrip(once)).toBe(once);
});

describe('the bitrate to start at', () => {
  test('is given to every H264, and not to its retransmissions', () => {
    const answer = sdp(
      'a=rtpmap:102 H264/90000',
      'a=fmtp:102 packetization-mode=1',
      'a=rtpmap:103 rtx/90000',
      'a=fmtp:103 apt=102',
    );
    expect(withStartBitrate(answer, 1_250_000)).toBe(
      answer.replace('packetization-mode=1', 'packetization-mode=1;x-google-start-bitrate=1250'),
    );
  });

  test('is given to VP8, which has no parameters of its own', () => {
    expect(withStartBitrate(sdp('a=rtpmap:96 VP8/90000', 'a=rtcp-fb:96 nack'), 750_000)).toBe(
      sdp('a=rtpmap:96 VP8/90000', 'a=fmtp:96 x-google-start-bitrate=750', 'a=rtcp-fb:96 nack'),
    );
  });
});

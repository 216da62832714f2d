import { describe, expect, test } from 'vitest';
import { iceFragment, iceServers, restartedAnswer } from '../../web/src/lib/ice.ts';

const OFFER = [
  'v=0',
  'o=- 1 2 IN IP4 127.0.0.1',
  's=-',
  't=0 0',
  'a=group:BUNDLE 0 1',
  'm=video 9 UDP/TLS/RTP/SAVPF 96',
  'c=IN IP4 0.0.0.0',
  'a=ice-ufrag:Vid0',
  'a=ice-pwd:video-password-of-24-ch',
  'a=ice-options:trickle',
  'a=mid:0',
  'm=audio 9 UDP/TLS/RTP/SAVPF 111',
  'a=ice-ufrag:Vid0',
  'a=ice-pwd:video-password-of-24-ch',
  'a=mid:1',
  '',
].join('\r\n');

describe('a trickle fragment', () => {
  const candidate = { candidate: 'candidate:1 1 udp 2122 192.0.2.1 61764 typ host', sdpMid: '0' };

  test('carries the credentials and candidates of the first m-line only', () => {
    const other = { candidate: 'candidate:2 1 udp 2122 192.0.2.1 61765 typ host', sdpMid: '1' };
    expect(iceFragment(OFFER, [candidate, other], false).split('\r\n')).toEqual([
      'a=group:BUNDLE 0 1',
      'm=video 9 UDP/TLS/RTP/SAVPF 96',
      'a=mid:0',
      'a=ice-ufrag:Vid0',
      'a=ice-pwd:video-password-of-24-ch',
      'a=ice-options:trickle',
      'a=candidate:1 1 udp 2122 192.0.2.1 61764 typ host',
      '',
    ]);
  });

  test('says when there are no more candidates', () => {
    expect(iceFragment(OFFER, [], true)).toMatch(/a=end-of-candidates\r\n$/);
    expect(iceFragment(OFFER, [candidate], false)).not.toContain('end-of-candidates');
  });

  test('takes a candidate that names no m-line', () => {
    expect(iceFragment(OFFER, [{ ...candidate, sdpMid: null }], false)).toContain('a=candidate:1 ');
  });
});

describe('an answer after an ICE restart', () => {
  const answer = OFFER.replace(
    'a=mid:0',
    'a=candidate:9 1 udp 1 198.51.100.1 1 typ host\r\na=end-of-candidates\r\na=mid:0',
  );
  const fragment = 'a=ice-ufrag:New1\r\na=ice-pwd:new-password-of-24-chars\r\nm=video 9 RTP/AVP 0\r\na=mid:0\r\n';

  test('has the new credentials in every m-line and nothing else changed', () => {
    const renewed = restartedAnswer(answer, fragment);
    expect(renewed.match(/a=ice-ufrag:New1/g)).toHaveLength(2);
    expect(renewed.match(/a=ice-pwd:new-password-of-24-chars/g)).toHaveLength(2);
    expect(renewed).toBe(
      answer.replaceAll('Vid0', 'New1').replaceAll('video-password-of-24-ch', 'new-password-of-24-chars'),
    );
  });

  test('has the new candidates, in its first m-line, instead of the old ones', () => {
    const renewed = restartedAnswer(answer, `${fragment}a=candidate:7 1 udp 1 203.0.113.7 7 typ host\r\n`);
    expect(renewed).not.toContain('198.51.100.1');
    expect(renewed.indexOf('203.0.113.7')).toBeGreaterThan(renewed.indexOf('m=video'));
    expect(renewed.indexOf('203.0.113.7')).toBeLessThan(renewed.indexOf('m=audio'));
  });

  test('cannot be made without credentials', () => {
    expect(() => restartedAnswer(answer, 'a=mid:0\r\n')).toThrow(/credentials/);
  });
});

describe('a Link header', () => {
  test('gives the ICE servers with their credentials, and skips other links', () => {
    const link =
      '<stun:stun.example.net>; rel="ice-server", <https://example.net/x>; rel="next", ' +
      '<turn:turn.example.net?transport=udp>; rel="ice-server"; username="17:ada, \\"o\\""; credential="p;w"; credential-type="password"';
    expect(iceServers(link)).toEqual([
      { urls: 'stun:stun.example.net' },
      { urls: 'turn:turn.example.net?transport=udp', username: '17:ada, "o"', credential: 'p;w' },
    ]);
  });

  test.each([null, '', '<>', 'garbage', '<http://evil.example>; rel=ice-server'])(
    'without ICE servers gives none: %s',
    (link) => {
      expect(iceServers(link)).toEqual([]);
    },
  );

  test('of any length is read in no time', () => {
    const started = performance.now();
    for (const link of ['<'.repeat(50_000), '<a>;"\\'.repeat(10_000), `<a>${';a="'.repeat(10_000)}`]) {
      expect(iceServers(link)).toEqual([]);
    }
    expect(performance.now() - started).toBeLessThan(500);
  });
});

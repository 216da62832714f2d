import { describe, expect, it } from 'vitest';
import { ownerOf } from '../../src/sdp/answer.ts';
import { answerFragment, parseFragment } from '../../src/sdp/fragment.ts';
import { parseOffer } from '../../src/sdp/offer.ts';
import { bent, local } from './offers.ts';

const host = 'candidate:1 1 udp 2122194687 192.0.2.2 39425 typ host generation 0 ufrag theirs network-id 1';

function fragment(...lines: readonly string[]): string {
  return lines.map((line) => `${line}\r\n`).join('');
}

describe('a trickle ICE fragment', () => {
  it('is read as browsers send it', () => {
    const text = fragment(
      'a=ice-ufrag:theirs',
      'a=ice-pwd:theirPasswordOf22Chars',
      'a=group:BUNDLE 0 1',
      'm=audio 9 UDP/TLS/RTP/SAVPF 0',
      'a=mid:0',
      `a=${host}`,
      'a=end-of-candidates',
    );
    expect(parseFragment(text)).toEqual({
      ufrag: 'theirs',
      pwd: 'theirPasswordOf22Chars',
      candidates: [host.slice('candidate:'.length)],
      isEndOfCandidates: true,
      hasMedia: true,
    });
  });

  it('is read as whip-whep sends it to restart ICE: without an m-line', () => {
    expect(parseFragment(fragment('a=ice-ufrag:theirs', 'a=ice-pwd:theirPasswordOf22Chars'))).toEqual({
      ufrag: 'theirs',
      pwd: 'theirPasswordOf22Chars',
      candidates: [],
      isEndOfCandidates: false,
      hasMedia: false,
    });
  });

  it('is read as GStreamer sends it: everything in a placeholder section', () => {
    const text = fragment(
      'm=audio 9 RTP/AVP 0',
      'a=mid:video0',
      'a=ice-ufrag:5TO+8FEB',
      'a=ice-pwd:A6ZrRY/79lrvfjIrjGJNeB552ocuT885',
      `a=${host}`,
    );
    expect(parseFragment(text)).toMatchObject({
      ufrag: '5TO+8FEB',
      candidates: [host.slice('candidate:'.length)],
      isEndOfCandidates: false,
    });
  });

  it.each([
    ['TCP', 'candidate:2 1 tcp 1518214911 192.0.2.2 9 typ host tcptype active'],
    ['a name for an address', 'candidate:3 1 udp 1 0b1c.local 5000 typ host'],
    ['component 2', 'candidate:4 2 UDP 1 192.0.2.2 5001 typ host'],
    ['nonsense', 'candidate:???'],
    ['nothing', 'candidate:'],
  ])('lets candidates be what they are: %s', (_, line) => {
    expect(parseFragment(fragment('a=mid:0', `a=${line}`)).candidates).toEqual([line.slice('candidate:'.length)]);
  });

  it('may say no more than that candidates have ended', () => {
    expect(parseFragment('a=mid:0\na=end-of-candidates')).toMatchObject({
      candidates: [],
      isEndOfCandidates: true,
    });
  });

  it.each([
    ['empty', ''],
    ['JSON', '{"candidate":"candidate:1"}'],
    ['without anything to tell', fragment('a=mid:0')],
    ['with a user and no password', fragment('a=ice-ufrag:theirs', `a=${host}`)],
    ['with a password and no user', fragment('a=ice-pwd:theirPasswordOf22Chars', `a=${host}`)],
    ['with a password too short', fragment('a=ice-ufrag:theirs', 'a=ice-pwd:short')],
    ['with 65 candidates', fragment(...Array.from({ length: 65 }, () => `a=${host}`))],
    ['with nine m-lines', fragment(...Array.from({ length: 9 }, () => 'm=audio 9 RTP/AVP 0'), `a=${host}`)],
    ['with a very long line', fragment(`a=${host}${' x'.repeat(3000)}`)],
    ['of 200 KiB', fragment(...Array.from({ length: 100 }, () => `a=x${'x'.repeat(2000)}`))],
  ])('is refused %s', (_, text) => {
    expect(() => parseFragment(text)).toThrow(expect.objectContaining({ name: 'SdpError', code: 'bad_offer' }));
  });
});

describe('the answer to an ICE restart', () => {
  it('carries new credentials and all candidates for the section that owns the transport', () => {
    const offer = parseOffer(bent({ 'a=group': 'a=group:BUNDLE v a' }));
    expect(answerFragment(local, { mid: ownerOf(offer, offer.sections), isShort: false })).toBe(
      fragment(
        'a=ice-lite',
        'a=ice-options:ice2 trickle',
        'm=audio 9 RTP/AVP 0',
        'a=mid:v',
        'a=ice-ufrag:Ours',
        'a=ice-pwd:ourOwnPasswordOf24Chars+',
        'a=candidate:1 1 udp 2130706431 192.0.2.10 8189 typ host',
        'a=candidate:2 1 udp 2130706175 2001:db8::10 8190 typ host',
        'a=candidate:3 1 tcp 1520435199 192.0.2.10 8189 typ host tcptype passive',
        'a=candidate:4 1 tcp 1520434943 2001:db8::10 8190 typ host tcptype passive',
        'a=end-of-candidates',
      ),
    );
  });

  it('has the best candidate alone where it must be short', () => {
    const whole = answerFragment(local, { mid: '0', isShort: false }).split('\r\n');
    const best = 'a=candidate:1 1 udp 2130706431 192.0.2.10 8189 typ host';
    expect(answerFragment(local, { mid: '0', isShort: true }).split('\r\n')).toEqual(
      whole.filter((line) => !line.startsWith('a=candidate:') || line === best),
    );
  });

  it('is a fragment itself', () => {
    expect(parseFragment(answerFragment(local, { mid: '0', isShort: false }))).toMatchObject({
      ...local.ice,
      isEndOfCandidates: true,
    });
  });
});

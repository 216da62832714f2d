import { describe, expect, it } from 'vitest';
import { SessionDescription } from 'werift';
import { parseOffer } from '../../src/sdp/offer.ts';
import { answerPlay } from '../../src/sdp/play-answer.ts';
import { answerTo, bent, local, sectionOf, sessionOf } from './offers.ts';

const section = ['m=application 9 UDP/DTLS/SCTP webrtc-datachannel', 'a=mid:d', 'a=sctp-port:5001'];
const plain = offer(section);

/** To play, with one more section, in the bundle unless told. */
function offer(lines: readonly string[], bundle = 'a v d'): string {
  return `${bent({ 'a=group': `a=group:BUNDLE ${bundle}`, 'a=sendonly': 'a=recvonly' })}${lines.join('\r\n')}\r\n`;
}

function play(text: string) {
  return answerPlay(parseOffer(text), local, [], () => 7);
}

describe('an offer of data channels beside the media', () => {
  it('is taken, with what we take of a message', () => {
    const { plan, answer } = play(plain);
    expect(plan.data).toEqual({ mid: 'd', maxMessageSize: 65_536 });
    expect(sessionOf(answer)).toContain('a=group:BUNDLE a v d');
    expect(sectionOf(answer, 'd')).toEqual([
      'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
      'c=IN IP4 0.0.0.0',
      'a=mid:d',
      'a=sctp-port:5000',
      'a=max-message-size:4096',
      'a=ice-ufrag:Ours',
      'a=ice-pwd:ourOwnPasswordOf24Chars+',
      `a=fingerprint:${local.fingerprint}`,
      'a=setup:passive',
    ]);
  });

  it('reads the same to another implementation', () => {
    const media = SessionDescription.parse(play(plain).answer).media.find(({ kind }) => kind === 'application');
    expect([media?.sctpPort, media?.rtp.muxId, media?.dtlsParams?.role]).toEqual([5000, 'd', 'server']);
  });

  it.each([
    ['a=max-message-size:262144', 262_144],
    ['a=max-message-size:0', 0],
    ['a=max-message-size:much', 65_536],
  ])('%s says what the viewer takes', (line, maxMessageSize) => {
    expect(play(offer([...section, line])).plan.data).toEqual({ mid: 'd', maxMessageSize });
  });

  it('may own the transport of all', () => {
    const { answer, plan } = play(offer(section, 'd a v'));
    expect(plan.data?.mid).toBe('d');
    expect(sectionOf(answer, 'd')).toContain('a=end-of-candidates');
    expect(answer.match(/a=end-of-candidates/g)).toHaveLength(1);
  });

  it.each([
    ['one that is not in the bundle', offer(section, 'a v')],
    ['one without a port', offer(section.slice(0, 2))],
    ['one with port 0', offer([...section.slice(0, 2), 'a=sctp-port:0'])],
    ['the old form', offer(['m=application 9 DTLS/SCTP 5000', 'a=mid:d', 'a=sctpmap:5000 webrtc-datachannel 256'])],
    ['one the viewer refuses himself', offer([section[0]?.replace(' 9 ', ' 0 ') ?? '', ...section.slice(1)])],
  ])('%s is refused, and the media goes on', (_, text) => {
    const { plan, answer } = play(text);
    expect(plan.data).toBeUndefined();
    expect(sectionOf(answer, 'd')[0]).toMatch(/^m=application 0 /);
    expect(sessionOf(answer)).toContain('a=group:BUNDLE a v');
    expect(plan.tracks).toHaveLength(2);
  });

  it('is taken once', () => {
    const second = section.map((line) => line.replace('mid:d', 'mid:e'));
    const { plan, answer } = play(offer([...section, ...second], 'a v d e'));
    expect(plan.data?.mid).toBe('d');
    expect(sectionOf(answer, 'e')[0]).toMatch(/^m=application 0 /);
  });

  it('alone is nothing to play', () => {
    const alone = plain.replaceAll(/m=(audio|video) 9/g, 'm=$1 0');
    expect(() => play(alone)).toThrow('there is neither audio nor video');
  });

  it('is refused to a publisher, whose media goes on', () => {
    const { answer, plan } = answerTo(plain.replaceAll('recvonly', 'sendonly'));
    expect(sectionOf(answer, 'd')[0]).toMatch(/^m=application 0 /);
    expect(plan.tracks).toHaveLength(2);
  });
});

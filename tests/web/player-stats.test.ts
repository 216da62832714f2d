import { expect, test } from 'vitest';
import { playerStats, statsText } from '../../web/src/lib/player/player-stats.ts';

/** As Chromium tells, at one moment. */
function chromium(seconds: number, lost = 0) {
  return new Map<string, Record<string, unknown>>([
    ['C1', { type: 'codec', mimeType: 'video/H264' }],
    ['C2', { type: 'codec', mimeType: 'audio/opus' }],
    ['T', { type: 'transport', selectedCandidatePairId: 'P' }],
    ['P', { type: 'candidate-pair', remoteCandidateId: 'R', currentRoundTripTime: 0.03 }],
    ['R', { type: 'remote-candidate', protocol: 'udp', address: '192.0.2.1' }],
    [
      'V',
      {
        type: 'inbound-rtp',
        kind: 'video',
        codecId: 'C1',
        timestamp: seconds * 1000,
        frameWidth: 1280,
        frameHeight: 720,
        framesPerSecond: 30,
        bytesReceived: seconds * 312_500,
        packetsReceived: seconds * 198 - lost,
        packetsLost: lost,
        jitter: 0.002,
        jitterBufferDelay: seconds * 30 * 0.04,
        jitterBufferEmittedCount: seconds * 30,
        totalProcessingDelay: seconds * 30 * 0.05,
        framesDecoded: seconds * 30,
        framesDropped: 2,
        freezeCount: 1,
        totalFreezesDuration: 0.43,
        retransmittedPacketsReceived: 5,
      },
    ],
    ['A', { type: 'inbound-rtp', kind: 'audio', codecId: 'C2', bytesReceived: seconds * 12_500, packetsReceived: 0 }],
  ]);
}

const server = { id: 'ab12cd34', roundTripMs: 31, choice: { rid: 'h', reason: 'auto', estimateBps: 4_000_000 } };

test('a viewer sees how it goes, second by second', () => {
  const { counted } = playerStats(chromium(10), server, undefined);
  const { rows } = playerStats(chromium(11, 2), server, counted);
  expect(Object.fromEntries(rows)).toEqual({
    Picture: '1280×720 at 30 fps',
    Codecs: 'H264 + Opus',
    Received: '2.5 Mbit/s + 100 kbit/s',
    Layer: 'h, automatic, link 4.0 Mbit/s',
    'Round trip': '30 ms',
    Lost: '1.0 % now, 2 packets in all',
    'Sent again': '5 packets',
    Jitter: '2.0 ms',
    'Jitter buffer': '40 ms',
    'From server to glass': '65 ms',
    'Frames dropped': '2',
    Freezes: '1, 430 ms in all',
    Transport: 'UDP, IPv4',
    Session: 'ab12cd34',
  });
});

test('a stream of sound, a server that tells nothing and a first look leave out what is not known', () => {
  const report = chromium(1);
  report.delete('V');
  report.delete('T');
  const { rows } = playerStats(report, undefined, undefined);
  const told = Object.fromEntries(rows);
  expect(told).toMatchObject({ Codecs: 'Opus', Freezes: 'none', Transport: 'not known' });
  for (const label of ['Picture', 'Received', 'Layer', 'Round trip', 'Lost', 'Jitter buffer', 'Session']) {
    expect(told).not.toHaveProperty([label]);
  }
});

test('the statistics are copied as a table of text', () => {
  expect(
    statsText([
      ['Lost', '0.0 %'],
      ['Round trip', '3 ms'],
    ]),
  ).toBe('Lost        0.0 %\nRound trip  3 ms');
});

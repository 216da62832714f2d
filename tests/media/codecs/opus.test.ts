import { expect, test } from 'vitest';
import { isDigitalSilence } from '#src/media/codecs/opus.ts';

const isSilent = (hex: string, zeros = 0) => {
  const bytes = Buffer.concat([Buffer.from(`ee${hex}`, 'hex'), Buffer.alloc(zeros), Buffer.from('ff', 'hex')]);
  return isDigitalSilence(bytes, 1, bytes.length - 1);
};

// The beginnings of packets that libopus 1.3 made.
test.each([
  ['zeros, stereo, variable bitrate', 'fcfffe', 0, true],
  ['zeros, stereo, 160 kbit/s constant', 'fcfffe', 397, true],
  ['zeros, mono, 64 kbit/s constant', 'f8fffe', 157, true],
  ['noise at -70 dB', 'fc5edd4fc3c4b2e0', 207, false],
  ['a tone at -88 dB', 'f86ff38a2a757244', 121, false],
  ['zeros coded as speech, which look like any speech', '7807c979c8c957c0', 27, false],
  ['zeros and then something', 'fcfffe0000000001', 30, false],
  ['a pause of a sender that leaves out what is silent', 'f8', 0, false],
  ['nothing', '', 0, false],
])('%s', (_, hex, zeros, expected) => {
  expect(isSilent(hex, zeros)).toBe(expected);
});

import fc from 'fast-check';
import { afterAll, describe, test } from 'vitest';
import { answersOffer, offerCorpus } from './targets/sdp.ts';
import { targets } from './targets.ts';

// `npm run fuzz` has all the time it is given.
const SECONDS = 2;

afterAll(async () => {
  for (const { close } of targets) await close?.();
});

describe('whatever comes in, nothing throws past its edge, hangs, or costs too much', () => {
  test.each(targets)('$name', async ({ property, runsASecond }) => {
    await fc.assert(property, { numRuns: runsASecond * SECONDS });
  });

  test('offers cut short', () => {
    for (const text of offerCorpus) for (let end = 0; end < text.length; end += 17) answersOffer(text.slice(0, end));
  });

  test('offers made to be slow', () => {
    const [head = ''] = (offerCorpus[0] ?? '').split('m=');
    const section = 'm=video 9 UDP/TLS/RTP/SAVPF ';
    const pts = Array.from({ length: 128 }, (_, pt) => pt).join(' ');
    const maps = Array.from({ length: 40 }, (_, pt) => `a=rtpmap:${pt} VP8/90000\r\n`).join('');
    for (const bomb of [
      `${head}${section}${pts}\r\n${'a=rtcp-fb:* nack\r\n'.repeat(2000)}${maps}`,
      `${head}${section}${pts}\r\n${'a=fmtp:96 ;;;;;;;;;;;;=;;;;;;\r\n'.repeat(2000)}`,
      `${head}${section}${' 96'.repeat(1200)}\r\n${`a=rid:a send pt=${'1,'.repeat(2000)}\r\n`.repeat(25)}`,
      `${head}${section}96\r\n${'a=ssrc-group:FID 1 2\r\na=ssrc:1 x\r\n'.repeat(1000)}`,
      `${head}a=group:BUNDLE${' 0'.repeat(2000)}\r\n`.repeat(25),
      `v=0\r\n${'a'.repeat(130_000)}`,
      '\n'.repeat(131_072),
      `v=0\r\n${'a=:'.repeat(1300)}\r\n`.repeat(30),
    ]) {
      answersOffer(bomb);
    }
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseFragment } from '../../src/sdp/fragment.ts';
import { parseOffer } from '../../src/sdp/offer.ts';
import { answerPlay } from '../../src/sdp/play-answer.ts';
import { answerPublish } from '../../src/sdp/publish-answer.ts';
import { SdpError } from '../../src/sdp/sdp-error.ts';
import { clients, local, offerOf } from './offers.ts';

const RUNS = 3000;
/** Of CPU, as the machine may be busy with other things. The worst takes some 30 ms, a real offer well under one. */
const SLOWEST_MS = 400;

const corpus = clients.map(offerOf);
const offer = fc.constantFrom(...corpus);
const anyLine = fc.constantFrom(...corpus.flatMap((text) => text.split(/\r?\n/)));
const noise = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(
    '',
    ' ',
    ':',
    ';',
    '/',
    '0',
    '-1',
    '4294967296',
    '99999999999999999999',
    'NaN',
    '__proto__',
    'constructor',
    '*',
    '~',
    ',',
  ),
);
const index = fc.nat({ max: 1000 });

/** One change to the lines of an offer, in place. */
const mutation = fc.oneof(
  fc.record({ type: fc.constant('delete' as const), at: index }),
  fc.record({ type: fc.constant('repeat' as const), at: index, times: fc.integer({ min: 1, max: 70 }) }),
  fc.record({ type: fc.constant('insert' as const), at: index, line: fc.oneof(anyLine, noise) }),
  fc.record({ type: fc.constant('swap' as const), at: index, other: index }),
  fc.record({ type: fc.constant('splice' as const), at: index, column: index, text: noise, cut: fc.nat({ max: 12 }) }),
  fc.record({ type: fc.constant('word' as const), at: index, word: fc.nat({ max: 8 }), text: noise }),
);
type Mutation = typeof mutation extends fc.Arbitrary<infer T> ? T : never;

function mutate(text: string, mutations: readonly Mutation[]): string {
  const lines = text.split('\r\n');
  for (const change of mutations) {
    const at = change.at % lines.length;
    const line = lines[at] ?? '';
    if (change.type === 'delete') lines.splice(at, 1, ...(lines.length > 1 ? [] : ['']));
    else if (change.type === 'repeat') lines.splice(at, 0, ...Array<string>(change.times).fill(line));
    else if (change.type === 'insert') lines.splice(at, 0, change.line);
    else if (change.type === 'swap') {
      const other = change.other % lines.length;
      lines[at] = lines[other] ?? '';
      lines[other] = line;
    } else if (change.type === 'splice') {
      const column = change.column % (line.length + 1);
      lines[at] = line.slice(0, column) + change.text + line.slice(column + change.cut);
    } else {
      const words = line.split(/([ :;=/])/);
      words[(change.word * 2) % (words.length + 1)] = change.text;
      lines[at] = words.join('');
    }
  }
  return lines.join('\r\n');
}

/** Answers as both endpoints would. What is accepted must be whole, and must not let a line of the client's through. */
function survives(text: string): void {
  let random = 7;
  for (const answer of [
    () => answerPublish(parseOffer(text), local),
    () =>
      answerPlay(
        parseOffer(text),
        local,
        [{ kind: 'audio', codec: { name: 'opus', clockRate: 48_000, fmtp: '' } }],
        () => random++,
      ),
  ]) {
    try {
      const { plan, answer: sdp } = answer();
      expect(plan.tracks.length).toBeGreaterThan(0);
      expect(plan.peer.fingerprints.length).toBeGreaterThan(0);
      for (const { payloads } of plan.tracks) expect(payloads.length).toBeGreaterThan(0);
      for (const line of sdp.trimEnd().split('\r\n')) expect(line).toMatch(/^[vostcma]=[\x20-\x7e]+$/);
      expect(structuredClone(plan)).toEqual(plan);
    } catch (error) {
      if (!(error instanceof SdpError)) throw error;
    }
  }
}

function check(...args: Parameters<typeof fc.assert>): void {
  const [property, options] = args;
  fc.assert(property, { numRuns: RUNS, ...options });
}

describe('whatever is offered, only SdpError is thrown, quickly', () => {
  it('mutated lines', () => {
    check(
      fc.property(offer, fc.array(mutation, { minLength: 1, maxLength: 8 }), (text, mutations) =>
        survives(mutate(text, mutations)),
      ),
    );
  });

  it('truncations', () => {
    for (const text of corpus) for (let end = 0; end < text.length; end += 17) survives(text.slice(0, end));
  });

  it('parts of several offers', () => {
    const parts = corpus.flatMap((text) => text.split(/(?=^m=)/m));
    check(
      fc.property(fc.array(fc.constantFrom(...parts), { maxLength: 6 }), (chosen) =>
        survives(`v=0\r\n${chosen.join('')}`),
      ),
      { numRuns: RUNS / 3 },
    );
  });

  it('bytes by chance', () => {
    check(
      fc.property(fc.uint8Array({ maxLength: 2000 }), (bytes) =>
        survives(`v=0\r\n${Buffer.from(bytes).toString('latin1')}`),
      ),
      { numRuns: RUNS / 3 },
    );
    check(
      fc.property(fc.uint8Array({ maxLength: 2000 }), (bytes) => survives(Buffer.from(bytes).toString('utf8'))),
      { numRuns: RUNS / 3 },
    );
  });

  it('offers made to be slow', () => {
    const [head = ''] = (corpus[0] ?? '').split('m=');
    const section = 'm=video 9 UDP/TLS/RTP/SAVPF ';
    const pts = Array.from({ length: 128 }, (_, pt) => pt).join(' ');
    const bombs = [
      `${head}${section}${pts}\r\n${'a=rtcp-fb:* nack\r\n'.repeat(2000)}${Array.from({ length: 40 }, (_, pt) => `a=rtpmap:${pt} VP8/90000\r\n`).join('')}`,
      `${head}${section}${pts}\r\n${'a=fmtp:96 ;;;;;;;;;;;;=;;;;;;\r\n'.repeat(2000)}`,
      `${head}${section}${' 96'.repeat(1200)}\r\n${`a=rid:a send pt=${'1,'.repeat(2000)}\r\n`.repeat(25)}`,
      `${head}${section}96\r\n${'a=ssrc-group:FID 1 2\r\na=ssrc:1 x\r\n'.repeat(1000)}`,
      `${head}a=group:BUNDLE${' 0'.repeat(2000)}\r\n`.repeat(25),
      `v=0\r\n${'a'.repeat(130_000)}`,
      '\n'.repeat(131_072),
      `v=0\r\n${'a=:'.repeat(1300)}\r\n`.repeat(30),
    ];
    for (const bomb of bombs) {
      const start = process.cpuUsage();
      survives(bomb);
      const { user, system } = process.cpuUsage(start);
      expect((user + system) / 1000).toBeLessThan(SLOWEST_MS);
    }
  });
});

describe('whatever a fragment says, only SdpError is thrown', () => {
  const host = 'a=candidate:1 1 udp 2122194687 192.0.2.2 39425 typ host';
  const plain = [
    'a=ice-ufrag:theirs',
    'a=ice-pwd:theirPasswordOf22Chars',
    'm=audio 9 RTP/AVP 0',
    'a=mid:0',
    host,
    'a=end-of-candidates',
  ].join('\r\n');

  it('mutated lines', () => {
    check(
      fc.property(fc.array(mutation, { maxLength: 8 }), (mutations) => {
        try {
          const { ufrag, pwd } = parseFragment(mutate(plain, mutations));
          expect(ufrag === undefined).toBe(pwd === undefined);
        } catch (error) {
          if (!(error instanceof SdpError)) throw error;
        }
      }),
    );
  });
});

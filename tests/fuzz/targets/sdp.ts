import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseFragment } from '../../../src/sdp/fragment.ts';
import { parseOffer } from '../../../src/sdp/offer.ts';
import { answerPlay } from '../../../src/sdp/play-answer.ts';
import { answerPublish } from '../../../src/sdp/publish-answer.ts';
import { SdpError } from '../../../src/sdp/sdp-error.ts';
import { clients, local, offerOf } from '../../sdp/offers.ts';
import { mutatedLines } from '../mutated-lines.ts';
import { bounded, type FuzzTarget } from '../target.ts';

export const offerCorpus = clients.map(offerOf);

const OPUS = { name: 'opus', clockRate: 48_000, fmtp: '' } as const;
const FRAGMENT = [
  'a=ice-ufrag:theirs',
  'a=ice-pwd:theirPasswordOf22Chars',
  'm=audio 9 RTP/AVP 0',
  'a=mid:0',
  'a=candidate:1 1 udp 2122194687 192.0.2.2 39425 typ host',
  'a=end-of-candidates',
].join('\r\n');

/** Answers as both endpoints would. What is accepted must be whole, and must not let a line of the client's through. */
export const answersOffer = bounded((text: string) => {
  let random = 7;
  for (const answer of [
    () => answerPublish(parseOffer(text), local),
    () => answerPlay(parseOffer(text), local, [{ kind: 'audio', codec: OPUS }], () => random++),
  ]) {
    onlySdpErrors(() => {
      const { plan, answer: sdp } = answer();
      assert(plan.tracks.length > 0 && plan.peer.fingerprints.length > 0);
      assert(plan.tracks.every(({ payloads }) => payloads.length > 0));
      for (const line of sdp.trimEnd().split('\r\n')) assert.match(line, /^[vostcma]=[\x20-\x7e]+$/);
      assert.deepEqual(structuredClone(plan), plan);
    });
  }
});

export const takesFragment = bounded((text: string) =>
  onlySdpErrors(() => {
    const { ufrag, pwd } = parseFragment(text);
    assert.equal(ufrag === undefined, pwd === undefined);
  }),
);

function onlySdpErrors(act: () => void): void {
  try {
    act();
  } catch (error) {
    if (!(error instanceof SdpError)) throw error;
  }
}

const sections = offerCorpus.flatMap((text) => text.split(/(?=^m=)/m));
const patchwork = fc.array(fc.constantFrom(...sections), { maxLength: 6 }).map((chosen) => `v=0\r\n${chosen.join('')}`);
const byChance = fc.uint8Array({ maxLength: 2000 }).map((bytes) => `v=0\r\n${Buffer.from(bytes).toString('latin1')}`);

export const sdpTargets: readonly FuzzTarget[] = [
  {
    name: 'offers',
    property: fc.property(
      fc.oneof({ arbitrary: mutatedLines(offerCorpus), weight: 4 }, patchwork, byChance),
      answersOffer,
    ),
    runsASecond: 1000,
  },
  {
    name: 'fragments',
    property: fc.property(fc.oneof(mutatedLines([FRAGMENT]), mutatedLines(offerCorpus)), takesFragment),
    runsASecond: 2000,
  },
];

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseFragment } from '../../../src/sdp/fragment.ts';
import { parseOffer } from '../../../src/sdp/offer.ts';
import { answerPlay } from '../../../src/sdp/play-answer.ts';
import { acceptAnswer, offerPlay } from '../../../src/sdp/play-offer.ts';
import { answerPublish } from '../../../src/sdp/publish-answer.ts';
import { SdpError, type SdpErrorCode } from '../../../src/sdp/sdp-error.ts';
import { answerTo } from '../../interop/conformance/sdp.ts';
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

const ourOffer = offerPlay(local, [{ kind: 'audio', codec: OPUS }], () => 7);

/** What a viewer answers to our offer can make less of it, and nothing else. */
export const takesAnswer = bounded((text: string) =>
  onlySdpErrors(() => {
    const { plan } = acceptAnswer(text, ourOffer, local.ice, [{ kind: 'audio', codec: OPUS }]);
    assert(plan.tracks.length > 0 && plan.peer.fingerprints.length > 0);
    for (const { mid, ssrc, payloads } of plan.tracks) {
      assert.equal(ssrc, ourOffer.tracks.find((track) => track.mid === mid)?.ssrc);
      assert(payloads.length > 0);
    }
    assert.deepEqual(structuredClone(plan), plan);
  }, ['bad_answer', 'codec_not_offered']),
);

export const takesFragment = bounded((text: string) =>
  onlySdpErrors(() => {
    const { ufrag, pwd } = parseFragment(text);
    assert.equal(ufrag === undefined, pwd === undefined);
  }),
);

function onlySdpErrors(act: () => void, codes?: readonly SdpErrorCode[]): void {
  try {
    act();
  } catch (error) {
    if (!(error instanceof SdpError) || codes?.includes(error.code) === false) throw error;
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
    name: 'answers to our offer',
    property: fc.property(fc.oneof(mutatedLines([answerTo(ourOffer.text)]), mutatedLines(offerCorpus)), takesAnswer),
    runsASecond: 1000,
  },
  {
    name: 'fragments',
    property: fc.property(fc.oneof(mutatedLines([FRAGMENT]), mutatedLines(offerCorpus)), takesFragment),
    runsASecond: 2000,
  },
];

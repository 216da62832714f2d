import assert from 'node:assert/strict';
import fc from 'fast-check';
import { inspectPayload, inspectSize } from '../../../src/media/codecs/inspect.ts';
import { vp8Ids } from '../../../src/media/codecs/vp8.ts';
import { RtpHeader } from '../../../src/media/rtp-header.ts';
import { readTransportCc } from '../../../src/media/transport-cc-feedback.ts';
import { writeTransportCc } from '../../../src/media/transport-cc-packet.ts';
import { endpointFromText } from '../../../src/transport/endpoint.ts';
import { FrameReader } from '../../../src/transport/frame-reader.ts';
import { IceLite, usernameUfrag } from '../../../src/transport/ice-lite.ts';
import { readRtcp } from '../../../src/transport/rtcp.ts';
import * as rtcp from '../../../src/transport/rtcp-write.ts';
import { writeBindingError, writeBindingRequest, writeBindingSuccess } from '../../../src/transport/stun-write.ts';
import { realPackets } from '../../media/packets.ts';
import { stunBytes } from '../../transport/stun-bytes.ts';
import { mutatedBytes } from '../mutated-bytes.ts';
import { bounded, type FuzzTarget } from '../target.ts';

const VIDEO_CODECS = ['h264', 'vp8', 'vp9', 'av1'] as const;
const MAX_SIDE = 16_384;
const MAX_FRAME = 1500;

const transactionId = new Uint8Array(12).fill(7);
const from = endpointFromText('192.0.2.9', 40_000);
const local = { ufrag: 'ours', pwd: 'ourOwnPasswordOf24Chars+' };
const remote = { ufrag: 'theirs', pwd: 'theirPasswordOf22Chars' };
const check = {
  transactionId,
  username: 'ours:theirs',
  password: local.pwd,
  priority: 0x6e0001ff,
  controlling: 99n,
};
export const stunCorpus = [
  writeBindingRequest({ ...check, useCandidate: true }),
  writeBindingRequest({ ...check, useCandidate: false }),
  writeBindingSuccess({ transactionId, endpoint: from, password: local.pwd }),
  writeBindingError({ transactionId, code: 420, reason: 'Unknown', unknown: [0x77, 0x78], password: local.pwd }),
];

/** Attributes of any kind and length, sealed as a peer would: what is behind the proofs. */
const sealedCheck = fc
  .record({
    attributes: fc.array(
      fc.tuple(
        fc.constantFrom(1, 6, 9, 0x20, 0x24, 0x25, 0x8028, 0x8029, 0x802a, 0x77),
        fc.uint8Array({ maxLength: 24 }),
      ),
      { maxLength: 8 },
    ),
    isNamed: fc.boolean(),
  })
  .map(({ attributes, isNamed }) => {
    const name = [6, Buffer.from(check.username)] as const;
    return stunBytes({ attributes: isNamed ? [name, ...attributes] : attributes, password: local.pwd });
  });

const takesCheck = bounded((bytes: Uint8Array) => {
  const ice = new IceLite({ local, remote, nowMs: 0 });
  usernameUfrag(bytes);
  const { isProven, response } = ice.handle(bytes, from, 1);
  // What is not answered reflects nothing; what is answered is not much longer than what was asked.
  if (!isProven) assert.equal(ice.selected, undefined);
  assert((response?.length ?? 0) <= bytes.length + 100);
});

const report = {
  ssrc: 2222,
  fractionLost: 12,
  cumulativeLost: 400,
  highestSeq: 70_000,
  jitter: 90,
  lastSr: 0x89abcdef,
  delaySinceLastSr: 65_536,
};
const sender = { ntpHigh: 0xee000000, ntpLow: 1, rtpTimestamp: 90_000, packetCount: 30, octetCount: 30_000 };
const deltas = Array.from({ length: 40 }, (_, index) => (index % 7 === 3 ? undefined : (index * 37) % 600));
export const rtcpCorpus = [
  rtcp.compound([rtcp.writeSenderReport({ ssrc: 2222, ...sender, reports: [report] }), rtcp.writeSdes(2222, 'a name')]),
  rtcp.compound([rtcp.writeReceiverReport(5, [report, report]), rtcp.writeNack(5, 2222, [1, 2, 17, 40, 65_535])]),
  rtcp.compound([rtcp.writePli(5, 2222), rtcp.writeFir(5, 2222, 3), rtcp.writeRemb(5, 2_500_000, [2222, 1111])]),
  rtcp.compound([rtcp.writeReferenceTime(5, { high: 7, low: 9 }), rtcp.writeBye([2222, 1111])]),
  rtcp.writeDelaySinceReference(5, { ssrc: 2222, ntpMiddle: 8 }),
  writeTransportCc({ senderSsrc: 5, mediaSsrc: 2222, baseSeq: 65_530, referenceTime: 77, feedbackCount: 255, deltas }),
];

const readsRtcp = bounded((bytes: Uint8Array) => {
  const items = readRtcp(bytes);
  assert(items.length <= 64);
  for (const item of items) assert.equal(typeof item.type, 'string');
  readTransportCc(bytes);
});

/** Whole RTP packets around real payloads, with extensions of every kind before them. */
const rtpPackets = VIDEO_CODECS.flatMap((codec) => realPackets(codec).slice(0, 6)).map(({ bytes, start, end }) =>
  Buffer.concat([
    Buffer.from('b0e0000100000bb8000008ae bede0002 10aa 2101 02 3003 00 00'.replaceAll(' ', ''), 'hex'),
    bytes.subarray(start, end),
  ]),
);
const header = new RtpHeader();
const readsRtp = bounded(([bytes, id]: [Uint8Array, number]) => {
  if (!header.read(bytes, 0, bytes.length)) return;
  assert(header.headerLength <= bytes.length);
  const found = header.extension(id);
  if (found) assert(found.byteOffset + found.length <= bytes.byteOffset + header.headerLength);
});

/** Looks at a payload as it stands in a larger buffer full of ones or zeros, where reading past its end would tell. */
const inspects = bounded(([codec, payload]: [(typeof VIDEO_CODECS)[number], Uint8Array]) => {
  const seen = [0x00, 0xff].map((filler) => {
    const bytes = new Uint8Array(payload.length + 64).fill(filler);
    bytes.set(payload, 32);
    const [start, end] = [32, 32 + payload.length];
    const size = inspectSize(codec, bytes, start, end);
    if (size) assert(Math.max(size.width, size.height) <= MAX_SIDE);
    const ids = codec === 'vp8' ? vp8Ids(bytes, start, end) : undefined;
    return { facts: inspectPayload(codec, bytes, start, end), size, ids };
  });
  assert.deepEqual(seen[0], seen[1]);
});
const payloads = VIDEO_CODECS.map((codec) => {
  const corpus = realPackets(codec).map(({ bytes, start, end }) => bytes.subarray(start, end));
  return fc.tuple(fc.constant(codec), mutatedBytes(corpus));
});

const readsFrames = bounded((chunks: readonly Uint8Array[]) => {
  const reader = new FrameReader({ maxBytes: MAX_FRAME });
  for (const chunk of chunks) {
    reader.add(chunk);
    for (let frame = reader.next(); frame; frame = reader.next()) {
      assert(frame.length > 0 && frame.length <= MAX_FRAME);
    }
  }
});
const framed = stunCorpus.map((packet) => Uint8Array.of(packet.length >> 8, packet.length & 0xff, ...packet));

export const packetTargets: readonly FuzzTarget[] = [
  {
    name: 'stun',
    property: fc.property(fc.oneof(mutatedBytes(stunCorpus), sealedCheck), takesCheck),
    runsASecond: 10_000,
  },
  { name: 'rtcp', property: fc.property(mutatedBytes(rtcpCorpus), readsRtcp), runsASecond: 20_000 },
  {
    name: 'rtp',
    property: fc.property(fc.tuple(mutatedBytes(rtpPackets), fc.nat(255)), readsRtp),
    runsASecond: 20_000,
  },
  { name: 'payloads', property: fc.property(fc.oneof(...payloads), inspects), runsASecond: 8000 },
  {
    name: 'tcp frames',
    property: fc.property(fc.array(mutatedBytes(framed, { maxLength: 3000 }), { maxLength: 20 }), readsFrames),
    runsASecond: 4000,
  },
];

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  GenericNack,
  PictureLossIndication,
  ReceiverEstimatedMaxBitrate,
  RtcpPacketConverter,
  RtcpPayloadSpecificFeedback,
  RtcpReceiverInfo,
  RtcpRrPacket,
  RtcpSenderInfo,
  RtcpSourceDescriptionPacket,
  RtcpSrPacket,
  RtcpTransportLayerFeedback,
} from 'werift';
import { ntpFromMs, ntpMiddle, roundTripMs } from '../../src/transport/ntp.ts';
import { type ReceptionReport, type RtcpItem, readRtcp } from '../../src/transport/rtcp.ts';
import {
  compound,
  writeBye,
  writeDelaySinceReference,
  writeFir,
  writeNack,
  writePli,
  writeReceiverReport,
  writeReferenceTime,
  writeRemb,
  writeSdes,
  writeSenderReport,
} from '../../src/transport/rtcp-write.ts';

const hex = (text: string) => Buffer.from(text.replace(/\s/g, ''), 'hex');

const report: ReceptionReport = {
  ssrc: 0xfeed0001,
  fractionLost: 51,
  cumulativeLost: 7,
  highestSeq: 0x0001fffe,
  jitter: 90,
  lastSr: 0x89abcdef,
  delaySinceLastSr: 65_536,
};
const senderReport = {
  ssrc: 0xcafe0001,
  ntpHigh: 0xee000000,
  ntpLow: 0x80000000,
  rtpTimestamp: 0xffffffff,
  packetCount: 3,
  octetCount: 4_000_000_000,
  reports: [report],
};
const theirReport = new RtcpReceiverInfo({
  ssrc: report.ssrc,
  fractionLost: report.fractionLost,
  packetsLost: report.cumulativeLost,
  highestSequence: report.highestSeq,
  jitter: report.jitter,
  lsr: report.lastSr,
  dlsr: report.delaySinceLastSr,
});
const theirSenderInfo = new RtcpSenderInfo({
  ntpTimestamp: 0xee00000080000000n,
  rtpTimestamp: senderReport.rtpTimestamp,
  packetCount: senderReport.packetCount,
  octetCount: senderReport.octetCount,
});

describe('against another implementation', () => {
  test('a sender report', () => {
    const theirs = new RtcpSrPacket({ ssrc: senderReport.ssrc, senderInfo: theirSenderInfo, reports: [theirReport] });
    expect(Buffer.from(writeSenderReport(senderReport))).toEqual(theirs.serialize());
    expect(readRtcp(theirs.serialize())).toEqual([{ type: 'sender_report', ...senderReport }]);
  });

  test('a receiver report', () => {
    const theirs = new RtcpRrPacket({ ssrc: 5, reports: [theirReport, theirReport] });
    expect(Buffer.from(writeReceiverReport(5, [report, report]))).toEqual(theirs.serialize());
    expect(readRtcp(theirs.serialize())).toEqual([{ type: 'receiver_report', ssrc: 5, reports: [report, report] }]);
  });

  test('a NACK', () => {
    const seqs = [100, 101, 116, 117, 400];
    const theirs = new RtcpTransportLayerFeedback({
      feedback: new GenericNack({ senderSsrc: 1, mediaSourceSsrc: 2, lost: seqs }),
    });
    expect(Buffer.from(writeNack(1, 2, seqs))).toEqual(theirs.serialize());
    expect(readRtcp(theirs.serialize())).toEqual([{ type: 'nack', senderSsrc: 1, mediaSsrc: 2, seqs }]);
  });

  test('a PLI', () => {
    const theirs = new RtcpPayloadSpecificFeedback({
      feedback: new PictureLossIndication({ senderSsrc: 1, mediaSsrc: 2 }),
    });
    expect(Buffer.from(writePli(1, 2))).toEqual(theirs.serialize());
    expect(readRtcp(theirs.serialize())).toEqual([{ type: 'pli', mediaSsrc: 2 }]);
  });

  test('a REMB', () => {
    const [packet] = RtcpPacketConverter.deSerialize(Buffer.from(writeRemb(1, 2_500_000, [7, 8])));
    const feedback = packet instanceof RtcpPayloadSpecificFeedback ? packet.feedback : undefined;
    expect(feedback).toBeInstanceOf(ReceiverEstimatedMaxBitrate);
    // 18 bits of 2.5 million: four low bits are lost.
    expect(feedback).toMatchObject({ uniqueID: 'REMB', bitrate: 2_500_000n, ssrcFeedbacks: [7, 8] });
  });

  test('an SDES', () => {
    for (const cname of ['', 'a', 'ab', 'abc', 'abcd', 'é'.repeat(127)]) {
      const bytes = Buffer.from(writeSdes(0xcafe0001, cname));
      expect(bytes.length % 4).toBe(0);
      expect(bytes.at(-1), 'a chunk ends with a zero byte').toBe(0);
      const [packet] = RtcpPacketConverter.deSerialize(bytes);
      const [chunk] = packet instanceof RtcpSourceDescriptionPacket ? packet.chunks : [];
      expect(chunk).toMatchObject({ source: 0xcafe0001, items: [{ type: 1, text: cname }] });
    }
  });
});

describe('reading', () => {
  test('a compound packet gives its parts in order, and passes over what it does not know', () => {
    const bytes = compound([
      writeReceiverReport(1, [report]),
      writeSdes(1, 'someone'),
      hex('80cf0002 00000001 04000000'), // XR, empty
      writePli(1, 2),
      writeFir(1, 3, 9),
      writeRemb(1, 500_000, [4]),
      writeBye([1, 5]),
    ]);
    expect(readRtcp(bytes)).toEqual([
      { type: 'receiver_report', ssrc: 1, reports: [report] },
      { type: 'pli', mediaSsrc: 2 },
      { type: 'fir', mediaSsrcs: [3] },
      { type: 'remb', bitrateBps: 500_000, ssrcs: [4] },
      { type: 'bye', ssrcs: [1, 5] },
    ]);
  });

  test('a FIR is as RFC 5104 draws it', () => {
    expect(Buffer.from(writeFir(0x11111111, 0x22222222, 258))).toEqual(
      hex('84ce0004 11111111 00000000 22222222 02000000'),
    );
  });

  test('cumulative loss is signed', () => {
    const bytes = writeReceiverReport(1, [{ ...report, cumulativeLost: -3 }]);
    expect(readRtcp(bytes)).toMatchObject([{ reports: [{ cumulativeLost: -3, fractionLost: 51 }] }]);
  });

  test('transport-cc feedback is handed on from its base sequence number', () => {
    const bytes = hex('8fcd0005 00000001 00000002 12340001 00000100 20010a00');
    expect(readRtcp(bytes)).toEqual([
      { type: 'transport_cc', mediaSsrc: 2, raw: new Uint8Array(hex('12340001 00000100 20010a00')) },
    ]);
  });

  test('a reference time is found among other blocks of an extended report, as RFC 3611 draws it', () => {
    const bytes = hex('80cf0007 00000001 04000000 05000001 00000000 04000002 e1112222 3333f444');
    expect(readRtcp(bytes)).toEqual([{ type: 'reference_time', ssrc: 1, ntpMiddle: 0x22223333 }]);
    expect(readRtcp(hex('80cf0003 00000001 04000002 e1112222'))).toEqual([]);
  });

  test('our reference time is given back as what was heard of it', () => {
    const asked = writeReferenceTime(7, { high: 0x1111_2222, low: 0x3333_4444 });
    expect(readRtcp(asked)).toEqual([{ type: 'reference_time', ssrc: 7, ntpMiddle: 0x2222_3333 }]);
    const heard = writeDelaySinceReference(9, { ssrc: 7, ntpMiddle: 0x2222_3333 });
    const times = [{ ssrc: 7, ntpMiddle: 0x2222_3333, delay: 0 }];
    expect(readRtcp(heard)).toEqual([{ type: 'reference_heard', times }]);
    expect(readRtcp(heard.subarray(0, -4))).toEqual([]);
  });

  test('the answer to a reference time is as RFC 3611 draws it', () => {
    const bytes = writeDelaySinceReference(0xcafe0001, { ssrc: 1, ntpMiddle: 0x22223333 });
    expect(Buffer.from(bytes)).toEqual(hex('80cf0005 cafe0001 05000003 00000001 22223333 00000000'));
  });

  test('padding is no content', () => {
    const bytes = hex('a1cd0005 00000001 00000002 00050000 00000000 00000008');
    bytes.fill(0xff, 16, 23);
    bytes[23] = 8;
    expect(readRtcp(bytes)).toEqual([{ type: 'nack', senderSsrc: 1, mediaSsrc: 2, seqs: [5] }]);
  });

  test.each([
    ['another version', hex('40c90001 00000001')],
    ['a length beyond the end', hex('80c90020 00000001')],
    ['a trailing half header', hex('80c9')],
    ['padding longer than the packet', hex('a0c90001 000000ff')],
    ['padding of nothing', hex('a0c90001 00000000')],
    ['fewer reports than counted', hex('81c90001 00000001')],
    ['a sender report without sender', hex('80c80001 00000001')],
    ['fewer sources than counted', hex('82cb0001 00000001')],
    ['a NACK without media source', hex('81cd0001 00000001')],
    ['a PLI without media source', hex('81ce0001 00000001')],
    ['a REMB with fewer sources than counted', hex('8fce0004 00000001 00000000 52454d42 01000001')],
    ['transport-cc feedback without its header', hex('8fcd0003 00000001 00000002 00010001')],
  ])('%s ends the reading and keeps what came before', (_, bytes) => {
    expect(readRtcp(Buffer.concat([writePli(1, 2), bytes, writePli(1, 3)]))).toEqual([{ type: 'pli', mediaSsrc: 2 }]);
  });

  test('an application message that is no REMB is passed over', () => {
    const bytes = hex('8fce0004 00000001 00000000 58585858 01000001');
    expect(readRtcp(Buffer.concat([bytes, writePli(1, 3)]))).toEqual([{ type: 'pli', mediaSsrc: 3 }]);
  });

  test('items, NACKed packets and FIR entries are bounded', () => {
    expect(readRtcp(Buffer.concat(Array.from({ length: 1000 }, () => writePli(1, 2))))).toHaveLength(64);
    const nack = hex('81cd3fff 00000001 00000002');
    const [item] = readRtcp(Buffer.concat([nack, Buffer.alloc(4 * 0x3ffd, 0xff)]));
    expect(item?.type === 'nack' && item.seqs.length).toBeLessThanOrEqual(1024 + 16);
    const fir = hex('84ce3fff 00000001 00000000');
    const [request] = readRtcp(Buffer.concat([fir, Buffer.alloc(4 * 0x3ffd, 1)]));
    expect(request?.type === 'fir' && request.mediaSsrcs.length).toBe(64);
  });

  test('no bytes make it throw', () => {
    const header = fc
      .tuple(fc.nat(0xff), fc.constantFrom(200, 201, 202, 203, 204, 205, 206, 207), fc.nat(12))
      .map(([first, type, words]) => Buffer.from([0x80 | (first & 0x3f), type, 0, words]));
    const part = fc.tuple(header, fc.uint8Array({ maxLength: 52 })).map((parts) => Buffer.concat(parts));
    const shaped = fc.array(part, { maxLength: 6 }).map((parts) => Buffer.concat(parts));
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), shaped), (bytes) => {
        for (const item of readRtcp(bytes)) expect(item.type).toBeTypeOf('string');
      }),
      { numRuns: 3000 },
    );
  });
});

describe('writing', () => {
  test.each([0, 127, 32_767, 65_535])('a NACK of packets around %i reads back', (seq) => {
    const seqs = [0, 1, 2, 16, 17, 40].map((distance) => (seq + distance) & 0xffff);
    const bytes = writeNack(1, 2, seqs);
    expect(bytes).toHaveLength(12 + 3 * 4);
    expect(readRtcp(bytes)).toMatchObject([{ seqs }]);
  });

  test('a NACK across the wrap is as short as any other', () => {
    expect(writeNack(1, 2, [65_535, 0, 15])).toHaveLength(16);
  });

  test('any sequence numbers NACKed in any order read back, each once where it can be', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(65_535), { minLength: 1, maxLength: 60 }), (seqs) => {
        const [item] = readRtcp(writeNack(1, 2, seqs));
        expect(new Set(item?.type === 'nack' ? item.seqs : [])).toEqual(new Set(seqs));
      }),
    );
  });

  test.each([0, 1, 262_143, 262_144, 1_000_001, 10_000_000_000])(
    'a REMB of %i bit/s loses less than 1 in 100,000',
    (rate) => {
      const [item] = readRtcp(writeRemb(1, rate, []));
      const read = item?.type === 'remb' ? item.bitrateBps : Number.NaN;
      expect(read).toBeLessThanOrEqual(rate);
      expect(rate - read).toBeLessThanOrEqual(rate / 100_000);
    },
  );

  test('every kind of item that is written reads back', () => {
    const ssrc = fc.nat(0xffffffff);
    const word = fc.nat(0xffffffff);
    const reports = fc.array(
      fc.record({
        ssrc,
        fractionLost: fc.nat(255),
        cumulativeLost: fc.integer({ min: -(2 ** 23), max: 2 ** 23 - 1 }),
        highestSeq: word,
        jitter: word,
        lastSr: word,
        delaySinceLastSr: word,
      }),
      { maxLength: 31 },
    );
    const sender = fc.record({
      ssrc,
      ntpHigh: word,
      ntpLow: word,
      rtpTimestamp: word,
      packetCount: word,
      octetCount: word,
      reports,
    });
    const written = fc.oneof(
      sender.map((value): [Uint8Array, RtcpItem] => [writeSenderReport(value), { type: 'sender_report', ...value }]),
      fc
        .tuple(ssrc, reports)
        .map(([from, list]): [Uint8Array, RtcpItem] => [
          writeReceiverReport(from, list),
          { type: 'receiver_report', ssrc: from, reports: list },
        ]),
      fc
        .array(ssrc, { maxLength: 31 })
        .map((ssrcs): [Uint8Array, RtcpItem] => [writeBye(ssrcs), { type: 'bye', ssrcs }]),
    );
    fc.assert(
      fc.property(fc.array(written, { maxLength: 5 }), (pairs) => {
        expect(readRtcp(compound(pairs.map(([bytes]) => bytes)))).toEqual(pairs.map(([, item]) => item));
      }),
    );
  });

  test('more blocks than five bits count, or a longer name than a byte counts, are a mistake of the caller', () => {
    expect(() =>
      writeReceiverReport(
        1,
        Array.from({ length: 32 }, () => report),
      ),
    ).toThrow(RangeError);
    expect(() => writeSdes(1, 'x'.repeat(256))).toThrow(RangeError);
  });
});

describe('NTP time', () => {
  test.each([
    ['1970-01-01T00:00:00.000Z', 0x83aa7e80, 0],
    ['2026-11-21T10:00:00.500Z', 0xeeabea20, 0x80000000],
    ['2036-02-07T06:28:15.250Z', 0xffffffff, 0x40000000],
    ['2036-02-07T06:28:16.000Z', 0, 0],
    ['2040-01-01T00:00:00.000Z', 0x0754fd00, 0],
  ])('%s as two words', (text, high, low) => {
    expect(ntpFromMs(Date.parse(text))).toEqual({ high, low });
  });

  test('fractions of a millisecond survive', () => {
    expect(ntpFromMs(1_795_000_000_123.625).low / 2 ** 32).toBeCloseTo(0.123625, 6);
  });

  test('the round trip is now less the report, less the time the reporter held it', () => {
    const sent = Date.parse('2026-11-21T10:00:00.000Z');
    const lastSr = ntpMiddle(ntpFromMs(sent));
    const delaySinceLastSr = 0.25 * 65_536;
    expect(roundTripMs(ntpFromMs(sent + 290), { lastSr, delaySinceLastSr })).toBeCloseTo(40, 1);
  });

  test('the round trip is right when the middle bits wrap in between', () => {
    const now = { high: 0x00010000, low: 0x40000000 };
    expect(roundTripMs(now, { lastSr: 0xffffc000, delaySinceLastSr: 0x4000 })).toBeCloseTo(250, 3);
  });

  test('a report that holds no time gives no round trip, one that was held too long gives none below zero', () => {
    const now = ntpFromMs(Date.parse('2026-11-21T10:00:00.000Z'));
    expect(roundTripMs(now, { lastSr: 0, delaySinceLastSr: 0 })).toBeUndefined();
    expect(roundTripMs(now, { lastSr: ntpMiddle(now), delaySinceLastSr: 1000 })).toBe(0);
  });
});

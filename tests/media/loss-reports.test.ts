import { beforeEach, describe, expect, test } from 'vitest';
import { LossReports } from '#src/media/loss-reports.ts';
import { TransportCcRecorder } from '#src/media/transport-cc.ts';
import { sequenceStarts } from './packets.ts';

const rtcpHeader = 12;

describe.each(sequenceStarts)('losses by feedback, from transport-wide number %i', (start) => {
  let reports: LossReports;
  let recorder: TransportCcRecorder;
  let wide: number;
  let nowMs: number;

  beforeEach(() => {
    [reports, recorder] = [new LossReports(), new TransportCcRecorder({ senderSsrc: 1, mediaSsrc: 2 })];
    [wide, nowMs] = [start, 0];
  });

  /** Sends these numbers of the viewer's stream; those of `lost` never come. */
  function send(outSeqs: readonly number[], lost: readonly number[] = []): void {
    for (const outSeq of outSeqs) {
      reports.sent(wide & 0xffff, outSeq);
      if (!lost.includes(outSeq)) recorder.received(wide & 0xffff, nowMs);
      wide += 1;
    }
  }

  function lost(): readonly number[] {
    nowMs += 100;
    const feedback = recorder.feedback(nowMs);
    return feedback ? reports.lost(feedback.subarray(rtcpHeader)) : [];
  }

  test('are the packets that did not come', () => {
    send([65_534, 65_535, 65_536, 65_537, 65_538], [65_535, 65_537]);
    expect(lost()).toEqual([65_535, 1]);
    send([65_539, 65_540]);
    expect(lost()).toEqual([]);
  });

  test('are not those that were sent again since', () => {
    send([100, 101, 102], [101]);
    reports.sent((wide + 1) & 0xffff, 101);
    expect(lost()).toEqual([]);
  });

  test('are those whose copies were all lost, and not those of which one came', () => {
    send([100, 101, 102, 103], [101, 102]);
    expect(lost()).toEqual([101, 102]);
    send([101, 101], [101]);
    reports.sent(wide & 0xffff, 102);
    recorder.received(wide & 0xffff, nowMs);
    wide += 1;
    send([102], [102]);
    send([104]);
    expect(lost()).toEqual([101]);
  });

  test('are none after malformed feedback, nor of what was never sent', () => {
    send([100, 101, 102], [101]);
    expect(reports.lost(new Uint8Array(3))).toEqual([]);
    recorder.received((wide + 500) & 0xffff, nowMs);
    expect(lost()).toEqual([101]);
  });
});

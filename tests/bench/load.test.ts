import { expect, test } from 'vitest';
import { ArrivalFeedback } from '../../bench/load/arrival-feedback.ts';
import { threadCpuUs } from '../../bench/load/clock.ts';
import { Turns } from '../../bench/load/turns.ts';
import { SentTrack } from '../../bench/publish/sent-track.ts';
import { RtpHeader } from '../../src/media/rtp-header.ts';
import { readTransportCc } from '../../src/media/transport-cc-feedback.ts';

const FEEDBACK_HEADER = 12;

function read(packet: Uint8Array | undefined) {
  return packet && readTransportCc(packet.subarray(FEEDBACK_HEADER));
}

test.each([0, 127, 32_767, 65_535])(
  'a viewer tells when packets from number %i on came, and which did not',
  (first) => {
    const feedback = new ArrivalFeedback(7);
    const startUs = 1_000_000_000_000;
    feedback.received(first, startUs);
    feedback.received((first + 1) & 0xffff, startUs + 500);
    feedback.received((first + 3) & 0xffff, startUs + 90_000);
    const told = read(feedback.take(9));
    expect(told?.baseSeq).toBe(first);
    const [begin = 0, ...rest] = told?.arrivalsMs ?? [];
    expect(rest.map((ms) => ms && ms - begin)).toEqual([0.5, undefined, 90]);
  },
);

test('a viewer tells each arrival once, and nothing when nothing came', () => {
  const feedback = new ArrivalFeedback(7);
  expect(feedback.take(9)).toBeUndefined();
  feedback.received(5, 1000);
  expect(read(feedback.take(9))?.baseSeq).toBe(5);
  expect(feedback.take(9)).toBeUndefined();
  feedback.received(6, 2000);
  feedback.received(5, 2100);
  expect(read(feedback.take(9))).toMatchObject({ baseSeq: 6, arrivalsMs: [expect.any(Number)] });
});

test('everybody gets a turn once in the time that was set, and no two at the same moment where there is room', () => {
  const turns = new Turns(1000, 0);
  const seen = new Map<number, number>();
  for (let nowMs = 2; nowMs <= 2000; nowMs += 2) {
    const due = [...turns.due(50, nowMs)];
    expect(due.length).toBeLessThanOrEqual(1);
    for (const place of due) seen.set(place, (seen.get(place) ?? 0) + 1);
  }
  expect(seen.size).toBe(50);
  expect([...seen.values()].every((count) => count === 2)).toBe(true);
  expect([...turns.due(0, 3000)]).toEqual([]);
});

test('turns come at their pace however unevenly the clock is looked at', () => {
  const turns = new Turns(100, 0);
  let count = 0;
  for (let nowMs = 0; nowMs <= 10_000; nowMs += 1.3) count += [...turns.due(50, nowMs)].length;
  expect(count).toBeGreaterThanOrEqual(4_998);
  expect(count).toBeLessThanOrEqual(5_000);
});

test.each([false, true])(
  'the header of a published packet reads as it was meant, with names of a layer: %s',
  (isLayer) => {
    const names = { midId: 1, mid: '1', ridId: 2, rid: '2' };
    const track = new SentTrack({ ssrc: 0x8000_0001, payloadType: 96, ...(isLayer && { names }) });
    track.timestamp = 2 ** 32 + 5;
    const bytes = new Uint8Array(track.headerBytes);
    track.writeHeader(new DataView(bytes.buffer), 0, true);
    const header = new RtpHeader();
    expect(header.read(bytes, 0, bytes.length)).toBe(true);
    expect(header).toMatchObject({ ssrc: 0x8000_0001, payloadType: 96, marker: true, timestamp: 5, seq: track.seq });
    expect(header.headerLength).toBe(track.headerBytes);
    const letter = (id: number) => header.extension(id)?.toString();
    expect([letter(1), letter(2)]).toEqual(isLayer ? ['49', '50'] : [undefined, undefined]);
  },
);

test('the CPU time of a thread is known to the moment, not to the last tick', () => {
  const beforeUs = threadCpuUs();
  let nowUs = beforeUs;
  while (nowUs === beforeUs) nowUs = threadCpuUs();
  expect(nowUs - beforeUs).toBeLessThan(1000);
});

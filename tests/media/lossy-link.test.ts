import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PacketInput } from '#src/media/layer.ts';
import { Rewriter } from '#src/media/rewriter.ts';
import { h264Payload, input, makeLayer, payloadOf, sequenceStarts } from './packets.ts';

const count = 600;
const stepMs = 2;
const roundTripMs = 30;
const maxDelayMs = 12;

/**
 * One draw for each packet of the link: what becomes of it on its first way, and of each answer to a NACK. Without
 * fast-check's liking for extremes, which makes a loss of 10 % one of 40 %: there a second of asking is not enough.
 */
const fates = fc.infiniteStream(
  fc.noBias(fc.record({ loss: fc.nat(99), delayMs: fc.nat(maxDelayMs), isDoubled: fc.nat(19) })),
);

describe.each(sequenceStarts)('a publisher on a link with loss, reordering and duplicates, from %i', (start) => {
  test('reaches the viewer whole, each packet once under its own number', () => {
    fc.assert(
      fc.property(fates, (stream) => {
        const layer = makeLayer();
        const rewriter = new Rewriter({ clockRate: 90_000, firstSeq: 32_000 });
        const onTheWay: { atMs: number; packet: PacketInput }[] = [];
        const received = new Map<number, Uint8Array>();

        const send = (index: number, nowMs: number, isRtx: boolean) => {
          const fate = stream.next().value;
          // What was lost before the first one to arrive is not missed by anybody, and nothing tells of the last one.
          const mayBeLost = index * stepMs >= maxDelayMs && index < count - 1;
          if (fate === undefined || (fate.loss < 10 && mayBeLost)) return;
          const kind = index % 100 === 0 ? 'sps' : 'other slice';
          const packet = input(start + index, { timestamp: index * 900, payload: h264Payload(kind, index), isRtx });
          onTheWay.push({ atMs: nowMs + fate.delayMs, packet });
          if (fate.isDoubled === 0) onTheWay.push({ atMs: nowMs + fate.delayMs + 5, packet });
        };

        const arrive = (nowMs: number) => {
          const due = onTheWay.filter(({ atMs }) => atMs <= nowMs).sort((one, two) => one.atMs - two.atMs);
          for (const arrival of due) {
            onTheWay.splice(onTheWay.indexOf(arrival), 1);
            const packet = layer.push(arrival.packet, nowMs);
            if (packet === undefined) continue;
            if (received.size === 0) rewriter.switchTo(packet);
            const seq = rewriter.seqOf(packet);
            expect(received.has(seq)).toBe(false);
            received.set(seq, payloadOf(packet).slice());
            rewriter.sent(packet);
          }
        };

        for (let nowMs = 0; nowMs < count * stepMs + 1000; nowMs++) {
          if (nowMs % stepMs === 0 && nowMs < count * stepMs) send(nowMs / stepMs, nowMs, false);
          arrive(nowMs);
          for (const seq of layer.nacks.due(nowMs)) send((seq - start) & 0xffff, nowMs + roundTripMs, true);
        }

        const seqs = [...received.keys()].sort((one, two) => one - two);
        expect(seqs.length).toBe(count);
        expect((seqs.at(-1) ?? 0) - (seqs[0] ?? 0)).toBe(count - 1);
        for (const [i, seq] of seqs.entries()) {
          const kind = i % 100 === 0 ? 'sps' : 'other slice';
          expect(received.get(seq)).toEqual(h264Payload(kind, i));
        }
        expect(layer.stats(0)).toMatchObject({ packets: count, lost: 0 });
        expect(layer.epoch).toBe(0);
      }),
      { numRuns: 4 },
    );
  });
});

import type { Layer } from '../media/layer.ts';
import type { OperatingPoint } from '../media/operating-point.ts';
import type { Packet } from '../media/packet.ts';
import { MAX_RUN_BYTES, MAX_RUN_SEGMENTS } from './datagram-writer.ts';

// With the transport-wide sequence number.
const MAX_RTP_HEADER = 20;
// Room for the longest protection.
const MAX_OVERHEAD = 20;

/** Neighbours that leave as one kernel message: all payloads `size` bytes long, the last one perhaps shorter. */
export interface Run {
  readonly from: number;
  readonly to: number;
  readonly size: number;
}

/**
 * Packets of one layer that go out together. They are cut into runs once, whoever they are sent to. Encoders split a
 * picture into parts that differ by a byte; the shorter ones are lengthened by a byte of padding to keep the run whole.
 */
export class PacketBatch {
  readonly layer: Layer;
  readonly packets: readonly Packet[];
  readonly lowestSeq: number;
  readonly highest: Packet | undefined;
  /** For viewers that may get a packet a second time under the same number: its bytes must not change then. */
  readonly unpadded: readonly Run[];
  readonly padded: readonly Run[];
  /** What of it the viewers of an operating point get, made for the first of them. */
  readonly #parts = new Map<OperatingPoint, PacketBatch>();

  constructor(layer: Layer, packets: readonly Packet[]) {
    this.layer = layer;
    this.packets = packets;
    this.lowestSeq = packets.reduce((lowest, { extSeq }) => Math.min(lowest, extSeq), Number.POSITIVE_INFINITY);
    this.highest = packets.reduce<Packet | undefined>(
      (highest, packet) => (highest && highest.extSeq > packet.extSeq ? highest : packet),
      undefined,
    );
    this.unpadded = planRuns(packets, 0);
    this.padded = planRuns(packets, 1);
  }

  /** Itself, where nothing is left out. */
  at(point: OperatingPoint): PacketBatch {
    if (point.isWhole) return this;
    const known = this.#parts.get(point);
    if (known) return known;
    const packets = this.packets.map((packet) => point.take(packet)).filter((packet) => packet !== undefined);
    const part = new PacketBatch(this.layer, packets);
    this.#parts.set(point, part);
    return part;
  }
}

function planRuns(packets: readonly Packet[], slack: number): Run[] {
  const runs: Run[] = [];
  for (let from = 0; from < packets.length; ) {
    const run = longestRun(packets, from, slack);
    runs.push(run);
    from = run.to;
  }
  return runs;
}

function longestRun(packets: readonly Packet[], from: number, slack: number): Run {
  let smallest = packets[from]?.length ?? 0;
  let size = smallest;
  let to = from + 1;
  for (; to < packets.length && to - from < MAX_RUN_SEGMENTS; to += 1) {
    const length = packets[to]?.length ?? 0;
    const isShorter = size - length > slack;
    const nextSize = Math.max(size, length);
    if (!isShorter && nextSize - smallest > slack) break;
    if ((to - from + 1) * (nextSize + MAX_RTP_HEADER + MAX_OVERHEAD) > MAX_RUN_BYTES) break;
    // Only the last one may be much shorter.
    if (isShorter) return { from, to: to + 1, size };
    size = nextSize;
    smallest = Math.min(smallest, length);
  }
  return { from, to, size };
}

import type { CodecName } from '../media/plan.ts';

/** One RTP packet of one layer, in any order. */
export interface RecordedPacket {
  /** Extended: ordinary numbers that only grow. */
  readonly extSeq: number;
  /** Counts sources: timestamps of different epochs have nothing to do with each other. */
  readonly epoch: number;
  readonly timestamp: number;
  readonly marker: boolean;
  readonly codec: CodecName;
  /** Without padding; empty for a packet of padding only. */
  readonly payload: Uint8Array;
  readonly arrivedMs: number;
}

/** A whole picture, or the sound of one packet, as it stood in the packets. */
export interface Frame {
  readonly codec: CodecName;
  readonly epoch: number;
  readonly timestamp: number;
  /** A decoder can start here. Every frame of sound. */
  readonly isKey: boolean;
  /** In the order they were sent. */
  readonly payloads: readonly Uint8Array[];
  /** When the last packet of it came. */
  readonly arrivedMs: number;
}

import type { Layer } from './layer.ts';
import type { LayerFacts } from './layer-facts.ts';
import type { CodecName } from './plan.ts';

/** Where a VP8 payload descriptor (RFC 7741) keeps what has to be rewritten when a viewer changes sources. */
export interface Vp8Ids {
  /** -1 when the packet has none. */
  readonly pictureId: number;
  /** Byte offset in the payload. */
  readonly pictureIdAt: number;
  readonly pictureIdBits: 7 | 15;
  /** -1 when the packet has none. */
  readonly tl0PicIdx: number;
  readonly tl0At: number;
}

/** One media packet, made once by `Layer.push` and read-only from then on. Its bytes live in the layer's cache. */
export interface Packet {
  /** Extended sequence number, unique and ordered over the whole life of the layer. */
  readonly extSeq: number;
  /** The layer's when it came. */
  readonly epoch: number;
  /** The publisher's, 32 bits. */
  readonly timestamp: number;
  readonly marker: boolean;
  readonly codec: CodecName;
  /** First packet of a picture a decoder can start from, its parameter sets included. Every audio packet. */
  readonly isGroupStart: boolean;
  readonly isFrameStart: boolean;
  readonly layer: Layer;
  /** Grows with every packet that is cached; tells whether the bytes are still there. */
  readonly position: number;
  /** Where the payload lies in `layer.cache.bytes`. */
  readonly offset: number;
  /** The same as the last payload of its picture: elsewhere where AV1's spatial layers are joined. */
  readonly endOffset: number;
  /** Payload bytes without RTP padding; 0 for a packet of padding only, which keeps the sequence whole. */
  readonly length: number;
  readonly arrivedMs: number;
  readonly vp8: Vp8Ids | undefined;
  /** `undefined`: no layers, so it belongs to all. */
  readonly layering: LayerFacts | undefined;
}

import type { Packet } from '../media/packet.ts';
import type { CodecName, PayloadPlan } from '../media/plan.ts';

/** The payload types that one viewer agreed to, by codec; of several for one codec the first. */
export class PayloadTypes {
  readonly byCodec: ReadonlyMap<CodecName, PayloadPlan>;
  readonly hasRtx: boolean;
  // Of the packet before: the codec changes once in a stream, if ever.
  #codec: CodecName | undefined;
  #payloadType = -1;

  constructor(payloads: readonly PayloadPlan[]) {
    const byCodec = new Map<CodecName, PayloadPlan>();
    for (const payload of payloads) if (!byCodec.has(payload.codec.name)) byCodec.set(payload.codec.name, payload);
    this.byCodec = byCodec;
    this.hasRtx = payloads.every(({ rtxPt }) => rtxPt !== undefined);
  }

  /** Of the packet asked about last. */
  get codec(): CodecName | undefined {
    return this.#codec;
  }

  /** -1 where the viewer did not agree to the codec. */
  of({ codec }: Packet): number {
    if (codec !== this.#codec) {
      this.#codec = codec;
      this.#payloadType = this.byCodec.get(codec)?.pt ?? -1;
    }
    return this.#payloadType;
  }
}

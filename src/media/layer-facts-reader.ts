import { vp8LayerFacts } from './codecs/vp8.ts';
import { vp9LayerFacts } from './codecs/vp9.ts';
import {
  type DependencyStructure,
  type FrameDependency,
  Indication,
  readDependencyDescriptor,
} from './dependency-descriptor.ts';
import type { LayerFacts } from './layer-facts.ts';
import type { CodecName } from './plan.ts';

/** Reads the facts of the packets of one source; remembers the structure that dependency descriptors refer to. */
export class LayerFactsReader {
  #structure: DependencyStructure | undefined;

  /** `undefined`: not layered, or not told. The payload is `bytes[start..end)`. */
  read(
    codec: CodecName,
    bytes: Uint8Array,
    start: number,
    end: number,
    descriptor: Uint8Array | undefined,
  ): LayerFacts | undefined {
    if (codec === 'vp8') return vp8LayerFacts(bytes, start, end);
    if (codec === 'vp9') return vp9LayerFacts(bytes, start, end);
    const frame = descriptor && readDependencyDescriptor(descriptor, this.#structure);
    if (!frame) return undefined;
    this.#structure = frame.structure;
    return frame.structure.decodeTargets.length > 1 ? factsOf(frame) : undefined;
  }

  reset(): void {
    this.#structure = undefined;
  }
}

function factsOf(frame: FrameDependency): LayerFacts {
  const { spatialId, temporalId, isFrameStart, isFrameEnd, indications, structure } = frame;
  let riseTo = temporalId;
  for (const [target, highest] of structure.decodeTargets.entries()) {
    if (indications[target] === Indication.switch) riseTo = Math.max(riseTo, highest.temporalId);
  }
  return { spatialId, temporalId, isLayerStart: isFrameStart, isLayerEnd: isFrameEnd, riseFrom: temporalId, riseTo };
}

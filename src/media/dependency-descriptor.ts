import { BitReader } from './codecs/bit-reader.ts';
import { type PictureSize, pictureSize } from './codecs/payload-facts.ts';

/** What a frame is to a decode target: not there, needed by no other frame, a place to begin, or needed. */
export const Indication = { absent: 0, discardable: 1, switch: 2, required: 3 } as const;

export interface LayerIds {
  readonly spatialId: number;
  readonly temporalId: number;
}

interface FrameTemplate extends LayerIds {
  /** An `Indication` for each decode target. */
  readonly indications: readonly number[];
}

/** How the frames of a stream hang together, as it was told with a keyframe; the descriptors after it refer to it. */
export interface DependencyStructure {
  /** The number of the first template. */
  readonly offset: number;
  readonly templates: readonly FrameTemplate[];
  /** The highest layers of each. */
  readonly decodeTargets: readonly LayerIds[];
  readonly chains: number;
  /** By spatial layer; empty where it was not told. */
  readonly sizes: readonly PictureSize[];
}

export interface FrameDependency extends LayerIds {
  readonly isFrameStart: boolean;
  readonly isFrameEnd: boolean;
  /** 16 bits. */
  readonly frameNumber: number;
  readonly indications: readonly number[];
  readonly structure: DependencyStructure;
  /** Bit i: decode target i is still being sent. Absent where this packet does not tell. */
  readonly activeTargets?: number;
}

const MANDATORY_BYTES = 3;
const TEMPLATE_NUMBERS = 64;
const MAX_SPATIAL_ID = 3;
const MAX_TEMPORAL_ID = 7;

/**
 * The dependency descriptor header extension ("RTP Payload Format For AV1", appendix A). `known`: the structure in
 * force; the descriptor may bring another. `undefined`: malformed, or of a structure that is not known.
 */
export function readDependencyDescriptor(
  bytes: Uint8Array,
  known: DependencyStructure | undefined,
): FrameDependency | undefined {
  if (bytes.length < MANDATORY_BYTES) return undefined;
  const reader = new BitReader(bytes, 0, bytes.length);
  const isFrameStart = reader.flag();
  const isFrameEnd = reader.flag();
  const templateNumber = reader.bits(6);
  const frameNumber = reader.bits(16);
  if (bytes.length === MANDATORY_BYTES) {
    const template = known && templateOf(known, templateNumber);
    return template && { ...template, isFrameStart, isFrameEnd, frameNumber, structure: known };
  }
  const hasStructure = reader.flag();
  const hasActiveTargets = reader.flag();
  const hasOwnIndications = reader.flag();
  // What follows of differences and chains is of no use to a forwarder, and nothing comes after it.
  reader.skip(2);
  const structure = hasStructure ? readStructure(reader) : known;
  const template = structure && templateOf(structure, templateNumber);
  if (!structure || !template) return undefined;
  const targets = structure.decodeTargets.length;
  const activeTargets = hasActiveTargets ? reader.bits(targets) : hasStructure ? 2 ** targets - 1 : undefined;
  const indications = hasOwnIndications ? readIndications(reader, targets) : template.indications;
  if (reader.isExhausted) return undefined;
  const frame = { ...template, isFrameStart, isFrameEnd, frameNumber, indications, structure };
  return activeTargets === undefined ? frame : { ...frame, activeTargets };
}

function templateOf({ templates, offset }: DependencyStructure, templateNumber: number): FrameTemplate | undefined {
  return templates[(templateNumber + TEMPLATE_NUMBERS - offset) % TEMPLATE_NUMBERS];
}

function readStructure(reader: BitReader): DependencyStructure | undefined {
  const offset = reader.bits(6);
  const targets = reader.bits(5) + 1;
  const layers = readLayers(reader);
  const templates = layers?.map((layer) => ({ ...layer, indications: readIndications(reader, targets) }));
  if (!templates) return undefined;
  for (const _template of templates) skipDifferences(reader);
  const chains = skipChains(reader, targets, templates.length);
  const spatialLayers = (templates.at(-1)?.spatialId ?? 0) + 1;
  const sizes = reader.flag() ? readSizes(reader, spatialLayers) : [];
  if (reader.isExhausted) return undefined;
  const decodeTargets = Array.from({ length: targets }, (_, target) => highestLayers(templates, target));
  return { offset, templates, decodeTargets, chains, sizes };
}

/** The layers of the templates, in order; each says how the next one follows. */
function readLayers(reader: BitReader): readonly LayerIds[] | undefined {
  const layers: LayerIds[] = [];
  let spatialId = 0;
  let temporalId = 0;
  while (layers.length < TEMPLATE_NUMBERS && !reader.isExhausted) {
    layers.push({ spatialId, temporalId });
    const next = reader.bits(2);
    if (next === 3) return layers;
    if (next === 1) temporalId += 1;
    if (next === 2) {
      spatialId += 1;
      temporalId = 0;
    }
    if (spatialId > MAX_SPATIAL_ID || temporalId > MAX_TEMPORAL_ID) return undefined;
  }
  return undefined;
}

function readIndications(reader: BitReader, targets: number): readonly number[] {
  return Array.from({ length: targets }, () => reader.bits(2));
}

function skipDifferences(reader: BitReader): void {
  while (reader.flag()) reader.skip(4);
}

function skipChains(reader: BitReader, targets: number, templates: number): number {
  const chains = nonSymmetric(reader, targets + 1);
  if (chains === 0) return 0;
  for (let target = 0; target < targets; target += 1) nonSymmetric(reader, chains);
  reader.skip(4 * chains * templates);
  return chains;
}

function readSizes(reader: BitReader, spatialLayers: number): readonly PictureSize[] {
  const sizes: PictureSize[] = [];
  for (let spatialId = 0; spatialId < spatialLayers; spatialId += 1) {
    const size = pictureSize(reader.bits(16) + 1, reader.bits(16) + 1);
    if (size) sizes.push(size);
  }
  return sizes.length === spatialLayers ? sizes : [];
}

function highestLayers(templates: readonly FrameTemplate[], target: number): LayerIds {
  const own = templates.filter(({ indications }) => indications[target] !== Indication.absent);
  return {
    spatialId: Math.max(0, ...own.map(({ spatialId }) => spatialId)),
    temporalId: Math.max(0, ...own.map(({ temporalId }) => temporalId)),
  };
}

/** `ns(n)` of the AV1 specification, section 4.10.7: a number below `limit`. */
function nonSymmetric(reader: BitReader, limit: number): number {
  const width = Math.floor(Math.log2(limit)) + 1;
  const short = 2 ** width - limit;
  const value = reader.bits(width - 1);
  return value < short ? value : value * 2 - short + reader.bit();
}

import { TOP } from './layer-facts.ts';
import type { OperatingPoint } from './operating-point.ts';
import type { Packet } from './packet.ts';

/**
 * What a viewer of one point of a layer can be sent from this packet on, who is to come to another one: less from any
 * picture on, more only where what is added needs nothing that he lacks.
 */
export function nextPoint(from: OperatingPoint, to: OperatingPoint, packet: Packet): OperatingPoint {
  if (from === to || !packet.isFrameStart) return from;
  const isFree = packet.isGroupStart;
  const spatialId = isFree || to.spatialId < from.spatialId ? to.spatialId : from.spatialId;
  const temporalId = isFree || to.temporalId < from.temporalId ? to.temporalId : risen(from, to, packet);
  return from.layer.points.at(spatialId, temporalId);
}

function risen(from: OperatingPoint, to: OperatingPoint, { layering }: Packet): number {
  if (!layering || layering.riseFrom > from.temporalId || layering.riseTo <= from.temporalId) return from.temporalId;
  const isTop = layering.riseTo >= from.layer.points.highestTemporalId;
  return Math.min(to.temporalId, isTop ? TOP : layering.riseTo);
}

const DELIMITER = 9;
const FU_A = 28;
const START = 0x80;
const END = 0x40;
const TYPE = 0x1f;

/** The RTP payloads of one access unit in Annex B form: a NAL unit each, or its fragments where it is larger (RFC 6184). */
export function h264Payloads(accessUnit: Buffer, maxBytes: number): readonly Buffer[] {
  return nalUnits(accessUnit)
    .filter((unit) => unit.length > 0 && (unit.readUInt8(0) & TYPE) !== DELIMITER)
    .flatMap((unit) => (unit.length <= maxBytes ? [unit] : fragments(unit, maxBytes)));
}

function fragments(unit: Buffer, maxBytes: number): readonly Buffer[] {
  const head = unit.readUInt8(0);
  const indicator = (head & ~TYPE) | FU_A;
  const parts: Buffer[] = [];
  for (let at = 1; at < unit.length; at += maxBytes - 2) {
    const part = unit.subarray(at, at + maxBytes - 2);
    const edges = (at === 1 ? START : 0) | (at + part.length === unit.length ? END : 0);
    parts.push(Buffer.concat([Buffer.of(indicator, edges | (head & TYPE)), part]));
  }
  return parts;
}

/** Cuts at start codes of three bytes; the zero of those of four belongs to them. */
function nalUnits(accessUnit: Buffer): readonly Buffer[] {
  const code = Buffer.of(0, 0, 1);
  const starts: number[] = [];
  for (let at = accessUnit.indexOf(code); at >= 0; at = accessUnit.indexOf(code, at + 3)) starts.push(at + 3);
  return starts.map((start, index) => {
    const next = starts[index + 1];
    if (next === undefined) return accessUnit.subarray(start);
    const end = next - 3;
    return accessUnit.subarray(start, accessUnit[end - 1] === 0 ? end - 1 : end);
  });
}

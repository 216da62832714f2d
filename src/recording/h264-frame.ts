/** H.264 as ISO/IEC 14496-15 stores it: each NAL unit behind its length in 32 bits, parameter sets in a record before. */
const FORBIDDEN_AND_REF = 0xe0;
const TYPE = 0x1f;
const SPS = 7;
const PPS = 8;
const DELIMITER = 9;
const FILLER = 12;
const STAP_A = 24;
const FU_A = 28;
const START_BIT = 0x80;

/** The NAL units in the payloads of one picture (RFC 6184); one that is not whole is left out. */
export function nalUnits(payloads: readonly Uint8Array[]): Uint8Array[] {
  const units: Uint8Array[] = [];
  let parts: Uint8Array[] = [];
  const endFragments = () => {
    if (parts.length > 0) units.push(Buffer.concat(parts));
    parts = [];
  };
  for (const payload of payloads) {
    const type = (payload[0] ?? 0) & TYPE;
    if (type !== FU_A) endFragments();
    if (type === STAP_A) units.push(...aggregated(payload));
    else if (type !== FU_A) units.push(payload);
    else if (payload.length > 2) {
      const [indicator = 0, header = 0] = payload;
      if ((header & START_BIT) !== 0) {
        endFragments();
        parts.push(Uint8Array.of((indicator & FORBIDDEN_AND_REF) | (header & TYPE)));
      }
      if (parts.length > 0) parts.push(payload.subarray(2));
    }
  }
  endFragments();
  return units.filter((unit) => unit.length > 0);
}

function* aggregated(payload: Uint8Array): Generator<Uint8Array> {
  for (let at = 1; at + 2 < payload.length; ) {
    const length = ((payload[at] ?? 0) << 8) | (payload[at + 1] ?? 0);
    if (length === 0 || at + 2 + length > payload.length) return;
    yield payload.subarray(at + 2, at + 2 + length);
    at += 2 + length;
  }
}

/** Parameter sets stay where they are too: a decoder may meet new ones in mid-stream. */
export function h264Frame(payloads: readonly Uint8Array[]): Uint8Array {
  const kept = nalUnits(payloads).filter((unit) => ![DELIMITER, FILLER].includes((unit[0] ?? 0) & TYPE));
  return Buffer.concat(kept.flatMap((unit) => [length32(unit.length), unit]));
}

/** AVCDecoderConfigurationRecord (ISO/IEC 14496-15 section 5.3.3), `undefined` where a parameter set is missing. */
export function h264Config(payloads: readonly Uint8Array[]): Uint8Array | undefined {
  const units = nalUnits(payloads);
  const [sps, pps] = [SPS, PPS].map((type) => units.find((unit) => ((unit[0] ?? 0) & TYPE) === type));
  if (!sps || !pps || sps.length < 4) return undefined;
  const [, profile = 0, compatibility = 0, level = 0] = sps;
  const head = Uint8Array.of(1, profile, compatibility, level, 0xff, 0xe1);
  const parts = [head, length16(sps.length), sps, Uint8Array.of(1), length16(pps.length), pps];
  // The chroma format follows for High and above; 4:2:0 of 8 bits is all that browsers show.
  if (profile >= 100) parts.push(Uint8Array.of(0xfd, 0xf8, 0xf8, 0));
  return Buffer.concat(parts);
}

function length16(length: number): Uint8Array {
  return Uint8Array.of(length >> 8, length & 0xff);
}

function length32(length: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(length);
  return bytes;
}

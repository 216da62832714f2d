import { type Attributes, all, decimal } from './sections.ts';

/** One payload type as offered, retransmission formats folded into the codec they belong to. */
export interface OfferedCodec {
  readonly pt: number;
  /** `name/rate` or `name/rate/channels` as the client spells it: some compare with regard to case. */
  readonly rtpmap: string;
  /** Keys in lower case. */
  readonly parameters: ReadonlyMap<string, string>;
  readonly feedback: ReadonlySet<string>;
  readonly rtxPt?: number;
}

/** What some answer may agree to. */
const FEEDBACK: ReadonlySet<string> = new Set(['nack', 'nack pli', 'transport-cc', 'goog-remb']);

/** The codecs of an m-section in the offer's order of preference. */
export function readCodecs(formats: readonly string[], attributes: Attributes): readonly OfferedCodec[] {
  const names = byPayloadType(all(attributes, 'rtpmap'));
  const parameters = byPayloadType(all(attributes, 'fmtp'));
  const feedback = byPayloadType(all(attributes, 'rtcp-fb'));
  const toEvery = all(attributes, 'rtcp-fb')
    .filter((line) => line.startsWith('* '))
    .map((line) => line.slice(2).trim())
    .filter((kind) => FEEDBACK.has(kind));

  const codecs: OfferedCodec[] = [];
  const rtxOf = new Map<number, number>();
  for (const pt of new Set(formats.map((format) => decimal(format, 127)))) {
    // RFC 5761 section 4: 64-95 would be taken for RTCP on a multiplexed port.
    if (pt === undefined || (pt >= 64 && pt <= 95)) continue;
    const rtpmap = names.get(pt)?.[0];
    if (rtpmap === undefined || !/^[A-Za-z0-9.+_-]{1,32}\/\d{1,6}(\/\d{1,2})?$/.test(rtpmap)) continue;
    const given = readParameters(parameters.get(pt)?.[0] ?? '');
    const repaired = decimal(given.get('apt'), 127);
    if (rtpmap.toLowerCase().startsWith('rtx/')) {
      if (repaired !== undefined && !rtxOf.has(repaired)) rtxOf.set(repaired, pt);
    } else {
      codecs.push({ pt, rtpmap, parameters: given, feedback: new Set([...toEvery, ...(feedback.get(pt) ?? [])]) });
    }
  }
  return codecs.map((codec) => {
    const rtxPt = rtxOf.get(codec.pt);
    return rtxPt === undefined ? codec : { ...codec, rtxPt };
  });
}

/** `111 opus/48000/2` becomes 111 -> [`opus/48000/2`]. */
function byPayloadType(values: readonly string[]): ReadonlyMap<number, readonly string[]> {
  const grouped = new Map<number, string[]>();
  for (const value of values) {
    const space = value.indexOf(' ');
    const pt = decimal(value.slice(0, Math.max(space, 0)), 127);
    if (pt === undefined) continue;
    const rest = value.slice(space + 1).trim();
    const known = grouped.get(pt);
    if (known === undefined) grouped.set(pt, [rest]);
    else known.push(rest);
  }
  return grouped;
}

export function readParameters(text: string): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>();
  for (const part of text.split(';')) {
    const equals = part.indexOf('=');
    if (equals > 0) parameters.set(part.slice(0, equals).trim().toLowerCase(), part.slice(equals + 1).trim());
  }
  return parameters;
}

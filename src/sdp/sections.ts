import { badOffer } from './sdp-error.ts';

const MAX_TEXT = 128 * 1024;
const MAX_LINES = 2048;
const MAX_LINE = 4096;
const MAX_MEDIA = 8;
const MAX_CANDIDATES = 64;

/** Every value of each `a=` line by its name, in the order written; a flag such as `rtcp-mux` has an empty value. */
export type Attributes = ReadonlyMap<string, readonly string[]>;

export interface MediaSection {
  /** What follows `m=`. */
  readonly media: string;
  readonly attributes: Attributes;
}

export interface Sections {
  readonly session: Attributes;
  readonly media: readonly MediaSection[];
}

/** The lines of an SDP or a fragment of one. The caps hold before anything is understood, so a bomb costs a scan and no more. */
export function splitLines(text: string): readonly string[] {
  if (text.length > MAX_TEXT) throw badOffer('the SDP is larger than 128 KiB');
  const lines: string[] = [];
  for (const raw of text.split('\n')) {
    const line = raw.trim();
    if (line === '') continue;
    if (line.length > MAX_LINE) throw badOffer(`an SDP line is longer than ${MAX_LINE} characters`);
    if (lines.push(line) > MAX_LINES) throw badOffer(`the SDP has more than ${MAX_LINES} lines`);
  }
  return lines;
}

/** Groups lines into the session's attributes and those of each m-section. Types other than `m=` and `a=` carry nothing we need. */
export function readSections(lines: readonly string[]): Sections {
  const session = new Map<string, string[]>();
  const media: MediaSection[] = [];
  let attributes = session;
  for (const line of lines) {
    if (line[1] !== '=') throw badOffer('a line of the SDP is not of the form type=value');
    const value = line.slice(2);
    if (line[0] === 'm') {
      attributes = new Map();
      if (media.push({ media: value, attributes }) > MAX_MEDIA)
        throw badOffer(`the SDP has more than ${MAX_MEDIA} m-lines`);
    } else if (line[0] === 'a') {
      addAttribute(attributes, value);
    }
  }
  return { session, media };
}

function addAttribute(attributes: Map<string, string[]>, text: string): void {
  const colon = text.indexOf(':');
  const name = colon < 0 ? text : text.slice(0, colon);
  const value = colon < 0 ? '' : text.slice(colon + 1).trim();
  const values = attributes.get(name);
  if (values === undefined) attributes.set(name, [value]);
  else if (name === 'candidate' && values.length === MAX_CANDIDATES) {
    throw badOffer(`an m-section has more than ${MAX_CANDIDATES} candidates`);
  } else values.push(value);
}

/** The first value of an attribute. */
export function first(attributes: Attributes, name: string): string | undefined {
  return attributes.get(name)?.[0];
}

export function all(attributes: Attributes, name: string): readonly string[] {
  return attributes.get(name) ?? [];
}

/** Words between single or repeated spaces. */
export function words(text: string): readonly string[] {
  return text.split(' ').filter((word) => word !== '');
}

/** A decimal number no larger than `max`, written with digits alone. */
export function decimal(text: string | undefined, max: number): number | undefined {
  if (text === undefined || !/^\d{1,10}$/.test(text)) return undefined;
  const value = Number(text);
  return value <= max ? value : undefined;
}

import type { ExtensionIds, MediaKind } from '../media/plan.ts';
import { type OfferedData, readData } from './data-section.ts';
import { readExtensions } from './header-extensions.ts';
import { type OfferedCodec, readCodecs } from './offered-codecs.ts';
import { type OfferedLayer, type OfferedSsrc, readLayers, readSsrcs } from './offered-streams.ts';
import { badOffer } from './sdp-error.ts';
import { type Attributes, all, decimal, first, type MediaSection, words } from './sections.ts';

export type Direction = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';

export interface OfferedSection {
  /** The first word of the m-line: `audio`, `video`, `application`... */
  readonly type: string;
  /** `undefined` for what is answered with port 0: neither audio nor video, or not wanted by the client itself. */
  readonly kind: MediaKind | undefined;
  readonly protocol: string;
  readonly formats: readonly string[];
  /** Empty when the section has none, which is only allowed to a lone section. */
  readonly mid: string;
  readonly direction: Direction;
  readonly hasRtcpMux: boolean;
  readonly hasReducedSizeRtcp: boolean;
  readonly codecs: readonly OfferedCodec[];
  readonly extensions: ExtensionIds;
  readonly ssrcs: readonly OfferedSsrc[];
  /** What it wants to send as simulcast. */
  readonly layers: readonly OfferedLayer[];
  /** Of a section for data channels. */
  readonly data?: OfferedData;
}

const DIRECTIONS: readonly Direction[] = ['sendrecv', 'sendonly', 'recvonly', 'inactive'];

export function readSection({ media, attributes }: MediaSection, session: Attributes): OfferedSection {
  const [type = '', portText = '', protocol = '', ...formats] = words(media);
  const port = decimal(portText.split('/')[0], 65_535);
  if (port === undefined || formats.length === 0 || ![type, protocol, ...formats].every(isToken)) {
    throw badOffer('an m-line is not valid');
  }
  const mid = first(attributes, 'mid') ?? '';
  if (mid.length > 32 || !(mid === '' || isToken(mid))) throw badOffer('a=mid is not valid');
  // RFC 9143 section 6: port 0 refuses a section, unless `bundle-only` says that another's port is meant.
  const isRefused = port === 0 && !attributes.has('bundle-only');
  const data = isRefused ? undefined : readData({ type, protocol, formats }, attributes);
  return {
    type,
    ...(data && { data }),
    kind: !isRefused && (type === 'audio' || type === 'video') ? type : undefined,
    protocol,
    formats,
    mid,
    direction: readDirection(attributes) ?? readDirection(session) ?? 'sendrecv',
    hasRtcpMux: attributes.has('rtcp-mux') || attributes.has('rtcp-mux-only'),
    hasReducedSizeRtcp: attributes.has('rtcp-rsize'),
    codecs: readCodecs(formats, attributes),
    extensions: readExtensions([...all(session, 'extmap'), ...all(attributes, 'extmap')]),
    ssrcs: readSsrcs(attributes),
    layers: readLayers(attributes),
  };
}

function readDirection(attributes: Attributes): Direction | undefined {
  return DIRECTIONS.find((direction) => attributes.has(direction));
}

/** RFC 8866 token, and `/` for protocol names. */
function isToken(text: string): boolean {
  return /^[A-Za-z0-9!#$%&'*+\-./^_`{|}~]{1,64}$/.test(text);
}

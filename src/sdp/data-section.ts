import type { DataPlan } from '../media/plan.ts';
import type { OfferedMedia } from './offer.ts';
import type { OfferedSection } from './offered-section.ts';
import { type Attributes, decimal, first } from './sections.ts';

/** What the other side says of its SCTP (RFC 8841). */
export interface OfferedData {
  /** In bytes, 0 for any. */
  readonly maxMessageSize: number;
}

const PROTOCOLS = ['UDP/DTLS/SCTP', 'TCP/DTLS/SCTP'];
const FORMAT = 'webrtc-datachannel';
/** RFC 8841 section 6.1: of who does not say. */
const DEFAULT_MAX_MESSAGE = 65_536;
const MAX_UINT32 = 0xffff_ffff;

/** `undefined` for what is no section of data channels, or an outdated form of one. */
export function readData(
  { type, protocol, formats }: Pick<OfferedSection, 'type' | 'protocol' | 'formats'>,
  attributes: Attributes,
): OfferedData | undefined {
  if (type !== 'application' || !PROTOCOLS.includes(protocol) || !formats.includes(FORMAT)) return undefined;
  const port = decimal(first(attributes, 'sctp-port'), 65_535);
  if (port === undefined || port === 0) return undefined;
  const maxMessageSize = decimal(first(attributes, 'max-message-size'), MAX_UINT32) ?? DEFAULT_MAX_MESSAGE;
  return { maxMessageSize };
}

/** The data channels of an offer that can share the transport of its media. */
export function agreedData({ sections, bundle }: OfferedMedia): DataPlan | undefined {
  const section = sections.find(({ data, mid }) => data !== undefined && bundle.includes(mid));
  return section?.data && { mid: section.mid, maxMessageSize: section.data.maxMessageSize };
}

export function dataLines({ protocol, mid }: OfferedSection, ours: { port: number; maxMessageSize: number }) {
  return [
    `m=application 9 ${protocol} ${FORMAT}`,
    'c=IN IP4 0.0.0.0',
    `a=mid:${mid}`,
    `a=sctp-port:${ours.port}`,
    `a=max-message-size:${ours.maxMessageSize}`,
  ];
}

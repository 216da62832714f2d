import type { ExtensionIds } from '../media/plan.ts';
import { decimal, words } from './sections.ts';

const EXTENSIONS: ReadonlyMap<string, keyof ExtensionIds> = new Map([
  ['urn:ietf:params:rtp-hdrext:sdes:mid', 'mid'],
  ['urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id', 'rid'],
  ['urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id', 'repairedRid'],
  ['http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01', 'transportCc'],
  ['https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension', 'dependencyDescriptor'],
  ['urn:ietf:params:rtp-hdrext:ssrc-audio-level', 'audioLevel'],
]);

export function extensionUri(name: keyof ExtensionIds): string {
  for (const [uri, known] of EXTENSIONS) if (known === name) return uri;
  return '';
}

/** From `a=extmap` values; only those the client will put on what it sends. */
export function readExtensions(values: readonly string[]): ExtensionIds {
  const ids: { -readonly [K in keyof ExtensionIds]: ExtensionIds[K] } = {};
  const taken = new Set<number>();
  for (const value of values) {
    const [idText = '', uri = ''] = words(value);
    const [number, direction = 'sendrecv'] = idText.split('/');
    // Ids above 14 need two-byte headers (RFC 8285), which our answers do not allow.
    const id = decimal(number, 14);
    const name = EXTENSIONS.get(uri);
    if (!id || name === undefined || ids[name] !== undefined || taken.has(id)) continue;
    if (direction !== 'sendrecv' && direction !== 'sendonly') continue;
    ids[name] = id;
    taken.add(id);
  }
  return ids;
}

/** The candidate lines of a description (RFC 8839 section 5.1). */

const PREFIX = 'a=candidate:';

/** The same description with the candidates of one protocol alone. */
export function withOnly(protocol: 'udp' | 'tcp', sdp: string): string {
  const isOther = (line: string) => line.startsWith(PREFIX) && line.split(' ')[2]?.toLowerCase() !== protocol;
  return sdp
    .split('\r\n')
    .filter((line) => !isOther(line))
    .join('\r\n');
}

/** Where the candidates lead, each once. */
export function addressesIn(sdp: string): string[] {
  const lines = sdp.split('\r\n').filter((line) => line.startsWith(PREFIX));
  return [...new Set(lines.flatMap((line) => line.split(' ')[4] ?? []))];
}

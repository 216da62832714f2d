/** What browsers let a page ask for only by editing the SDP. */

/** For an offer: without it a browser mixes what it receives down to mono. */
export function withStereo(offer: string): string {
  return withParameter(offer, 'opus', 'stereo', '1');
}

/**
 * For an offer to receive: without it Chromium does not learn its round trip, and repeats a NACK only after 100 ms, too
 * late for the picture.
 */
export function withRoundTrip(offer: string): string {
  return offer.replaceAll(/^a=rtcp-fb:(\S+) nack\r\n(?!a=rtcp-fb:\S+ rrtr)/gm, '$&a=rtcp-fb:$1 rrtr\r\n');
}

/** For an answer: Chromium would otherwise start at 300 kbit/s, and take half a minute to show more than a thumbnail. */
export function withStartBitrate(answer: string, bitrateBps: number): string {
  const kbps = String(Math.round(bitrateBps / 1000));
  return ['h264', 'vp8', 'vp9', 'av1'].reduce(
    (sdp, codec) => withParameter(sdp, codec, 'x-google-start-bitrate', kbps),
    answer,
  );
}

/** Adds a format parameter (RFC 8866 `a=fmtp`) to every payload type of a codec that does not have it yet. */
function withParameter(sdp: string, codec: string, name: string, value: string): string {
  const lines = sdp.split('\r\n');
  const types = lines.flatMap((line) => {
    const [, type, encoding] = /^a=rtpmap:(\d+) ([^/]+)\//.exec(line) ?? [];
    return type && encoding?.toLowerCase() === codec ? [type] : [];
  });
  for (const type of types) {
    const parameter = `${name}=${value}`;
    const at = lines.findIndex((line) => line.startsWith(`a=fmtp:${type} `));
    const line = lines[at];
    if (line === undefined) {
      lines.splice(
        lines.findIndex((rtpmap) => rtpmap.startsWith(`a=rtpmap:${type} `)) + 1,
        0,
        `a=fmtp:${type} ${parameter}`,
      );
    } else if (!line.split(/[ ;]/).some((existing) => existing.startsWith(`${name}=`))) {
      lines[at] = `${line};${parameter}`;
    }
  }
  return lines.join('\r\n');
}

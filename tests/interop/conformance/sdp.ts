/** Reading and changing SDP as text, so that what is checked owes nothing to any server's own parser. */

/** The session part, and each m-section, as lines without their ends. */
export function sections(sdp: string): string[][] {
  const parts: string[][] = [[]];
  for (const line of sdp.split(/\r?\n/).filter(Boolean)) {
    if (line.startsWith('m=')) parts.push([]);
    parts.at(-1)?.push(line);
  }
  return parts;
}

export function media(sdp: string): string[][] {
  return sections(sdp).slice(1);
}

/** The value of `a=name:value` in a section, else in the session part. */
export function attribute(sdp: string, section: readonly string[], name: string): string | undefined {
  const find = (lines: readonly string[]) =>
    lines.find((line) => line.startsWith(`a=${name}:`))?.slice(name.length + 3);
  return find(section) ?? find(sections(sdp)[0] ?? []);
}

export function directionOf(section: readonly string[]): string | undefined {
  return section.find((line) => /^a=(sendrecv|sendonly|recvonly|inactive)$/.test(line))?.slice(2);
}

export function withDirection(sdp: string, direction: string): string {
  return sdp.replaceAll(/^a=(sendrecv|sendonly|recvonly|inactive)(?=\r?$)/gm, `a=${direction}`);
}

export function withSetup(sdp: string, setup: string): string {
  return sdp.replaceAll(/^a=setup:\w+/gm, `a=setup:${setup}`);
}

/** Its first m-section of this kind once more, at the end and in the bundle. */
export function withSecond(sdp: string, kind: 'audio' | 'video'): string {
  const section = media(sdp).find(([first]) => first?.startsWith(`m=${kind} `));
  const copy = section?.map((line) => line.replace(/^a=mid:.*/, 'a=mid:second').replace(/^(a=ssrc:)\d+/, '$1424242'));
  return `${sdp.trimEnd()}\r\n${(copy ?? []).join('\r\n')}\r\n`.replace(/^(a=group:BUNDLE[^\r\n]*)/m, '$1 second');
}

/** Of the offered codecs of a kind none that anybody knows. */
export function withUnknownCodecs(sdp: string, kind: 'audio' | 'video'): string {
  return sections(sdp)
    .flatMap((lines) => {
      if (!lines[0]?.startsWith(`m=${kind} `)) return lines;
      return lines.map((line) =>
        line.replace(/^(a=rtpmap:\d+ )[^/]+/, '$1x-unknown').replace(/^a=fmtp:.*/, 'a=x-none'),
      );
    })
    .concat('')
    .join('\r\n');
}

/** A trickle ICE fragment (RFC 8840) for the first m-section of an offer. */
export function fragmentOf(offer: string, lines: readonly string[], ice?: { ufrag: string; pwd: string }): string {
  const [first = []] = media(offer);
  const ufrag = ice?.ufrag ?? attribute(offer, first, 'ice-ufrag');
  const pwd = ice?.pwd ?? attribute(offer, first, 'ice-pwd');
  const mid = attribute(offer, first, 'mid');
  const head = [`a=ice-ufrag:${ufrag}`, `a=ice-pwd:${pwd}`, 'a=ice-options:trickle', first[0] ?? '', `a=mid:${mid}`];
  return [...head, ...lines, ''].join('\r\n');
}

const ANSWERER = {
  'ice-ufrag': 'answ',
  'ice-pwd': 'anAnswerersPassword24Chrs',
  fingerprint: `sha-256 ${Array(32).fill('A5').join(':')}`,
} as const;

/** What a viewer answers who takes all of an offer (RFC 3264 section 6). */
export function answerTo(
  offer: string,
  { setup = 'active', drop = '' }: { setup?: string; drop?: string } = {},
): string {
  return sections(offer)
    .flat()
    .filter((line) => !/^a=(candidate|end-of-candidates|ssrc|ssrc-group|msid|ice-lite|ice-options)\b/.test(line))
    .filter((line) => drop === '' || !line.startsWith(drop))
    .map((line) => line.replace(/^a=(sendonly|sendrecv)$/, 'a=recvonly').replace(/^a=setup:.*/, `a=setup:${setup}`))
    .map((line) =>
      line.replace(
        /^a=(ice-ufrag|ice-pwd|fingerprint):.*/,
        (_, name: keyof typeof ANSWERER) => `a=${name}:${ANSWERER[name]}`,
      ),
    )
    .concat('')
    .join('\r\n');
}

import { readParameters } from './offered-codecs.ts';
import { type Attributes, all, decimal, first, words } from './sections.ts';

export interface OfferedSsrc {
  readonly ssrc: number;
  readonly rtxSsrc?: number;
}

/** One simulcast layer and the payload types it is restricted to; none means no restriction. */
export interface OfferedLayer {
  readonly rid: string;
  readonly pts: readonly number[];
}

const MAX_SSRCS = 8;

export function readSsrcs(attributes: Attributes): readonly OfferedSsrc[] {
  const rtxOf = new Map<number, number>();
  for (const group of all(attributes, 'ssrc-group')) {
    const [semantics, ...members] = words(group);
    const [media, rtx] = members.map(readSsrc);
    if (semantics === 'FID' && media !== undefined && rtx !== undefined && media !== rtx) rtxOf.set(media, rtx);
  }
  const rtx = new Set(rtxOf.values());
  const named = all(attributes, 'ssrc').map((line) => readSsrc(words(line)[0]));
  const media = [...rtxOf.keys(), ...named].filter((ssrc) => ssrc !== undefined).filter((ssrc) => !rtx.has(ssrc));
  return [...new Set(media)].slice(0, MAX_SSRCS).map((ssrc) => {
    const rtxSsrc = rtxOf.get(ssrc);
    return rtxSsrc === undefined ? { ssrc } : { ssrc, rtxSsrc };
  });
}

function readSsrc(text: string | undefined): number | undefined {
  return decimal(text, 0xffff_ffff) || undefined;
}

/** RFC 8853 `a=simulcast:send a;b,c;~d`: of alternatives the first, and a layer may start paused. */
export function readLayers(attributes: Attributes): readonly OfferedLayer[] {
  const restrictions = new Map<string, readonly number[]>();
  for (const line of all(attributes, 'rid')) {
    const [rid = '', direction, limits = ''] = words(line);
    if (direction !== 'send' || !/^[A-Za-z0-9_-]{1,32}$/.test(rid)) continue;
    const pts = readParameters(limits).get('pt')?.split(',') ?? [];
    restrictions.set(
      rid,
      pts.map((pt) => decimal(pt, 127)).filter((pt) => pt !== undefined),
    );
  }
  const simulcast = words(first(attributes, 'simulcast') ?? '');
  const sent = simulcast.indexOf('send');
  const streams = sent < 0 ? [] : (simulcast[sent + 1] ?? '').split(';');
  const rids = new Set(streams.map((stream) => (stream.split(',')[0] ?? '').replace('~', '')));
  return [...rids].flatMap((rid) => {
    const pts = restrictions.get(rid);
    return pts === undefined ? [] : [{ rid, pts }];
  });
}

/** An entry of `RTCStatsReport`, whose fields TypeScript does not know. */
export type Entry = Readonly<Record<string, unknown>>;

export function numberOf(entry: Entry | undefined, field: string): number {
  const value = entry?.[field];
  return typeof value === 'number' ? value : 0;
}

export function textOf(entry: Entry | undefined, field: string): string {
  const value = entry?.[field];
  return typeof value === 'string' ? value : '';
}

export function inboundOf(report: ReadonlyMap<string, Entry>, kind: 'audio' | 'video'): Entry | undefined {
  return [...report.values()].find((entry) => entry['type'] === 'inbound-rtp' && entry['kind'] === kind);
}

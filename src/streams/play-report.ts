/** How it goes for a viewer, as his player counts since its session began. */
export interface PlayReport {
  /** From the POST to the first picture. */
  readonly joinMs?: number | undefined;
  /** How often the picture stood still. */
  readonly stalls: number;
  readonly stalledMs: number;
  /** Of the picture that was shown most of the time. */
  readonly height?: number | undefined;
}

/** Who takes longer has waited for something else than for us. */
const LONGEST_JOIN_MS = 60_000;

/** What is believed of a report by one who has watched for `watchedMs`. Numbers only grow. */
export function believable(report: PlayReport, before: PlayReport | undefined, watchedMs: number): PlayReport {
  const { joinMs = Number.POSITIVE_INFINITY, stalls, stalledMs, height = before?.height } = report;
  const join = before?.joinMs ?? (joinMs <= LONGEST_JOIN_MS ? joinMs : undefined);
  return {
    ...(join !== undefined && { joinMs: join }),
    stalls: Math.max(stalls, before?.stalls ?? 0),
    stalledMs: Math.max(Math.min(stalledMs, Math.max(0, watchedMs)), before?.stalledMs ?? 0),
    ...(height !== undefined && { height }),
  };
}

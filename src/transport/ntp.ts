/** The 64-bit wall clock of RTCP sender reports (RFC 3550 section 4): seconds since 1900 and their fraction. */
export interface NtpTime {
  readonly high: number;
  readonly low: number;
}

/** From 1900-01-01 to 1970-01-01. */
const UNIX_EPOCH_SECONDS = 2_208_988_800;
const TWO_POW_32 = 2 ** 32;

/** `unixMs`: milliseconds since 1970, fractions welcome. The seconds wrap in 2036. */
export function ntpFromMs(unixMs: number): NtpTime {
  const unixSeconds = Math.floor(unixMs / 1000);
  const fraction = (unixMs - unixSeconds * 1000) / 1000;
  return { high: (unixSeconds + UNIX_EPOCH_SECONDS) % TWO_POW_32, low: Math.floor(fraction * TWO_POW_32) };
}

/** The middle 32 bits, in 1/65536 s: what a reception report gives back as `lastSr`. */
export function ntpMiddle({ high, low }: NtpTime): number {
  return (((high & 0xffff) << 16) | (low >>> 16)) >>> 0;
}

/** RFC 3550 section 6.4.1. `undefined` when the reporter has seen no sender report yet. Times that can not be count as 0. */
export function roundTripMs(now: NtpTime, report: { lastSr: number; delaySinceLastSr: number }): number | undefined {
  if (report.lastSr === 0) return undefined;
  const elapsed = (ntpMiddle(now) - report.lastSr - report.delaySinceLastSr) | 0;
  return (Math.max(elapsed, 0) / 65_536) * 1000;
}

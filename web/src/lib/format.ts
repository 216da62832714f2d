import { words } from './words/words.ts';

/** `1:05`, `12:34`, `2:03:04`. */
export function duration(ms: number): string {
  const total = Math.max(0, Math.floor(ms / 1000));
  const hours = Math.floor(total / 3600);
  const minutes = Math.floor(total / 60) % 60;
  const seconds = String(total % 60).padStart(2, '0');
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${seconds}` : `${minutes}:${seconds}`;
}

const figuresOf = (digits: number) =>
  new Intl.NumberFormat(words.language, { minimumFractionDigits: digits, maximumFractionDigits: digits });
const whole = figuresOf(0);
const tenths = figuresOf(1);

/** `950 kbit/s`, `2.5 Mbit/s`. */
export function bitrate(bps: number): string {
  if (bps < 1e6) return words.units.kilobitsPerSecond(whole.format(bps / 1000));
  return words.units.megabitsPerSecond(tenths.format(bps / 1e6));
}

/** `950 kB`, `12.3 MB`, `4.5 GB`. */
export function fileSize(bytes: number): string {
  if (bytes < 1e6) return words.units.kilobytes(whole.format(bytes / 1000));
  if (bytes < 1e9) return words.units.megabytes(tenths.format(bytes / 1e6));
  return words.units.gigabytes(tenths.format(bytes / 1e9));
}

/** `0.4 ms`, `35 ms`. */
export function milliseconds(ms: number): string {
  return words.units.milliseconds((ms < 10 ? tenths : whole).format(ms));
}

/** `35 ms`, `1.3 s`, `12 s`. */
export function delay(ms: number): string {
  if (ms < 995) return words.units.milliseconds(whole.format(ms));
  return words.units.seconds((ms < 9950 ? tenths : whole).format(ms / 1000));
}

/** A share of 0 to 1 as `0.3 %`. */
export function percent(share: number): string {
  return words.units.percent(tenths.format(share * 100));
}

/** What is done of something, as `3 %`: all of it only once it is. */
export function wholePercent(share: number): string {
  return words.units.percent(whole.format(Math.floor(share * 100)));
}

/** `opus` as `Opus`, `h264` as `H264`. */
export function codecName(name: string): string {
  return name.toLowerCase() === 'opus' ? 'Opus' : name.toUpperCase();
}

const compact = new Intl.NumberFormat(words.language, { notation: 'compact', maximumFractionDigits: 1 });

/** `950`, `12.3K`. */
export function compactCount(count: number): string {
  return compact.format(count);
}

/** `1 viewer`, `1.2K viewers`. */
export function viewerCount(count: number): string {
  return words.units.viewers(count, compactCount(count));
}

const relative = new Intl.RelativeTimeFormat(words.language, { numeric: 'auto' });

/** `3 hours ago`, `yesterday`, `in 12 hours`. */
export function relativeTime(date: Date, now: Date): string {
  const seconds = (date.getTime() - now.getTime()) / 1000;
  for (const [unit, size] of [
    ['day', 86_400],
    ['hour', 3600],
    ['minute', 60],
  ] as const) {
    if (Math.abs(seconds) >= size) return relative.format(Math.round(seconds / size), unit);
  }
  return words.units.now;
}

const dateTime = new Intl.DateTimeFormat(words.language, { dateStyle: 'medium', timeStyle: 'short' });

/** `Nov 22, 2026, 3:04 PM`, in the reader's own time zone. */
export function dateAndTime(at: string): string {
  return dateTime.format(new Date(at));
}

// The same on the server and in the browser, wherever that is.
const day = new Intl.DateTimeFormat(words.language, { dateStyle: 'long', timeZone: 'UTC' });

/** `22 November 2026`, as the language has it. */
export function dayOf(date: Date): string {
  return day.format(date);
}

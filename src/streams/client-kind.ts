/** What somebody watches with, no closer than statistics need. The order decides: most browsers name others too. */
const KINDS = [
  ['edge', /\bEdg(e|A|iOS)?\//],
  ['opera', /\bOPR\/|\bOpera\b/],
  ['samsung', /\bSamsungBrowser\//],
  ['firefox', /\b(Firefox|FxiOS)\//],
  ['chrome', /\b(Chrome|Chromium|HeadlessChrome|CriOS)\//],
  ['safari', /\bSafari\//],
  ['obs', /\bOBS\b|libobs|\bMozilla\/5\.0 \(OBS-Studio/],
  ['ffmpeg', /\bLavf\/|\bffmpeg\b/i],
  ['gstreamer', /gstreamer|gst-?plugin/i],
  ['vlc', /\b(VLC|LibVLC)\b/],
  ['mobile_app', /\b(okhttp|Dalvik|CFNetwork)\b/],
] as const satisfies readonly (readonly [string, RegExp])[];

export type ClientKind = (typeof KINDS)[number][0] | 'other';

const READ_LENGTH = 512;

/** By the request's User-Agent. */
export function clientKind(userAgent: string): ClientKind {
  const text = userAgent.slice(0, READ_LENGTH);
  return KINDS.find(([, pattern]) => pattern.test(text))?.[0] ?? 'other';
}

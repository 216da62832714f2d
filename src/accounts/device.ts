const LONGEST_READ = 500;

/** The first that fits: browsers name those that they descend from too. */
const PROGRAMS: readonly [sign: RegExp, name: string][] = [
  [/\bEdgA?\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\b(Firefox|FxiOS)\//, 'Firefox'],
  [/\b(?:Headless)?(?:Chrome|Chromium|CriOS)\//, 'Chrome'],
  [/\bVersion\/[\d.]+ .*Safari\//, 'Safari'],
  [/^curl\//, 'curl'],
];
const SYSTEMS: readonly [sign: RegExp, name: string][] = [
  [/\b(iPhone|iPad)\b/, 'iOS'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b|\bMacintosh\b/, 'macOS'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bLinux\b/, 'Linux'],
];

/** Of a User-Agent just enough to know one's own devices by: "Firefox on Linux". Nothing of its text is kept. */
export function deviceOf(userAgent: string): string {
  const text = userAgent.slice(0, LONGEST_READ);
  const named = (table: typeof PROGRAMS) => table.find(([sign]) => sign.test(text))?.[1];
  const [program = 'An unknown program', system] = [named(PROGRAMS), named(SYSTEMS)];
  return system === undefined ? program : `${program} on ${system}`;
}

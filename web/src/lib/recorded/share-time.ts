/** `90`, `1m30s`, `1h2m3s` as seconds; `undefined` for anything else. */
export function secondsOf(text: string | null): number | undefined {
  const found = /^(?:(\d{1,4})h)?(?:(\d{1,5})m)?(?:(\d{1,6})s?)?$/.exec(text ?? '');
  if (!found || found[0] === '') return undefined;
  const [, hours = 0, minutes = 0, seconds = 0] = found;
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}

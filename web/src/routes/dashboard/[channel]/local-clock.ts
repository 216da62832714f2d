/** The reader's own clock, as `<input type="datetime-local">` writes it: `2026-11-22T15:04`. */
export function clockOf(moment: Date): string {
  const shifted = new Date(moment.getTime() - moment.getTimezoneOffset() * 60_000);
  return shifted.toISOString().slice(0, 16);
}

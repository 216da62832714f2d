/** Of hues that are told apart, none the red of errors or of "live". */
const HUES = 12;

/** Always the same for one author, and readable (WCAG AA) on the panel by day and by night. */
export function nameColour(authorId: string): string {
  let hash = 0;
  for (const character of authorId) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 65_521;
  const hue = 45 + (hash % HUES) * 26;
  return `light-dark(oklch(0.44 0.11 ${hue}), oklch(0.82 0.11 ${hue}))`;
}

/** The forms of one phrase by number, as the language tells numbers apart; `#` stands for the number. */
type Forms = { readonly other: string } & { readonly [Form in Intl.LDMLPluralRule]?: string };

export function pluralIn(language: string): (count: number, forms: Forms) => string {
  const rules = new Intl.PluralRules(language);
  const figures = new Intl.NumberFormat(language);
  return (count, forms) => (forms[rules.select(count)] ?? forms.other).replace('#', figures.format(count));
}

/** Words by their names; a function where something of the moment stands within them. */
export interface WordTable {
  readonly [name: string]: string | ((...about: never[]) => string) | WordTable;
}

type Translated<T> = T extends string
  ? string
  : T extends (...about: infer About) => string
    ? (...about: About) => string
    : { readonly [Name in keyof T]: Translated<T[Name]> };

/** What another language has to say to be complete: `export const … satisfies Words['home']`. */
export type Words = Translated<typeof import('./en/en.ts')>;

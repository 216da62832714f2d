import { pluralIn } from '../plural.ts';

/** BCP 47, for `Intl` and the pages' `lang`. */
export const language = 'en';

export const plural = pluralIn(language);

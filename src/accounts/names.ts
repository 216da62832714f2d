import { AccountError } from './errors.ts';

/** The name as it is kept. Throws `bad_name`. */
export function readName(given: string): string {
  const name = given.trim();
  if (/^[\p{L}\p{N}][\p{L}\p{N} ._-]{1,39}$/u.test(name)) return name;
  throw new AccountError(
    'bad_name',
    'The name must have 2 to 40 letters, digits, spaces, dots, hyphens or underscores.',
  );
}

export function nameTaken(): AccountError {
  return new AccountError('name_taken', 'There is an account of this name already.');
}

/**
 * All that the site says: `words.<area>.<name>`. An area is a module of its own, so that a page loads no words but those
 * that it shows. Which language it is, is said here and nowhere else.
 */
export * as words from './en/en.ts';

/** The server that this file came from. */
export const HOME = new URL(import.meta.url).origin;

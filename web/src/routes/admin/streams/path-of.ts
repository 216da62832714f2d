import type { PublisherSession } from '#lib/api/live.ts';
import { words } from '#lib/words/words.ts';

/** The way that a session's media takes. */
export function pathOf(path: PublisherSession['path']): string {
  if (path === null) return words.admin.streams.notKnown;
  return words.admin.streams.path(path.protocol.toUpperCase(), words.admin.streams.families[path.family]);
}

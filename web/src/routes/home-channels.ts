import type { Channel } from '#lib/api/channels.ts';

/** Those who are live by how many watch, the rest by when they were last live. Each once, however often it was given. */
export function arranged(channels: readonly Channel[]): { live: Channel[]; offline: Channel[] } {
  const bySlug = new Map(channels.map((channel) => [channel.slug, channel]));
  const { live = [], offline = [] } = Object.groupBy(bySlug.values(), ({ live: { state } }) =>
    state === 'offline' ? 'offline' : 'live',
  );
  return {
    live: live.toSorted((a, b) => b.live.viewers - a.live.viewers || a.slug.localeCompare(b.slug)),
    offline: offline.toSorted((a, b) => lastMs(b) - lastMs(a) || a.title.localeCompare(b.title)),
  };
}

/** Each once, whatever the case, those of most channels first. */
export function categoriesOf(channels: readonly Channel[]): string[] {
  const named = channels.filter(({ category }) => category !== '');
  const groups = [...Map.groupBy(named, ({ category }) => category.toLowerCase()).values()];
  return groups.toSorted((a, b) => b.length - a.length).flatMap(([first]) => first?.category ?? []);
}

function lastMs({ live: { lastEndedAt } }: Channel): number {
  return lastEndedAt === null ? 0 : Date.parse(lastEndedAt);
}

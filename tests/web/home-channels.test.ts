import { expect, test } from 'vitest';
import type { Channel } from '../../web/src/lib/api/channels.ts';
import { arranged, categoriesOf } from '../../web/src/routes/home-channels.ts';

function channel(slug: string, live: Partial<Channel['live']> = {}, category = ''): Channel {
  return {
    slug,
    title: slug,
    description: '',
    category,
    visibility: 'public',
    tags: [],
    avatarUrl: null,
    posterUrl: null,
    acceptsWaitingViewers: false,
    isRecorded: false,
    isAdaptive: false,
    makesRenditions: false,
    dashUrl: null,
    thumbnailUrl: null,
    chat: 'everyone',
    slowModeSeconds: 0,
    chatLinks: false,
    live: { state: 'offline', viewers: 0, startedAt: null, title: slug, lastEndedAt: null, ...live },
  };
}

const slugs = (channels: readonly Channel[]) => channels.map(({ slug }) => slug);

test('who is live comes by how many watch, who is not by when he last was', () => {
  const { live, offline } = arranged([
    channel('never'),
    channel('long-ago', { lastEndedAt: '2026-01-01T00:00:00Z' }),
    channel('quiet', { state: 'live', viewers: 1 }),
    channel('lately', { lastEndedAt: '2026-11-01T00:00:00Z' }),
    channel('loud', { state: 'live', viewers: 20 }),
    channel('dropped', { state: 'reconnecting', viewers: 5 }),
  ]);
  expect(slugs(live)).toEqual(['loud', 'dropped', 'quiet']);
  expect(slugs(offline)).toEqual(['lately', 'long-ago', 'never']);
});

test('a channel that was loaded twice stands there once, as it was loaded last', () => {
  const { live, offline } = arranged([channel('brook'), channel('brook', { state: 'live', viewers: 2 })]);
  expect([slugs(live), slugs(offline)]).toEqual([['brook'], []]);
});

test('categories come once, whatever their case, the fullest first', () => {
  const channels = [channel('a', {}, 'Music'), channel('b', {}, 'Chess'), channel('c', {}, 'chess'), channel('d')];
  expect(categoriesOf(channels)).toEqual(['Chess', 'Music']);
});

import type { WordTable } from '../word-table.ts';
import { plural } from './language.ts';

/** The player's statistics. */
export const stats = {
  title: 'Statistics',
  close: 'Close the statistics',
  copy: 'Copy the statistics',
  rows: {
    picture: 'Picture',
    codecs: 'Codecs',
    received: 'Received',
    layer: 'Layer',
    roundTrip: 'Round trip',
    lost: 'Lost',
    sentAgain: 'Sent again',
    jitter: 'Jitter',
    jitterBuffer: 'Jitter buffer',
    toGlass: 'From server to glass',
    link: 'Link',
    behind: 'Behind the server',
    buffered: 'Buffered',
    framesDropped: 'Frames dropped',
    freezes: 'Freezes',
    transport: 'Transport',
    session: 'Session',
  },
  picture: (size: string, framesPerSecond: number) => `${size} at ${framesPerSecond} fps`,
  packets: (count: number) => plural(count, { one: '# packet', other: '# packets' }),
  lost: (share: string, count: number) =>
    `${share} now, ${plural(count, { one: '# packet', other: '# packets' })} in all`,
  noFreezes: 'none',
  freezes: (count: number, seconds: string) => `${count}, ${seconds} in all`,
  link: (bitrate: string) => `link ${bitrate}`,
  pathNotKnown: 'not known',
  dash: 'DASH over HTTP',
  /** Why the server chose the layer. */
  reasons: {
    auto: 'automatic',
    only_layer: 'the only one',
    pinned: 'your choice',
    pinned_beyond_link: 'your choice, more than the link carries',
    capped: 'your limit',
    layer_silent: 'your choice is not sent now',
    link_too_thin: 'none, as the link carries no more than the sound',
  },
} as const satisfies WordTable;

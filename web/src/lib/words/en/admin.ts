import type { WordTable } from '../word-table.ts';
import { plural } from './language.ts';

const faults = (count: number) => plural(count, { one: '# fault', other: '# faults' });
const things = (count: number) => plural(count, { one: '# thing', other: '# things' });

/** The owner's pages. What the server finds about itself it says itself. */
export const admin = {
  title: 'Administration',
  sections: { health: 'Health', streams: 'Live streams', people: 'People' },
  streams: {
    title: 'Live streams',
    none: 'Nobody is live. Streams stand here as soon as they begin, with what comes in and who watches.',
    visibilities: { public: 'public', unlisted: 'unlisted', private: 'private' },
    waiting: 'Waiting for the encoder…',
    end: 'End the stream',
    endWhose: (channel: string) => `of ${channel}`,
    endQuestion: (channel: string) => `End the stream of ${channel}?`,
    endConsequence: 'Who publishes is sent away, and viewers see that it is over. With the same key it can begin anew.',
    endIt: 'End it',
    ended: 'The stream is ended',
    publisher: 'Publisher',
    path: (protocol: string, family: string) => `${protocol}, ${family}`,
    families: { ipv4: 'IPv4', ipv6: 'IPv6' },
    connection: 'Connection',
    roundTrip: 'Round trip',
    notKnown: 'not known',
    tracks: 'What comes in',
    track: 'Track',
    codec: 'Codec',
    size: 'Picture',
    frames: 'Frames',
    perSecond: (count: number) => `${count}/s`,
    bitrate: 'Bitrate',
    keyframes: 'Keyframes',
    each: (time: string) => `each ${time}`,
    lost: 'Lost',
    kinds: { audio: 'Sound', video: 'Picture' },
    layerOf: (kind: string, layer: string) => `${kind} ${layer}`,
    viewers: 'Viewers',
    since: 'Since',
    session: 'Session',
    link: 'Link',
    nobody: 'Nobody watches.',
    disconnect: 'Disconnect',
    disconnectWhom: (session: string) => `session ${session}`,
    action: 'Action',
    andMore: 'Only the first hundred are shown.',
  },
  health: {
    title: 'Health and reachability',
    testAgain: 'Test again',
    looking: 'Looking…',
    trying: 'Trying every way that media can take. This takes up to ten seconds.',
    allWell: 'All is well.',
    couldBeBetter: (count: number) => `It works. ${things(count)} could be better.`,
    toMend: (count: number) => `${faults(count)} to mend.`,
    toMendAndMore: (count: number, more: number) =>
      `${faults(count)} to mend, and ${things(more)} that could be better.`,
    unfinished: 'The tests could not be finished.',
    levels: { fault: 'Fault', warning: 'Warning', ok: 'All well' },
    browser: 'From this browser',
    browserText:
      'What this browser gets where it is now. People elsewhere may fare otherwise: open this page from there too, with a telephone for instance.',
    server: 'On the server',
    serverText:
      'What the server finds about itself and its machine. `npm run doctor` tells the same in a terminal, also when the server does not start.',
  },
} as const satisfies WordTable;

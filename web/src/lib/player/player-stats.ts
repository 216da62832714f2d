import { bitrate, codecName, milliseconds, percent } from '../format.ts';
import type { ServerView } from '../rtc-resource.ts';
import { type Entry, inboundOf, numberOf, textOf } from './stats-entry.ts';

/** What was counted up to one moment; two of them make a rate. */
export interface Counted {
  readonly atMs: number;
  readonly videoBytes: number;
  readonly audioBytes: number;
  readonly received: number;
  readonly lost: number;
  readonly bufferDelayMs: number;
  readonly buffered: number;
  readonly processingMs: number;
  readonly decoded: number;
}

export type Row = readonly [label: string, value: string];

const REASONS: Readonly<Record<string, string>> = {
  auto: 'automatic',
  only_layer: 'the only one',
  pinned: 'your choice',
  pinned_beyond_link: 'your choice, more than the link carries',
  capped: 'your limit',
  layer_silent: 'your choice is not sent now',
  link_too_thin: 'none, as the link carries no more than the sound',
};

/** The rows of the statistics, and what to give as `before` a second later. */
export function playerStats(
  report: ReadonlyMap<string, Entry>,
  server: ServerView | undefined,
  before: Counted | undefined,
): { rows: Row[]; counted: Counted } {
  const video = inboundOf(report, 'video') ?? {};
  const audio = inboundOf(report, 'audio') ?? {};
  const path = pathOf(report);
  const counted = count(video, audio);
  const roundTripMs = path.roundTripMs ?? server?.roundTripMs ?? undefined;
  const processingMs = perItem(counted, before, 'processingMs', 'decoded');
  const rows: (Row | undefined)[] = [
    numberOf(video, 'frameWidth') > 0
      ? [
          'Picture',
          `${video['frameWidth']}×${video['frameHeight']} at ${Math.round(numberOf(video, 'framesPerSecond'))} fps`,
        ]
      : undefined,
    ['Codecs', [codecOf(report, video), codecOf(report, audio)].filter(Boolean).join(' + ')],
    before && ['Received', `${rate(counted, before, 'videoBytes')} + ${rate(counted, before, 'audioBytes')}`],
    server?.choice && ['Layer', layerText(server.choice)],
    roundTripMs === undefined ? undefined : ['Round trip', milliseconds(roundTripMs)],
    before && ['Lost', lossText(counted, before)],
    [
      'Sent again',
      `${numberOf(video, 'retransmittedPacketsReceived') + numberOf(audio, 'retransmittedPacketsReceived')} packets`,
    ],
    ['Jitter', milliseconds(numberOf(video, 'jitter') * 1000)],
    textRow('Jitter buffer', perItem(counted, before, 'bufferDelayMs', 'buffered')),
    textRow('From server to glass', processingMs === undefined ? undefined : processingMs + (roundTripMs ?? 0) / 2),
    ['Frames dropped', String(numberOf(video, 'framesDropped'))],
    ['Freezes', freezeText(video)],
    ['Transport', path.text],
    server && ['Session', server.id],
  ];
  return { rows: rows.filter((row) => row !== undefined), counted };
}

export function statsText(rows: readonly Row[]): string {
  const width = Math.max(...rows.map(([label]) => label.length));
  return rows.map(([label, value]) => `${label.padEnd(width)}  ${value}`).join('\n');
}

function count(video: Entry, audio: Entry): Counted {
  return {
    atMs: numberOf(video, 'timestamp') || numberOf(audio, 'timestamp'),
    videoBytes: numberOf(video, 'bytesReceived'),
    audioBytes: numberOf(audio, 'bytesReceived'),
    received: numberOf(video, 'packetsReceived') + numberOf(audio, 'packetsReceived'),
    lost: numberOf(video, 'packetsLost') + numberOf(audio, 'packetsLost'),
    bufferDelayMs: numberOf(video, 'jitterBufferDelay') * 1000,
    buffered: numberOf(video, 'jitterBufferEmittedCount'),
    processingMs: numberOf(video, 'totalProcessingDelay') * 1000,
    decoded: numberOf(video, 'framesDecoded'),
  };
}

function codecOf(report: ReadonlyMap<string, Entry>, entry: Entry): string {
  return codecName(textOf(report.get(textOf(entry, 'codecId')), 'mimeType').split('/')[1] ?? '');
}

function rate(now: Counted, before: Counted, field: 'videoBytes' | 'audioBytes'): string {
  const seconds = (now.atMs - before.atMs) / 1000;
  return bitrate(seconds > 0 ? Math.max(0, ((now[field] - before[field]) * 8) / seconds) : 0);
}

function perItem(
  now: Counted,
  before: Counted | undefined,
  sum: 'bufferDelayMs' | 'processingMs',
  items: 'buffered' | 'decoded',
): number | undefined {
  const grown = now[items] - (before?.[items] ?? 0);
  return grown > 0 ? (now[sum] - (before?.[sum] ?? 0)) / grown : undefined;
}

function lossText(now: Counted, before: Counted): string {
  const lost = Math.max(0, now.lost - before.lost);
  const expected = Math.max(0, now.received - before.received) + lost;
  return `${percent(expected === 0 ? 0 : lost / expected)} now, ${now.lost} packets in all`;
}

function freezeText(video: Entry): string {
  const freezes = numberOf(video, 'freezeCount');
  return freezes === 0 ? 'none' : `${freezes}, ${numberOf(video, 'totalFreezesDuration').toFixed(1)} s in all`;
}

function layerText({ rid, reason, estimateBps }: NonNullable<ServerView['choice']>): string {
  const link = estimateBps === null ? '' : `, link ${bitrate(estimateBps)}`;
  return `${rid ? `${rid}, ` : ''}${REASONS[reason] ?? reason}${link}`;
}

function textRow(label: string, ms: number | undefined): Row | undefined {
  return ms === undefined ? undefined : [label, milliseconds(ms)];
}

/** By the pair of candidates that media takes; Firefox names it only as nominated. */
function pathOf(report: ReadonlyMap<string, Entry>): { text: string; roundTripMs: number | undefined } {
  const entries = [...report.values()];
  const transport = entries.find((entry) => entry['type'] === 'transport');
  const pair =
    report.get(textOf(transport, 'selectedCandidatePairId')) ??
    entries.find((entry) => entry['type'] === 'candidate-pair' && entry['nominated'] === true);
  const remote = report.get(textOf(pair, 'remoteCandidateId'));
  const address = textOf(remote, 'address');
  const family = address === '' ? '' : address.includes(':') ? ', IPv6' : ', IPv4';
  const seconds = pair?.['currentRoundTripTime'];
  return {
    text: remote ? `${textOf(remote, 'protocol').toUpperCase()}${family}` : 'not known',
    roundTripMs: typeof seconds === 'number' ? seconds * 1000 : undefined,
  };
}

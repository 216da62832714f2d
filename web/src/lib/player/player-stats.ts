import { bitrate, codecName, delay, milliseconds, percent } from '../format.ts';
import type { ServerView } from '../rtc-resource.ts';
import { words } from '../words/words.ts';
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

const REASONS: Readonly<Record<string, string>> = words.stats.reasons;

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
          words.stats.rows.picture,
          words.stats.picture(
            `${video['frameWidth']}×${video['frameHeight']}`,
            Math.round(numberOf(video, 'framesPerSecond')),
          ),
        ]
      : undefined,
    [words.stats.rows.codecs, [codecOf(report, video), codecOf(report, audio)].filter(Boolean).join(' + ')],
    before && [
      words.stats.rows.received,
      `${rate(counted, before, 'videoBytes')} + ${rate(counted, before, 'audioBytes')}`,
    ],
    server?.choice && [words.stats.rows.layer, layerText(server.choice)],
    roundTripMs === undefined ? undefined : [words.stats.rows.roundTrip, milliseconds(roundTripMs)],
    before && [words.stats.rows.lost, lossText(counted, before)],
    [
      words.stats.rows.sentAgain,
      words.stats.packets(
        numberOf(video, 'retransmittedPacketsReceived') + numberOf(audio, 'retransmittedPacketsReceived'),
      ),
    ],
    [words.stats.rows.jitter, milliseconds(numberOf(video, 'jitter') * 1000)],
    textRow(words.stats.rows.jitterBuffer, perItem(counted, before, 'bufferDelayMs', 'buffered')),
    textRow(words.stats.rows.toGlass, processingMs === undefined ? undefined : processingMs + (roundTripMs ?? 0) / 2),
    [words.stats.rows.framesDropped, String(numberOf(video, 'framesDropped'))],
    [words.stats.rows.freezes, freezeText(video)],
    [words.stats.rows.transport, path.text],
    server && [words.stats.rows.session, server.id],
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
  return words.stats.lost(percent(expected === 0 ? 0 : lost / expected), now.lost);
}

function freezeText(video: Entry): string {
  const freezes = numberOf(video, 'freezeCount');
  if (freezes === 0) return words.stats.noFreezes;
  return words.stats.freezes(freezes, delay(numberOf(video, 'totalFreezesDuration') * 1000));
}

function layerText({ rid, reason, estimateBps }: NonNullable<ServerView['choice']>): string {
  const link = estimateBps === null ? '' : words.stats.link(bitrate(estimateBps));
  return [rid, REASONS[reason] ?? reason, link].filter(Boolean).join(', ');
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
    text: remote ? `${textOf(remote, 'protocol').toUpperCase()}${family}` : words.stats.pathNotKnown,
    roundTripMs: typeof seconds === 'number' ? seconds * 1000 : undefined,
  };
}

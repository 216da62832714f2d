import { API_HEADING, API_INTRODUCTION } from './api/section.ts';
import type { Growth } from './growth/growth.ts';
import { growthTables } from './growth/section.ts';
import {
  RENDITIONS_HEADING,
  RENDITIONS_INTRODUCTION,
  type Renditions,
  renditionsTables,
} from './renditions/section.ts';
import { type Row, tableOf } from './report.ts';

/** `docs/performance.md` has four parts, each written when all of it was measured. */
export interface PageParts {
  readonly budgets: string;
  readonly api: string;
  readonly renditions: string;
  readonly growth: string;
}

const GROWTH_HEADING = '## How cost grows';

const INTRODUCTION = `# Performance

Made by \`npm run bench\`, which measures the whole server as it is started by \`npm start\`, on this machine alone: the
publisher, the viewers and the server share its cores, and every packet goes over loopback, where the sender's CPU also
pays for the receiving half of the kernel. Three figures are smallest / **median** / largest of repeated runs.

The viewers are real: each has its own socket, ICE, DTLS and SRTP keys, sends consent checks and receiver reports, counts
every packet by its number, opens the first one, and one viewer in twenty opens them all. They empty their sockets every
2 ms instead of being woken by each packet. Unless a line says so they take datagrams one by one (no UDP GRO), so that the
sender's kernel has to cut every GSO run itself. Why it costs what it costs, and what was tried where a budget is missed, is
in [performance-notes.md](performance-notes.md).
`;

const GROWTH_INTRODUCTION = `${GROWTH_HEADING}

![Charts of the server's CPU time and memory by viewers, streams, layers and media threads](images/growth.svg)

CPU is that of the server's process, user and system time from \`/proc\`; the viewers' own process is a column of its own.
A stream is 2.5 Mbit/s of H264 at 30 fps and Opus. What is *added* is the time from the publisher's sealing to a viewer's
socket. Made by \`npm run bench -- growth\`.
`;

/** Each is there to read and to replace, whichever the page has so far. */
export function partsOf(page: string): PageParts {
  const growthAt = startOf(GROWTH_HEADING, page, page.length);
  const renditionsAt = startOf(RENDITIONS_HEADING, page, growthAt);
  const apiAt = startOf(API_HEADING, page, renditionsAt);
  return {
    budgets: page.slice(0, apiAt),
    api: page.slice(apiAt, renditionsAt),
    renditions: page.slice(renditionsAt, growthAt),
    growth: page.slice(growthAt),
  };
}

function startOf(heading: string, page: string, otherwise: number): number {
  const at = page.indexOf(heading);
  return at < 0 ? otherwise : at;
}

export function pageOf({ budgets, api, renditions, growth }: PageParts): string {
  return [budgets, api, renditions, growth].flatMap((part) => (part === '' ? [] : [`${part.trim()}\n`])).join('\n');
}

export function budgetsPart(rows: readonly Row[], conditions: readonly string[]): string {
  return `${INTRODUCTION}\n${list(conditions)}\n\n${tableOf(rows)}\n`;
}

export function apiPart(rows: readonly Row[], conditions: readonly string[]): string {
  return `${API_INTRODUCTION}\n${list(conditions)}\n\n${tableOf(rows)}\n`;
}

export function renditionsPart(measured: Renditions, conditions: readonly string[]): string {
  return `${RENDITIONS_INTRODUCTION}\n${list(conditions)}\n\n${renditionsTables(measured)}\n`;
}

export function growthPart(growths: readonly Growth[], conditions: readonly string[]): string {
  return `${GROWTH_INTRODUCTION}\n${list(conditions)}\n\n${growthTables(growths)}\n`;
}

function list(lines: readonly string[]): string {
  return lines.map((line) => `- ${line}`).join('\n');
}

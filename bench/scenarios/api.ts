import { type ApiVenue, onApiVenue, type Window } from '../api/api-venue.ts';
import { CLIENTS, REQUESTS_PER_SECOND } from '../api/section.ts';
import { spreadOf } from '../measure/statistics.ts';
import { medianOf, type Row } from '../report.ts';

const SIZES = { all: [20, 50, 100], quick: [20] };
const MAX_ADDED_MS = 5;
const MAX_REQUEST_MS = 100;

interface Pair {
  readonly alone: Window;
  readonly beside: Window;
}

/** What a busy API adds to the delay of a stream's packets, in turns with the same stream alone. */
export function api({ isQuick }: { isQuick: boolean }): Promise<Row[]> {
  const [pairs, seconds] = isQuick ? [1, 4] : [3, 10];
  return onApiVenue({ clients: CLIENTS, perSecond: REQUESTS_PER_SECOND }, async (venue) => {
    // The first requests compile the code that all later ones run.
    await venue.measure({ isBusy: true, seconds });
    const rows: Row[] = [];
    for (const size of SIZES[isQuick ? 'quick' : 'all']) {
      await venue.fill(size);
      rows.push(...rowsOf(size, await inTurns(venue, pairs, seconds)));
    }
    return rows;
  });
}

async function inTurns(venue: ApiVenue, pairs: number, seconds: number): Promise<readonly Pair[]> {
  const measured: Pair[] = [];
  for (let left = pairs; left > 0; left -= 1) {
    const alone = await venue.measure({ isBusy: false, seconds });
    measured.push({ alone, beside: await venue.measure({ isBusy: true, seconds }) });
  }
  return measured;
}

function rowsOf(viewers: number, pairs: readonly Pair[]): Row[] {
  const [alone, beside] = [pairs.map((pair) => pair.alone), pairs.map((pair) => pair.beside)];
  const delays = { alone: delaysOf(alone), beside: delaysOf(beside) };
  const lost = beside.reduce((sum, { stretch }) => sum + stretch.counts.lost, 0);
  return [
    {
      what: `added by the server to a packet, ${viewers} viewers`,
      budget: `p99 <= ${MAX_ADDED_MS} ms`,
      measured: `p50 ${ms(delays.beside.p50)}, **p99 ${ms(delays.beside.p99)}** ms; without requests p50 ${ms(delays.alone.p50)}, p99 ${ms(delays.alone.p99)} ms`,
      isMet: delays.beside.p99 / 1000 <= MAX_ADDED_MS,
      notes: `${delays.beside.count} and ${delays.alone.count} packets, ${lost} lost beside requests; p99 of each turn ${pairs.map(p99s).join(', ')} ms`,
    },
    requestRow(viewers, pairs),
  ];
}

function requestRow(viewers: number, pairs: readonly Pair[]): Row {
  const beside = pairs.map((pair) => pair.beside);
  const requests = spreadOf(beside.flatMap(({ answers }) => [...answers.tookMs]));
  const seconds = beside.reduce((sum, { stretch }) => sum + stretch.server.seconds, 0);
  const bad = beside.reduce((sum, { answers }) => sum + Object.values(answers.failures).reduce((a, b) => a + b, 0), 0);
  const unanswered = beside.at(-1)?.answers.unanswered ?? 0;
  const statuses = [...new Set(beside.flatMap(({ answers }) => Object.keys(answers.failures)))];
  const share = (read: (window: Window) => number, of: 'alone' | 'beside') =>
    `${(medianOf(pairs.map((pair) => read(pair[of]) / pair[of].stretch.server.seconds)) * 100).toFixed(0)} %`;
  const costs = pairs.map(({ alone: without, beside: busy }) => {
    const perSecond = ({ cpu, stretch }: Window) => (cpu.main + cpu.database) / stretch.server.seconds;
    return ((perSecond(busy) - perSecond(without)) * 1e6 * busy.stretch.server.seconds) / busy.answers.tookMs.length;
  });
  return {
    what: `its API meanwhile, ${viewers} viewers`,
    budget: `no error, p99 <= ${MAX_REQUEST_MS} ms`,
    measured: `${(requests.count / seconds).toFixed(0)} requests a second: p50 ${requests.p50.toFixed(1)}, **p99 ${requests.p99.toFixed(1)}**, max ${requests.max.toFixed(0)} ms; **${bad} wrong**${statuses.length > 0 ? ` (${statuses.join(', ')})` : ''}`,
    isMet: bad === 0 && requests.p99 <= MAX_REQUEST_MS,
    notes:
      `${medianOf(costs).toFixed(0)} us CPU a request, PostgreSQL's with it; of a core, beside requests and without: main thread ` +
      `${share(({ cpu }) => cpu.main, 'beside')} and ${share(({ cpu }) => cpu.main, 'alone')}, media thread ` +
      `${share(({ cpu }) => cpu.media, 'beside')} and ${share(({ cpu }) => cpu.media, 'alone')}, PostgreSQL ` +
      `${share(({ cpu }) => cpu.database, 'beside')} and ${share(({ cpu }) => cpu.database, 'alone')}, whole server ` +
      `${share(({ stretch }) => stretch.server.cpu, 'beside')}; the clients' process ${share(({ cpu }) => cpu.clients, 'beside')}, ` +
      `the viewers' ${share(({ stretch }) => stretch.load.cpu, 'beside')}; ${unanswered} on their way at the end`,
  };
}

function delaysOf(windows: readonly Window[]) {
  return spreadOf(windows.flatMap(({ delaysUs }) => [...delaysUs]));
}

function p99s({ alone, beside }: Pair): string {
  return `${ms(spreadOf(beside.delaysUs).p99)} (${ms(spreadOf(alone.delaysUs).p99)})`;
}

function ms(us: number): string {
  return (us / 1000).toFixed(2);
}

import { parseArgs } from 'node:util';

/** What has budgets. */
export const BUDGETED = ['fan-out', 'floor', 'crowd', 'memory', 'joins', 'first-frame', 'glass', 'churn'] as const;
export type Budgeted = (typeof BUDGETED)[number];
const SECTIONS = [...BUDGETED, 'api', 'renditions', 'growth', 'profile'] as const;
type Section = (typeof SECTIONS)[number];

export interface Options {
  readonly isQuick: boolean;
  readonly budgeted: readonly Budgeted[];
  readonly hasApi: boolean;
  readonly hasRenditions: boolean;
  /** Pictures to encode, for renditions. */
  readonly clip?: string;
  readonly hasGrowth: boolean;
  /** Only where it is asked for by name. */
  readonly hasProfile: boolean;
  /** All that has budgets at full length: the figures are kept. */
  readonly isComplete: boolean;
  /** Another server to measure, in place of our own. */
  readonly whep?: { readonly url: string; readonly token?: string; readonly pid?: number };
  readonly viewers: number;
  readonly seconds: number;
  readonly hasGro: boolean;
}

export const USAGE = `npm run bench -- [options] [section ...]
  sections           ${SECTIONS.join(', ')}; all but profile without any
  --quick            about 6 minutes: fewer and shorter runs, nothing written
  --clip FILE        with renditions: a video to encode in place of a made one
  --whep URL         measure any WHEP server that has a stream at URL
  --token T          its bearer token
  --pid PID          its process, for CPU time and memory
  --viewers N        with --whep: 200
  --seconds S        with --whep: 10
  --gro              receivers take GSO runs whole, which spares the sender's kernel work`;

/** Throws with a word for people when an argument is wrong. */
export function readOptions(args: readonly string[]): Options {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      clip: { type: 'string' },
      whep: { type: 'string' },
      token: { type: 'string' },
      pid: { type: 'string' },
      viewers: { type: 'string', default: '200' },
      seconds: { type: 'string', default: '10' },
      gro: { type: 'boolean', default: false },
    },
  });
  const { whep, token, pid } = values;
  const chosen: readonly Section[] = positionals.length === 0 ? SECTIONS : positionals.map(readSection);
  const budgeted = BUDGETED.filter((section) => chosen.includes(section));
  return {
    isQuick: values.quick,
    isComplete: !values.quick && budgeted.length === BUDGETED.length,
    budgeted,
    hasApi: chosen.includes('api'),
    hasRenditions: chosen.includes('renditions'),
    ...(values.clip !== undefined && { clip: values.clip }),
    hasGrowth: chosen.includes('growth'),
    hasProfile: positionals.includes('profile'),
    ...(whep !== undefined && {
      whep: { url: whep, ...(token !== undefined && { token }), ...(pid !== undefined && { pid: whole(pid) }) },
    }),
    viewers: whole(values.viewers),
    seconds: whole(values.seconds),
    hasGro: values.gro,
  };
}

function readSection(name: string): Section {
  const section = SECTIONS.find((known) => known === name);
  if (section === undefined) throw new Error(`${name}: choose from ${SECTIONS.join(', ')}`);
  return section;
}

function whole(text: string): number {
  if (!/^[1-9]\d{0,6}$/.test(text)) throw new Error(`${text} is not a whole number above 0`);
  return Number(text);
}

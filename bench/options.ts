import { parseArgs } from 'node:util';

export const SECTIONS = ['fan-out', 'floor', 'crowd', 'memory', 'joins', 'first-frame', 'glass', 'churn'] as const;
export type Section = (typeof SECTIONS)[number];

export interface Options {
  readonly isQuick: boolean;
  readonly only: readonly Section[];
  /** Everything at full length: the figures are kept. */
  readonly isComplete: boolean;
  /** Another server to measure, in place of our own. */
  readonly whep?: { readonly url: string; readonly token?: string; readonly pid?: number };
  readonly viewers: number;
  readonly seconds: number;
  readonly hasGro: boolean;
}

export const USAGE = `npm run bench -- [options]
  --quick            under 3 minutes: fewer and shorter runs, nothing written
  --only A,B         some of: ${SECTIONS.join(', ')}
  --whep URL         measure any WHEP server that has a stream at URL
  --token T          its bearer token
  --pid PID          its process, for CPU time and memory
  --viewers N        with --whep: 200
  --seconds S        with --whep: 10
  --gro              receivers take GSO runs whole, which spares the sender's kernel work`;

/** Throws with a word for people when an argument is wrong. */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string' },
      whep: { type: 'string' },
      token: { type: 'string' },
      pid: { type: 'string' },
      viewers: { type: 'string', default: '200' },
      seconds: { type: 'string', default: '10' },
      gro: { type: 'boolean', default: false },
    },
  });
  const { whep, token, pid } = values;
  return {
    isQuick: values.quick,
    isComplete: !values.quick && values.only === undefined,
    only: values.only === undefined ? SECTIONS : values.only.split(',').map(readSection),
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
  if (section === undefined) throw new Error(`--only ${name}: choose from ${SECTIONS.join(', ')}`);
  return section;
}

function whole(text: string): number {
  if (!/^[1-9]\d{0,6}$/.test(text)) throw new Error(`${text} is not a whole number above 0`);
  return Number(text);
}

import { z } from 'zod';

/** So long is a segment of what is live. Segment n begins n seconds after the presentation does. */
export const SEGMENT_MS = 1_000;

const representation = z.object({
  /** `480p`, `audio`: also the folder of its files. */
  id: z.string().regex(/^[a-z0-9-]{1,20}$/),
  kind: z.enum(['video', 'audio']),
  codecs: z.string().max(40),
  bitrateBps: z.int().min(1),
  width: z.int().min(1).optional(),
  height: z.int().min(1).optional(),
  frameRate: z.number().positive().optional(),
  /** Name of the file that a player reads first. Names of files say what is in them: what is cached is never wrong. */
  init: z.string().regex(/^init-[a-z0-9]{1,20}\.webm$/),
});

const period = z.object({
  representations: z.array(representation).min(1),
  /** Numbers of its segments, `end` not included. */
  first: z.int().min(0),
  end: z.int().min(0),
});

const liveIndex = z.object({
  /** When the clock of the presentation stood at zero, in ms since 1970. */
  startedAtMs: z.int(),
  periods: z.array(period),
  hasEnded: z.boolean(),
});

export type Representation = Readonly<z.infer<typeof representation>>;

/** Without a gap, and of the same representations from beginning to end. */
export interface Period {
  readonly representations: readonly Representation[];
  readonly first: number;
  readonly end: number;
}

/** All that is known of a live presentation: manifests are written from it, and another process goes on from it. */
export interface LiveIndex {
  readonly startedAtMs: number;
  readonly periods: readonly Period[];
  readonly hasEnded: boolean;
}

/** `undefined` for what is none. */
export function readLiveIndex(text: string): LiveIndex | undefined {
  try {
    return liveIndex.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** The number of the segment that comes next; one that was given out is never made again. */
export function nextNumber({ periods }: LiveIndex): number {
  return periods.at(-1)?.end ?? 0;
}

/** Whether there never will be such a segment, although there are some before and after it. */
export function isHole({ periods }: LiveIndex, number: number): boolean {
  const next = periods.find(({ end }) => end > number);
  return next !== undefined && next !== periods[0] && number < next.first;
}

/** With one segment more. What is missing before it, or is made of something else, begins another period. */
export function withSegment(index: LiveIndex, number: number, representations: readonly Representation[]): LiveIndex {
  const last = index.periods.at(-1);
  if (last && number < last.end) throw new Error(`segment ${number} is out already`);
  const goesOn = last?.end === number && isSame(last.representations, representations);
  const kept = goesOn ? index.periods.slice(0, -1) : index.periods;
  const first = goesOn ? last.first : number;
  return { ...index, hasEnded: false, periods: [...kept, { representations, first, end: number + 1 }] };
}

/** Without periods that ended before `first`. One that reaches beyond keeps its beginning, which players count from. */
export function withoutBefore(index: LiveIndex, first: number): LiveIndex {
  return { ...index, periods: index.periods.filter(({ end }) => end > first) };
}

function isSame(some: readonly Representation[], others: readonly Representation[]): boolean {
  return JSON.stringify(some) === JSON.stringify(others);
}

/** A smaller picture of a live stream. */
export interface LiveRung {
  /** `480p`: its layer, its representation and its folder. */
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly bitrateBps: number;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

const LEAST_BPS = 150_000;

/** Lines, and bits of AV1 a second at up to 30 pictures. The least, with its sound, is to fit a link of 300 kbit/s. */
const RUNGS = [
  { lines: 720, bitrateBps: 1_800_000 },
  { lines: 480, bitrateBps: 900_000 },
  { lines: 240, bitrateBps: LEAST_BPS },
] as const;

/** How many times as fast as needed the machine must be with all three, with two, or it makes one: it has more to do. */
const NEEDED_SPEED = [
  { speed: 2, rungs: 3 },
  { speed: 1, rungs: 2 },
] as const;

export interface LadderOptions {
  readonly source: Size;
  /** Of the machine in `speed-test.ts`, divided by the streams that share it. */
  readonly speed: number;
  /** Rungs that turned out to be too much. */
  readonly dropped: number;
}

/** From the largest down, none above the source, at least one. */
export function liveLadder({ source, speed, dropped }: LadderOptions): readonly LiveRung[] {
  const lines = Math.min(source.width, source.height);
  const fitting = RUNGS.filter((rung) => rung.lines <= lines);
  const all = fitting.length > 0 ? fitting : [{ lines: lines - (lines % 2), bitrateBps: LEAST_BPS }];
  const affordable = NEEDED_SPEED.find((needed) => speed >= needed.speed)?.rungs ?? 1;
  const kept = Math.max(1, Math.min(affordable, all.length) - dropped);
  return all.slice(-kept).map(({ lines: short, bitrateBps }) => ({
    name: `${short}p`,
    bitrateBps,
    ...scaled(source, short),
  }));
}

/** Even numbers: encoders take no others. */
function scaled({ width, height }: Size, lines: number): Size {
  const isPortrait = height > width;
  const long = 2 * Math.round((lines * Math.max(width, height)) / Math.min(width, height) / 2);
  return isPortrait ? { width: lines, height: long } : { width: long, height: lines };
}

const RATES = [15, 20, 24, 25, 30] as const;

/** An even number of pictures a second near what comes; of what comes faster than 37 each second one is enough. */
export function evenRate(measured: number): number {
  const wanted = measured > 37 ? measured / 2 : measured;
  return RATES.reduce((best, rate) => (Math.abs(rate - wanted) < Math.abs(best - wanted) ? rate : best));
}

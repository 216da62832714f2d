const OCTAVES = 9;
/** Amplitude of each octave beside the one before: the spectrum of photographs, whose amplitude falls with frequency. */
const FALL = 0.7;

/** Numbers from 0 to 1, the same ones for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One field of values around 0.5 with detail of all sizes. */
export function cloud(width: number, height: number, random: () => number): Float32Array {
  const field = new Float32Array(width * height).fill(0.5);
  let amplitude = 0.45;
  for (let octave = 1; octave <= OCTAVES; octave += 1) {
    addOctave(field, width, height, 2 ** octave, amplitude, random);
    amplitude *= FALL;
  }
  return field;
}

/** A picture of such fields as PAM (RGB, or with `cut` RGBA that shows some shapes of it alone). */
export function texture({
  width,
  height,
  seed,
  cut,
}: {
  width: number;
  height: number;
  seed: number;
  cut?: boolean;
}): Buffer {
  const random = seededRandom(seed);
  const [light, warm, cold] = [
    cloud(width, height, random),
    cloud(width, height, random),
    cloud(width, height, random),
  ];
  const shapes = cut ? cloud(width, height, random) : undefined;
  const depth = shapes ? 4 : 3;
  const type = shapes ? 'RGB_ALPHA' : 'RGB';
  const head = `P7\nWIDTH ${width}\nHEIGHT ${height}\nDEPTH ${depth}\nMAXVAL 255\nTUPLTYPE ${type}\nENDHDR\n`;
  const pixels = Buffer.alloc(width * height * depth);
  for (let at = 0; at < width * height; at += 1) {
    const l = light[at] ?? 0;
    const [w, c] = [((warm[at] ?? 0) - 0.5) * 0.4, ((cold[at] ?? 0) - 0.5) * 0.4];
    pixels[at * depth] = byte(l + w);
    pixels[at * depth + 1] = byte(l);
    pixels[at * depth + 2] = byte(l + c);
    if (shapes) pixels[at * depth + 3] = (shapes[at] ?? 0) > 0.58 ? 255 : 0;
  }
  return Buffer.concat([Buffer.from(head), pixels]);
}

function byte(value: number): number {
  return Math.max(0, Math.min(255, Math.round(value * 255)));
}

/** Values on a lattice of so many cells, and smoothly between them. */
function addOctave(
  field: Float32Array,
  width: number,
  height: number,
  cells: number,
  amplitude: number,
  random: () => number,
): void {
  const across = Math.ceil((cells * width) / height) + 2;
  const lattice = Float32Array.from({ length: across * (cells + 2) }, () => (random() - 0.5) * amplitude);
  for (let y = 0; y < height; y += 1) {
    const row = (y * cells) / height;
    const v = smooth(row % 1);
    for (let x = 0; x < width; x += 1) {
      const column = (x * cells) / height;
      const u = smooth(column % 1);
      const at = Math.floor(row) * across + Math.floor(column);
      const [a = 0, b = 0] = [lattice[at], lattice[at + 1]];
      const [c = 0, d = 0] = [lattice[at + across], lattice[at + across + 1]];
      field[y * width + x] = (field[y * width + x] ?? 0) + (a + (b - a) * u) * (1 - v) + (c + (d - c) * u) * v;
    }
  }
}

function smooth(t: number): number {
  return t * t * (3 - 2 * t);
}

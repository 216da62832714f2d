import type { Growth, Line, Point } from '../growth/growth.ts';
import { type Lengths, measurePoint } from '../growth/measure-point.ts';
import { onStage } from '../stage.ts';

const VIEWERS = { all: [1, 10, 50, 100, 200, 500, 1000], quick: [1, 50, 200] };
const STREAMS = { all: [1, 2, 5, 10, 20, 50], quick: [1, 10] };
const LAYERS = { all: [1, 2, 3, 4], quick: [1, 3] };
const THREADS = { all: [1, 2, 3], quick: [1, 2] };
const VIEWERS_OF_EACH_STREAM = 4;
const VIEWERS_OF_LAYERS = 200;
const VIEWERS_OF_THREADS = 500;

/** How cost grows with viewers, streams, simulcast layers and media threads. */
export async function growth({ isQuick }: { isQuick: boolean }): Promise<readonly Growth[]> {
  // A stretch is a whole group of pictures, whose keyframe is dearer than the rest.
  const lengths = { stretches: isQuick ? 1 : 3, seconds: 2 };
  const sizes = isQuick ? 'quick' : 'all';
  return [
    await withViewers(VIEWERS[sizes], lengths),
    await withStreams(STREAMS[sizes], lengths),
    await withLayers(LAYERS[sizes], lengths),
    await withThreads(THREADS[sizes], lengths),
  ];
}

async function withViewers(sizes: readonly number[], lengths: Lengths): Promise<Growth> {
  const points = await onStage({ isApart: true }, async (stage) => {
    const measured: Point[] = [];
    for (const size of sizes) {
      await stage.join(size - (measured.at(-1)?.size ?? 0));
      measured.push(await measurePoint(stage, size, lengths));
    }
    return measured;
  });
  return {
    what: 'viewers',
    title: 'Viewers of one stream',
    isWide: true,
    lines: [{ name: '', points }],
    setting: 'One stream, one media thread, on a core of its own.',
  };
}

async function withStreams(sizes: readonly number[], lengths: Lengths): Promise<Growth> {
  const points = await onStage({ isApart: true }, async (stage) => {
    await stage.join(VIEWERS_OF_EACH_STREAM);
    const measured: Point[] = [];
    for (const size of sizes) {
      while (stage.streams < size) {
        await stage.publish(1);
        await stage.join(VIEWERS_OF_EACH_STREAM);
      }
      measured.push(await measurePoint(stage, size, lengths));
    }
    return measured;
  });
  return {
    what: 'streams',
    title: `Streams of ${VIEWERS_OF_EACH_STREAM} viewers each`,
    isWide: true,
    lines: [{ name: '', points }],
    setting: `Each stream with ${VIEWERS_OF_EACH_STREAM} viewers; one media thread, on a core of its own.`,
  };
}

async function withLayers(sizes: readonly number[], lengths: Lengths): Promise<Growth> {
  const [plain, choosing]: [Point[], Point[]] = [[], []];
  for (const layers of sizes) {
    await onStage({ isApart: true, layers }, async (stage) => {
      await stage.join(VIEWERS_OF_LAYERS);
      plain.push(await measurePoint(stage, layers, lengths));
      // There is nothing to choose, so nothing is negotiated.
      if (layers === 1) return;
      await stage.load.call('leave', {});
      await stage.join(VIEWERS_OF_LAYERS, { hasFeedback: true });
      choosing.push(await measurePoint(stage, layers, lengths));
    });
  }
  const lines: readonly Line[] = [
    { name: 'the best layer to everybody', points: plain },
    { name: 'each viewer’s link estimated (transport-cc)', points: choosing },
  ];
  return {
    what: 'layers',
    title: 'Simulcast layers',
    isWide: false,
    lines,
    setting:
      `${VIEWERS_OF_LAYERS} viewers of one stream, each layer with half the bitrate of the one above; all links carry the best. ` +
      'One media thread, on a core of its own. Estimating takes a number in each packet and, as of browsers, fifteen feedbacks a second and viewer.',
  };
}

async function withThreads(sizes: readonly number[], lengths: Lengths): Promise<Growth> {
  const points: Point[] = [];
  for (const threads of sizes) {
    await onStage({ env: { MEDIA_THREADS: String(threads) } }, async (stage) => {
      await stage.join(VIEWERS_OF_THREADS);
      points.push(await measurePoint(stage, threads, lengths));
    });
  }
  return {
    what: 'threads',
    title: `Media threads for ${VIEWERS_OF_THREADS} viewers`,
    isWide: false,
    lines: [{ name: '', points }],
    setting: `${VIEWERS_OF_THREADS} viewers of one stream; server, publisher and viewers anywhere on the machine's cores.`,
  };
}

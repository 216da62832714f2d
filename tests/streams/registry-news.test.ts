import { beforeEach, expect, it } from 'vitest';
import type { StreamEvent, StreamWitness } from '../../src/streams/ports.ts';
import { settled } from '../support/fake-clock.ts';
import { layerStats } from '../support/layer-stats.ts';
import { begin, clock, goLive, live, media, publish, registry, store, watch } from './fresh-registry.ts';

class Witness implements StreamWitness {
  readonly events: StreamEvent[] = [];
  /** How many tellings from now on fail. */
  failures = 0;

  async happened(event: StreamEvent): Promise<void> {
    if (this.failures > 0) {
      this.failures -= 1;
      throw new Error('the database is away');
    }
    this.events.push(event);
  }

  get types(): string[] {
    return this.events.map(({ type }) => type);
  }
}

let witness: Witness;

beforeEach(() => {
  witness = new Witness();
  begin({ witness });
});

it('of a stream it is told that it started, waits, and ended', async () => {
  const sessionId = await goLive();
  const { id = '', startedAt } = live().stream ?? {};
  await watch();
  media.lose(sessionId, 'closed_by_peer');
  await clock.advance(31_000);
  await settled();
  const about = { channel: { id: 'channel-1', slug: 'brook' }, stream: { id, title: 'A brook', startedAt } };
  expect(witness.events).toMatchObject([
    { ...about, type: 'started', codecs: ['opus', 'h264'] },
    { ...about, type: 'reconnecting' },
    { ...about, type: 'ended', reason: 'publisher_gone', peakViewers: 1 },
  ]);
});

it('of a publisher that never connects, and of one that takes over, it is told nothing', async () => {
  media.lose(await publish(), 'not_connected');
  await goLive();
  await goLive();
  await settled();
  expect(witness.types).toEqual(['started']);
});

it('what could not be told is told later, and before what came after it', async () => {
  witness.failures = 3;
  await goLive();
  registry.stop('channel-1');
  await clock.advance(10_000);
  await settled();
  expect(witness.types).toEqual(['started', 'ended']);
});

it('advice is told when it is raised, and the peak of viewers once a minute', async () => {
  await goLive();
  const streamId = live().stream?.id ?? '';
  await watch();
  for (let second = 0; second < 70; second += 1) {
    const layer = layerStats({ hasBFrames: second > 5, senderReports: 1, packets: second * 100 });
    media.measure(streamId, [{ kind: 'video', codec: 'h264', packets: 1, lost: 0, layers: [layer] }]);
    await clock.advance(1000);
  }
  expect(witness.events).toMatchObject([
    { type: 'started' },
    { type: 'advice_raised', advice: { code: 'b_frames', severity: 'error' } },
    { type: 'viewer_peak', viewers: 1 },
  ]);
});

it('a stream that a crash cut off is told to have ended, when it is found', async () => {
  const endedAt = new Date('2026-11-21T12:00:00Z');
  const stream = { id: 'stream-9', title: 'A flood', startedAt: new Date('2026-11-21T11:00:00Z') };
  store.crashed.push({ ...stream, channelId: 'channel-9', slug: 'flood', endedAt, peakViewers: 7 });
  await clock.advance(11_000);
  await settled();
  const channel = { id: 'channel-9', slug: 'flood' };
  expect(witness.events).toEqual([{ type: 'ended', at: endedAt, channel, stream, reason: 'crash', peakViewers: 7 }]);
});

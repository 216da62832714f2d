import { expect, it } from 'vitest';
import type { SessionMeter } from '../../src/streams/ports.ts';
import { settled } from '../support/fake-clock.ts';
import { begin, clock, goLive, media, play, registry, watch } from './fresh-registry.ts';

const heard: string[] = [];
const meter: SessionMeter = {
  opened: (kind) => heard.push(`${kind} opened`),
  connected: (kind, afterMs) => heard.push(`${kind} connected after ${afterMs} ms`),
  ended: (kind, reason) => heard.push(`${kind} ended: ${reason}`),
};

it('the meter hears of every session once, from its POST to its end', async () => {
  begin({ meter });
  await goLive();
  const viewer = await play();
  await clock.advance(40);
  media.connect(viewer);
  await settled();
  await registry.delete('viewer', viewer);
  await registry.delete('viewer', viewer);
  media.lose(await play(), 'not_connected');
  await watch();
  registry.stop('channel-1');
  expect(heard).toEqual([
    'publisher opened',
    'publisher connected after 0 ms',
    'viewer opened',
    'viewer connected after 40 ms',
    'viewer ended: deleted',
    'viewer opened',
    'viewer ended: not_connected',
    'viewer opened',
    'viewer connected after 0 ms',
    'publisher ended: stopped',
    'viewer ended: stopped',
  ]);
});

it('totals count connected viewers only, and streams by whether their publisher is there', async () => {
  const publisher = await goLive();
  await watch();
  await play();
  expect(registry.totals()).toEqual({ live: 1, reconnecting: 0, viewers: 1 });
  media.lose(publisher, 'closed_by_peer');
  expect(registry.totals()).toEqual({ live: 0, reconnecting: 1, viewers: 1 });
});

import { describe, expect, it } from 'vitest';
import type { LiveEvent } from '../../src/streams/live-events.ts';
import { settled } from '../support/fake-clock.ts';
import { channel, clock, goLive, live, media, publish, registry, rows, store, watch } from './fresh-registry.ts';

describe('stopping', () => {
  it('a channel ends its stream and everybody on it', async () => {
    await goLive();
    await watch();
    expect(registry.stop(channel.id)).toBe(true);
    await settled();
    expect([media.sessions.size, live().state]).toEqual([0, 'offline']);
    expect(rows()).toMatchObject([{ endReason: 'stopped', peakViewers: 1 }]);
    expect(registry.stop(channel.id)).toBe(false);
  });

  it('by a revoked key ends only what was published with it', async () => {
    await goLive('key-1');
    registry.keys.revoked(channel.id, 'key-2');
    expect(live().state).toBe('live');
    registry.keys.revoked(channel.id, 'key-1');
    await settled();
    expect([live().state, media.sessions.size]).toEqual(['offline', 0]);
    expect(rows()).toMatchObject([{ endReason: 'key_revoked' }]);
  });

  it('by a revoked key keeps a publisher from coming back', async () => {
    media.lose(await goLive('key-1'), 'closed_by_peer');
    registry.keys.revoked(channel.id, 'key-1');
    expect(live().state).toBe('offline');
  });

  it('by an expired key ends what was published with it, within a second', async () => {
    await goLive('key-1', new Date(clock.now() + 90_000));
    await watch();
    await clock.advance(89_000);
    expect(live().state).toBe('live');
    await clock.advance(1_000);
    expect([live().state, media.sessions.size]).toEqual(['offline', 0]);
    expect(rows()).toMatchObject([{ endReason: 'key_expired' }]);
  });

  it('by an expired key ends the waiting for a publisher who can not come back', async () => {
    media.lose(await goLive('key-1', new Date(clock.now() + 5_000)), 'closed_by_peer');
    expect(live().state).toBe('reconnecting');
    await clock.advance(5_000);
    expect(live().state).toBe('offline');
  });

  it('by an expired key leaves a publisher alone who took over with another', async () => {
    await goLive('key-1', new Date(clock.now() + 5_000));
    await goLive('key-2');
    await clock.advance(10_000);
    expect(live().state).toBe('live');
  });

  it('by a key comes when the key ends now, whatever was said when the publisher came', async () => {
    const soon = new Date(clock.now() + 5_000);
    await goLive('key-1', soon);
    registry.keys.changed(channel.id, { id: 'key-2', expiresAt: null });
    registry.keys.changed(channel.id, { id: 'key-1', expiresAt: null });
    await clock.advance(10_000);
    expect(live().state).toBe('live');
    registry.keys.changed(channel.id, { id: 'key-1', expiresAt: soon });
    await clock.advance(1_000);
    expect(live().state).toBe('offline');
  });

  it('the server ends every stream, writes it down, and leaves no timer', async () => {
    await goLive();
    await watch();
    await registry.close();
    expect(rows()).toMatchObject([{ endReason: 'shutdown' }]);
    expect([media.sessions.size, clock.pending]).toEqual([0, 0]);
    await expect(publish()).rejects.toMatchObject({ code: 'interrupted' });
  });

  it('the server does not wait for a database that is away', async () => {
    store.failures = 1000;
    await goLive();
    await registry.close();
    expect(clock.pending).toBe(0);
  });
});

describe('rows', () => {
  it('are written in order, though the database is away for a while', async () => {
    store.failures = 3;
    await goLive();
    const viewer = await watch();
    await registry.delete('viewer', viewer);
    expect(rows()).toEqual([]);
    await clock.advance(7_000);
    expect(rows()).toHaveLength(1);
    expect([...store.viewers.values()]).toMatchObject([{ reason: 'deleted' }]);
  });

  it('that fail for good do not keep the others back', async () => {
    await goLive();
    await settled();
    store.failures = 1000;
    const viewer = await watch();
    await clock.advance(30_000);
    store.failures = 0;
    expect(store.viewers.size).toBe(0);
    await registry.delete('viewer', viewer);
    await watch();
    await clock.advance(500);
    expect(store.viewers.size).toBe(1);
  });
});

describe('listeners', () => {
  it('hear of every state and every count', async () => {
    const heard: string[] = [];
    const unsubscribe = registry.subscribe(channel.id, (event) =>
      heard.push('viewers' in event ? `${event.viewers}` : event.type === 'live' ? event.live.state : 'layers'),
    );
    const publisher = await goLive();
    const viewer = await watch();
    media.lose(viewer, 'closed_by_peer');
    media.lose(publisher, 'closed_by_peer');
    await goLive();
    registry.stop(channel.id);
    unsubscribe();
    await goLive();
    expect(heard).toEqual(['live', '1', '0', 'reconnecting', 'live', 'offline']);
  });

  it('of another channel hear nothing', async () => {
    const heard: LiveEvent[] = [];
    registry.subscribe('channel-2', (event) => heard.push(event));
    await goLive();
    expect(heard).toEqual([]);
  });
});

import { describe, expect, it } from 'vitest';
import type { LiveEvent } from '../../src/streams/live-events.ts';
import { settled } from '../support/fake-clock.ts';
import { chromiumPlayOffer } from '../support/offers.ts';
import { channel, clock, goLive, live, media, publish, registry, rows, store, watch } from './fresh-registry.ts';

describe('a stream', () => {
  it('is live from the moment its publisher connects, not before', async () => {
    const sessionId = await publish();
    expect(live()).toEqual({ live: false, state: 'offline', stream: null });
    expect(rows()).toEqual([]);

    media.connect(sessionId);
    await settled();
    expect(live()).toMatchObject({
      live: true,
      state: 'live',
      stream: {
        title: 'A brook',
        viewers: 0,
        tracks: [
          { kind: 'audio', codec: 'opus' },
          { kind: 'video', codec: 'h264' },
        ],
      },
    });
    expect(rows()).toMatchObject([{ channelId: 'channel-1', endedAt: null, codecs: ['opus', 'h264'] }]);
    expect(registry.liveChannelIds()).toEqual(['channel-1']);
  });

  it('leaves nothing behind when its publisher never connects', async () => {
    const sessionId = await publish();
    media.lose(sessionId, 'not_connected');
    await settled();
    expect(rows()).toEqual([]);
    expect(media.endpointsAsked.size).toBe(0);
    expect(registry.liveChannelIds()).toEqual([]);
  });

  it('ends at once when its publisher DELETEs', async () => {
    const sessionId = await goLive();
    await registry.delete('publisher', sessionId);
    await settled();
    expect(live().state).toBe('offline');
    expect(rows()).toMatchObject([{ endReason: 'deleted' }]);
    expect(media.sessions.size).toBe(0);
  });

  it.each(['closed_by_peer', 'consent_lapsed', 'failed'] as const)(
    'waits 30 s for a publisher lost as %s',
    async (reason) => {
      const sessionId = await goLive();
      const streamId = live().stream?.id;
      media.lose(sessionId, reason);
      expect(live()).toMatchObject({ live: false, state: 'reconnecting', stream: { id: streamId } });

      await clock.advance(29_000);
      expect(live().state).toBe('reconnecting');
      await clock.advance(2_000);
      expect(live().state).toBe('offline');
      expect(rows()).toMatchObject([{ id: streamId, endReason: 'publisher_gone' }]);
    },
  );

  it('goes on as the same stream, with its viewers, when any key of the channel publishes in time', async () => {
    const lost = await goLive('key-1');
    const viewer = await watch();
    const before = live().stream;
    media.lose(lost, 'consent_lapsed');
    await clock.advance(20_000);

    await goLive('key-2');
    expect(live()).toMatchObject({
      state: 'live',
      stream: { id: before?.id, startedAt: before?.startedAt, viewers: 1 },
    });
    expect(media.sessions.has(viewer)).toBe(true);
    await clock.advance(60_000);
    expect(live().state).toBe('live');
    expect(rows()).toHaveLength(1);
  });

  it('tells at once of a publisher that fell silent, and is live again when it is heard', async () => {
    const sessionId = await goLive();
    await watch();
    const heard: string[] = [];
    registry.subscribe(channel.id, (event) => heard.push(event.type === 'live' ? event.live.state : event.type));
    media.hear(sessionId, 'silent');
    expect(live()).toMatchObject({ live: false, state: 'reconnecting', stream: { viewers: 1 } });
    await clock.advance(25_000);
    media.hear(sessionId, 'resumed');
    await clock.advance(60_000);
    expect(live().state).toBe('live');
    expect(heard).toEqual(['reconnecting', 'live']);
  });

  it('waits 30 s from the silence on, not from the end of the session', async () => {
    const sessionId = await goLive();
    media.hear(sessionId, 'silent');
    await clock.advance(27_000);
    media.lose(sessionId, 'consent_lapsed');
    await clock.advance(2_000);
    expect(live().state).toBe('reconnecting');
    await clock.advance(2_000);
    expect(live().state).toBe('offline');
    expect(rows()).toMatchObject([{ endReason: 'publisher_gone' }]);
  });

  it('is live by the successor of a silent publisher, whatever is heard of that one', async () => {
    const old = await goLive();
    const successor = await publish();
    media.hear(old, 'silent');
    expect(live().state).toBe('reconnecting');
    media.connect(successor);
    media.hear(old, 'silent');
    expect(live().state).toBe('live');
  });

  it('gives a returning publisher the time to connect, even past the 30 s', async () => {
    media.lose(await goLive(), 'closed_by_peer');
    await clock.advance(29_000);
    const returning = await publish();
    await clock.advance(5_000);
    expect(live().state).toBe('reconnecting');

    media.lose(returning, 'not_connected');
    expect(live().state).toBe('offline');
    await settled();
    expect(rows()).toMatchObject([{ endReason: 'publisher_gone' }]);
  });

  it('survives the close-first, DELETE-twice way of OBS', async () => {
    const sessionId = await goLive();
    media.lose(sessionId, 'closed_by_peer');
    expect(live().state).toBe('reconnecting');
    await registry.delete('publisher', sessionId);
    expect(live().state).toBe('offline');
    await expect(registry.delete('publisher', sessionId)).resolves.toBeUndefined();
    await settled();
    expect(rows()).toMatchObject([{ endReason: 'deleted' }]);
  });

  it('is not ended by the late DELETE of a publisher that was taken over', async () => {
    const old = await goLive();
    await goLive();
    await registry.delete('publisher', old);
    expect(live().state).toBe('live');
  });

  it('forgets ended sessions after some minutes', async () => {
    const sessionId = await goLive();
    await registry.delete('publisher', sessionId);
    await clock.advance(6 * 60_000);
    await expect(registry.delete('publisher', sessionId)).rejects.toMatchObject({ code: 'no_session' });
  });

  it('takes its next broadcast as a new stream', async () => {
    await registry.delete('publisher', await goLive());
    await goLive();
    await settled();
    expect(rows().map(({ endReason }) => endReason)).toEqual(['deleted', null]);
  });

  it('tells the size of its widest layer to the store, once', async () => {
    await goLive();
    const layers = [
      { rid: 'l', bitrateBps: 300_000, width: 640, height: 360 },
      { rid: 'h', bitrateBps: 3_000_000, width: 1920, height: 1080 },
    ];
    const track = { kind: 'video', codec: 'h264', packets: 1, lost: 0, layers } as const;
    media.measure(live().stream?.id ?? '', [track]);
    await settled();
    expect(rows()).toMatchObject([{ width: 1920, height: 1080 }]);
    expect(live().stream?.layers).toMatchObject(layers);
  });

  it('notes every ten seconds that it lives', async () => {
    await goLive();
    await clock.advance(31_000);
    expect(store.heartbeats).toHaveLength(3);
    expect(store.heartbeats[0]).toEqual([live().stream?.id]);
  });

  it('holds others for dead only when they have been silent for a minute, and nobody when it cannot write itself', async () => {
    await goLive();
    store.failures = 1;
    await clock.advance(11_000);
    expect(store.sweeps).toEqual([]);
    const before = clock.now();
    await clock.advance(10_000);
    expect(store.sweeps).toHaveLength(1);
    expect(store.sweeps[0]).toBeLessThanOrEqual(before + 10_000 - 60_000);
  });
});

describe('a take-over', () => {
  it('happens when the new publisher connects, and viewers hear of no gap', async () => {
    const old = await goLive();
    await watch();
    const heard: LiveEvent[] = [];
    registry.subscribe(channel.id, (event) => heard.push(event));
    const successor = await publish();
    expect([media.sessions.has(old), live().state]).toEqual([true, 'live']);

    media.connect(successor);
    await settled();
    expect([...media.sessions.keys()]).not.toContain(old);
    expect(live()).toMatchObject({ state: 'live', stream: { viewers: 1 } });
    expect(heard.map((event) => (event.type === 'live' ? event.live.state : event.type))).toEqual(['live']);
    await clock.advance(60_000);
    expect(rows()).toMatchObject([{ endReason: null }]);
  });

  it('that never connects does no harm to the stream', async () => {
    const old = await goLive();
    const successor = await publish();
    media.lose(successor, 'not_connected');
    await clock.advance(60_000);
    expect([media.sessions.has(old), live().state]).toEqual([true, 'live']);
  });

  it('that the media plane refuses leaves the stream as it was', async () => {
    const old = await goLive();
    media.failure = new Error('no more sockets');
    await expect(publish()).rejects.toThrow('no more sockets');
    expect([[...media.sessions.keys()], live().state]).toEqual([[old], 'live']);
  });

  it('is won by the last of several publishers at once, and nothing leaks', async () => {
    const sessions = await Promise.all([publish(), publish(), publish(), publish()]);
    expect([...media.sessions.keys()]).toEqual([sessions.at(-1)]);
    expect(media.endpointsAsked.size).toBe(1);
    media.connect(sessions.at(-1) ?? '');
    expect(live().state).toBe('live');
  });

  it('that fails in its last moment leaves the stream waiting for a return', async () => {
    const old = await goLive();
    const successor = await publish();
    media.lose(old, 'taken_over');
    expect(live().state).toBe('live');
    media.lose(successor, 'failed');
    expect(live().state).toBe('reconnecting');
    await clock.advance(31_000);
    expect(live().state).toBe('offline');
  });

  it('keeps the stream when the old publisher DELETEs before the new one connects', async () => {
    const old = await goLive();
    const successor = await publish();
    await registry.delete('publisher', old);
    expect(live().state).toBe('reconnecting');
    media.connect(successor);
    expect(live().state).toBe('live');
  });
});

describe('a failed publish', () => {
  it('releases the channel', async () => {
    media.failure = new Error('no more sockets');
    await expect(publish()).rejects.toThrow('no more sockets');
    expect([media.sessions.size, media.endpointsAsked.size]).toEqual([0, 0]);
    await goLive();
    expect(live().state).toBe('live');
  });

  it('of an offer that cannot be answered releases the channel', async () => {
    const offer = chromiumPlayOffer;
    await expect(registry.publish({ channel, offer })).rejects.toMatchObject({ code: 'unsupported_offer' });
    expect(media.endpointsAsked.size).toBe(0);
  });

  it('by a stop in the same moment tells the client', async () => {
    let open = () => {};
    media.gate = new Promise((resolve) => {
      open = resolve;
    });
    const publishing = publish();
    await settled();
    registry.stop(channel.id);
    open();
    await expect(publishing).rejects.toMatchObject({ code: 'interrupted' });
    expect(media.sessions.size).toBe(0);
  });
});

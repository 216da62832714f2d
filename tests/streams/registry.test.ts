import { pino } from 'pino';
import { beforeEach, describe, expect, it } from 'vitest';
import type { LiveEvent } from '../../src/streams/live-events.ts';
import { StreamRegistry } from '../../src/streams/registry.ts';
import { FakeClock, settled } from '../support/fake-clock.ts';
import { FakeMediaPlane } from '../support/fake-media-plane.ts';
import { FakeStreamStore } from '../support/fake-stream-store.ts';
import { chromiumPlayOffer, obsOffer } from '../support/offers.ts';

const channel = { id: 'channel-1', slug: 'brook', title: 'A brook' };

let clock: FakeClock;
let media: FakeMediaPlane;
let store: FakeStreamStore;
let registry: StreamRegistry;

beforeEach(() => {
  clock = new FakeClock();
  media = new FakeMediaPlane();
  store = new FakeStreamStore();
  registry = new StreamRegistry({ media, store, clock, log: pino({ level: 'silent' }) });
});

const publish = async (keyId = 'key-1') => (await registry.publish({ channel, offer: obsOffer, keyId })).sessionId;
const play = async () => (await registry.play({ channelId: channel.id, offer: chromiumPlayOffer })).sessionId;
const live = () => registry.live(channel.id);
const rows = () => [...store.rows.values()];

async function goLive(keyId?: string): Promise<string> {
  const sessionId = await publish(keyId);
  media.connect(sessionId);
  await settled();
  return sessionId;
}

async function watch(): Promise<string> {
  const sessionId = await play();
  media.connect(sessionId);
  await settled();
  return sessionId;
}

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
    expect(live().stream?.layers).toEqual(layers);
  });

  it('notes every ten seconds that it lives', async () => {
    await goLive();
    await clock.advance(31_000);
    expect(store.heartbeats).toHaveLength(3);
    expect(store.heartbeats[0]).toEqual([live().stream?.id]);
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

describe('viewers', () => {
  it('are refused while nobody is live', async () => {
    await expect(play()).rejects.toMatchObject({ code: 'not_live' });
    await publish();
    await expect(play()).rejects.toMatchObject({ code: 'not_live' });
  });

  it('may come while the publisher is away for a moment, with its codecs', async () => {
    media.lose(await goLive(), 'closed_by_peer');
    const viewer = await play();
    expect(media.plans.get(viewer)?.tracks.map(({ payloads }) => payloads[0]?.codec.name)).toEqual(['opus', 'h264']);
  });

  it('count once connected, until they leave, however they do', async () => {
    await goLive();
    const [first, second, third] = [await watch(), await watch(), await play()];
    expect(live().stream?.viewers).toBe(2);

    media.connect(third);
    expect(live().stream).toMatchObject({ viewers: 3, peakViewers: 3 });
    await registry.delete('viewer', first);
    media.lose(second, 'consent_lapsed');
    expect(live().stream).toMatchObject({ viewers: 1, peakViewers: 3 });
    await settled();
    expect([...store.viewers.values()].map(({ reason }) => reason)).toEqual(['deleted', 'consent_lapsed', undefined]);
  });

  it('never count when they never connect', async () => {
    await goLive();
    const viewer = await play();
    media.lose(viewer, 'not_connected');
    await settled();
    expect(live().stream).toMatchObject({ viewers: 0, peakViewers: 0 });
    expect(store.viewers.size).toBe(0);
  });

  it('are told apart from publishers by the kind of their resource', async () => {
    const publisher = await goLive();
    const viewer = await watch();
    await expect(registry.delete('viewer', publisher)).rejects.toMatchObject({ code: 'no_session' });
    await expect(registry.delete('publisher', viewer)).rejects.toMatchObject({ code: 'no_session' });
    expect(registry.has('viewer', viewer)).toBe(true);
    expect(registry.has('publisher', viewer)).toBe(false);
  });

  it('are dropped with the stream, and their rows closed', async () => {
    const publisher = await goLive();
    await watch();
    await registry.delete('publisher', publisher);
    await settled();
    expect(media.sessions.size).toBe(0);
    expect([...store.viewers.values()]).toMatchObject([{ reason: 'deleted' }]);
  });

  it('that the media plane refuses leave nothing behind', async () => {
    await goLive();
    media.failure = new Error('no more sockets');
    await expect(play()).rejects.toThrow('no more sockets');
    expect(media.sessions.size).toBe(1);
  });

  it('beyond the cap are turned away, and so are publishers', async () => {
    registry = new StreamRegistry({ media, store, clock, log: pino({ level: 'silent' }), maxSessions: 2 });
    await goLive();
    const viewer = await watch();
    await expect(play()).rejects.toMatchObject({ code: 'at_capacity' });
    await expect(publish()).rejects.toMatchObject({ code: 'at_capacity' });
    await registry.delete('viewer', viewer);
    await expect(play()).resolves.toBeTypeOf('string');
  });
});

describe('a PATCH', () => {
  const trickle =
    'a=ice-ufrag:EsAw\r\na=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\n';
  const fragmentOf = (ufrag: string, pwd: string) =>
    `a=ice-ufrag:${ufrag}\r\na=ice-pwd:${pwd}\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\n`;
  const restart = (n: number) => fragmentOf(`new${n}`, `${n}`.repeat(24));
  const open = async () => {
    const { sessionId, etag } = await registry.publish({ channel, offer: obsOffer });
    const remote = media.plans.get(sessionId)?.peer.remoteIce ?? { ufrag: '', pwd: '' };
    return { sessionId, etag, remote };
  };

  it('with a candidate of the present ICE session needs no answer', async () => {
    const { sessionId, etag, remote } = await open();
    const fragment = `${fragmentOf(remote.ufrag, remote.pwd)}a=candidate:1 1 udp 1 192.0.2.9 9 typ host\r\n`;
    expect(await registry.patch('publisher', sessionId, fragment, etag)).toEqual({ type: 'trickled' });
    expect(media.restarts).toEqual([]);
  });

  it('with new credentials restarts ICE, under a new entity tag', async () => {
    const { sessionId, etag } = await open();
    const result = await registry.patch('publisher', sessionId, restart(1), etag);
    const [done] = media.restarts;
    expect(done?.remote).toEqual({ ufrag: 'new1', pwd: '1'.repeat(24) });
    if (result.type !== 'restarted') throw new Error('not restarted');
    expect(result.etag).toMatch(/^"[^"]+"$/);
    expect(result.etag).not.toBe(etag);
    expect(result.fragment).toContain(`a=ice-ufrag:${done?.local.ufrag}`);
    expect(result.fragment).toContain('a=candidate:');
    await expect(registry.patch('publisher', sessionId, restart(2), etag)).rejects.toMatchObject({
      code: 'etag_mismatch',
    });
    await expect(registry.patch('publisher', sessionId, restart(2), result.etag)).resolves.toBeDefined();
  });

  it.each(['*', '"*"'])('restarts with If-Match: %s', async (ifMatch) => {
    const { sessionId } = await open();
    await expect(registry.patch('publisher', sessionId, restart(1), ifMatch)).resolves.toMatchObject({
      type: 'restarted',
    });
  });

  it('twice at once: one restart wins, the other is refused', async () => {
    const { sessionId, etag } = await open();
    const results = await Promise.allSettled(
      [1, 2].map((n) => registry.patch('publisher', sessionId, restart(n), etag)),
    );
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect(media.restarts).toHaveLength(1);
  });

  it('that fails keeps the session and its tag', async () => {
    const { sessionId, etag } = await open();
    media.failure = new Error('no');
    await expect(registry.patch('publisher', sessionId, restart(1), etag)).rejects.toThrow('no');
    await expect(registry.patch('publisher', sessionId, restart(1), etag)).resolves.toMatchObject({
      type: 'restarted',
    });
  });

  it('whose stream is stopped meanwhile says so, and brings nothing of it back', async () => {
    const { sessionId, etag } = await open();
    const { promise, resolve } = Promise.withResolvers<void>();
    media.gate = promise;
    const patching = registry.patch('publisher', sessionId, restart(1), etag);
    registry.stop(channel.id);
    resolve();
    await expect(patching).rejects.toMatchObject({ code: 'interrupted' });
    expect(media.endpointsAsked.size).toBe(0);
  });

  it.each([
    ['without If-Match', undefined, trickle, 'etag_missing'],
    ['with the tag of another session', '"other"', trickle, 'etag_mismatch'],
    ['with a weak tag', (etag: string) => `W/${etag}`, trickle, 'etag_mismatch'],
    ['with an unquoted tag', (etag: string) => etag.slice(1, -1), trickle, 'etag_mismatch'],
    ['that is no fragment', (etag: string) => etag, 'hello', 'bad_offer'],
  ])('%s is refused', async (_, ifMatch, fragment, code) => {
    const { sessionId, etag } = await open();
    const tag = typeof ifMatch === 'function' ? ifMatch(etag) : ifMatch;
    await expect(registry.patch('publisher', sessionId, fragment, tag)).rejects.toMatchObject({ code });
  });

  it('of a session that is not there is refused', async () => {
    await expect(registry.patch('viewer', 'none', trickle, '*')).rejects.toMatchObject({ code: 'no_session' });
  });
});

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
    registry.revokeKey(channel.id, 'key-2');
    expect(live().state).toBe('live');
    registry.revokeKey(channel.id, 'key-1');
    await settled();
    expect([live().state, media.sessions.size]).toEqual(['offline', 0]);
    expect(rows()).toMatchObject([{ endReason: 'key_revoked' }]);
  });

  it('by a revoked key keeps a publisher from coming back', async () => {
    media.lose(await goLive('key-1'), 'closed_by_peer');
    registry.revokeKey(channel.id, 'key-1');
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
    expect(store.viewers.size).toBe(1);
  });
});

describe('listeners', () => {
  it('hear of every state and every count', async () => {
    const heard: string[] = [];
    const unsubscribe = registry.subscribe(channel.id, (event) =>
      heard.push(event.type === 'live' ? event.live.state : `${event.viewers}`),
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

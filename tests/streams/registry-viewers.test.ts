import { describe, expect, it } from 'vitest';
import { settled } from '../support/fake-clock.ts';
import { obsOffer } from '../support/offers.ts';
import { begin, channel, clock, goLive, live, media, play, publish, registry, store, watch } from './fresh-registry.ts';

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
    await clock.advance(500);
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
    begin({ maxSessions: 2 });
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

  it('tells a client that writes no m-line one candidate alone', async () => {
    const { sessionId } = await open();
    const candidates = async (text: string) => {
      const result = await registry.patch('publisher', sessionId, text, '*');
      return result.type === 'restarted' ? (result.fragment.match(/^a=candidate:/gm) ?? []).length : 0;
    };
    expect(await candidates(restart(1))).toBeGreaterThan(1);
    expect(await candidates(restart(2).split('m=audio')[0] ?? '')).toBe(1);
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

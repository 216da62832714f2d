import { beforeEach, describe, expect, it } from 'vitest';
import { Passes } from '../../src/streams/passes.ts';
import type { EndReason } from '../../src/streams/ports.ts';
import { settled } from '../support/fake-clock.ts';
import { chromiumPlayOffer } from '../support/offers.ts';
import { channel, clock, goLive, media, registry, rows, store } from './fresh-registry.ts';

describe('a pass', () => {
  let passes: Passes;
  let ended: EndReason[];
  const end = (reason: EndReason) => ended.push(reason);

  beforeEach(() => {
    passes = new Passes();
    ended = [];
  });

  it('lets in as many as it says, and one more as soon as one has left', () => {
    const pass = { id: 'a', maxViewers: 2 };
    const leave = passes.watch(pass, end);
    passes.watch(pass, end);
    expect(() => passes.watch(pass, end)).toThrow(expect.objectContaining({ code: 'token_in_use' }));
    expect(() => passes.watch({ ...pass, id: 'b' }, end)).not.toThrow();
    leave();
    leave();
    expect(passes.viewers('a')).toBe(1);
    passes.watch(pass, end);
    expect(passes.viewers('a')).toBe(2);
  });

  it('lets listeners in however many watch', () => {
    const pass = { id: 'a', maxViewers: 1 };
    passes.listen(pass, end);
    passes.watch(pass, end);
    passes.listen(pass, end);
    expect(passes.viewers('a')).toBe(1);
  });

  it('ends for all who hold it, and for nobody else', () => {
    passes.watch({ id: 'a' }, end);
    passes.listen({ id: 'a' }, end);
    const leave = passes.watch({ id: 'a' }, end);
    passes.watch({ id: 'b' }, () => expect.unreachable());
    leave();
    passes.end('a', 'token_revoked');
    passes.end('a', 'token_revoked');
    expect(ended).toEqual(['token_revoked', 'token_revoked']);
    expect([passes.viewers('a'), passes.viewers('b')]).toEqual([0, 1]);
  });

  it('ends when it expires', () => {
    passes.watch({ id: 'a', expiresAt: new Date(1_000) }, end);
    passes.watch({ id: 'b' }, end);
    passes.endOverdue(999);
    expect(ended).toEqual([]);
    passes.endOverdue(1_000);
    expect(ended).toEqual(['token_expired']);
  });

  it('that ended is not confused with its next holders by who leaves late', () => {
    const leave = passes.watch({ id: 'a' }, end);
    passes.end('a', 'made_private');
    passes.watch({ id: 'a' }, end);
    leave();
    expect(passes.viewers('a')).toBe(1);
  });
});

describe('viewers with a pass', () => {
  const play = async (pass: Parameters<Passes['watch']>[0]) => {
    const { sessionId } = await registry.play({ channel, offer: chromiumPlayOffer, pass });
    media.connect(sessionId);
    await settled();
    return sessionId;
  };

  it('leave when it ends, with its reason, and the others stay', async () => {
    await goLive();
    await play({ id: 'a' });
    await play({ id: 'b' });
    registry.passes.end('a', 'token_revoked');
    await clock.advance(1_000);
    expect([registry.live(channel.id).stream?.viewers, media.sessions.size]).toEqual([1, 2]);
    expect([...store.viewers.values()]).toMatchObject([{ reason: 'token_revoked' }, {}]);
  });

  it('leave within a second of its expiry', async () => {
    await goLive();
    await play({ id: 'a', expiresAt: new Date(clock.now() + 5_000) });
    await clock.advance(4_000);
    expect(registry.live(channel.id).stream?.viewers).toBe(1);
    await clock.advance(1_000);
    expect(registry.live(channel.id).stream?.viewers).toBe(0);
  });

  it('count from the answer on, and no more once they are gone', async () => {
    await goLive();
    const pass = { id: 'a', maxViewers: 1 };
    const { sessionId } = await registry.play({ channel, offer: chromiumPlayOffer, pass });
    await expect(play(pass)).rejects.toMatchObject({ code: 'token_in_use' });
    await expect(registry.offer({ channel, pass })).rejects.toMatchObject({ code: 'token_in_use' });
    media.lose(sessionId, 'not_connected');
    const offered = await registry.offer({ channel, pass });
    await expect(play(pass)).rejects.toMatchObject({ code: 'token_in_use' });
    await registry.delete('viewer', offered.sessionId);
    await play(pass);
    expect(registry.passes.viewers('a')).toBe(1);
    registry.stop(channel.id);
    await settled();
    expect([registry.passes.viewers('a'), rows().length]).toEqual([0, 1]);
  });

  it('do not take a place when their session could not be opened', async () => {
    await goLive();
    media.failure = new Error('no more sockets');
    await expect(play({ id: 'a', maxViewers: 1 })).rejects.toThrow();
    expect(registry.passes.viewers('a')).toBe(0);
  });
});

import { beforeEach, describe, expect, it } from 'vitest';
import type { LiveEvent } from '../../src/streams/live-events.ts';
import { settled } from '../support/fake-clock.ts';
import { chromiumPlayOffer, obsOffer } from '../support/offers.ts';
import * as fresh from './fresh-registry.ts';
import { begin, clock, live, media, registry, rows, store } from './fresh-registry.ts';

const channel = { ...fresh.channel, acceptsWaitingViewers: true };

beforeEach(() => begin());

async function comes(): Promise<string> {
  const { sessionId } = await registry.play({ channel, offer: chromiumPlayOffer });
  media.connect(sessionId);
  await settled();
  return sessionId;
}

async function goLive(): Promise<string> {
  const { sessionId } = await registry.publish({ channel, offer: obsOffer });
  media.connect(sessionId);
  await settled();
  return sessionId;
}

const streamIdOf = (sessionId: string) => media.sessions.get(sessionId)?.streamId;

describe('viewers who come before there is a stream', () => {
  it('are let in, and count nowhere', async () => {
    await comes();
    expect(live()).toEqual({ live: false, state: 'offline', stream: null });
    expect(registry.liveChannelIds()).toEqual([]);
    expect(registry.totals()).toEqual({ live: 0, reconnecting: 0, viewers: 0 });
    expect([rows().length, store.viewers.size]).toEqual([0, 0]);
  });

  it('agree on every codec, and on word of their links', async () => {
    const [audio, video] = media.plans.get(await comes())?.tracks ?? [];
    expect(audio?.payloads.map(({ codec }) => codec.name)).toEqual(['opus']);
    expect(new Set(video?.payloads.map(({ codec }) => codec.name))).toEqual(new Set(['vp8', 'vp9', 'h264', 'av1']));
    expect(video).toHaveProperty('transportCcId');
  });

  it('are where the publisher will be, and viewers of the stream from its first moment', async () => {
    const [early, gone] = [await comes(), await comes()];
    await registry.delete('viewer', gone);
    const publisher = await goLive();
    expect(streamIdOf(publisher)).toBe(streamIdOf(early));
    expect(live().stream).toMatchObject({ viewers: 1, peakViewers: 1 });
    await clock.advance(500);
    expect([...store.viewers.values()]).toMatchObject([{ streamId: live().stream?.id }]);
  });

  it('are bounded like all others', async () => {
    begin({ maxSessions: 1 });
    await comes();
    await expect(comes()).rejects.toMatchObject({ code: 'at_capacity' });
  });

  it('leave nothing behind when the last one goes', async () => {
    await registry.delete('viewer', await comes());
    expect([media.sessions.size, media.endpointsAsked.size]).toEqual([0, 0]);
  });

  it('whose offer is no good leave nothing behind', async () => {
    await expect(registry.play({ channel, offer: 'hello' })).rejects.toMatchObject({ code: 'bad_offer' });
    await expect(registry.play({ channel, offer: obsOffer })).rejects.toMatchObject({ code: 'unsupported_offer' });
    media.failure = new Error('no more sockets');
    await expect(registry.play({ channel, offer: chromiumPlayOffer })).rejects.toThrow('no more sockets');
    expect([media.sessions.size, media.endpointsAsked.size]).toEqual([0, 0]);
  });

  it('stay when a publisher fails to connect', async () => {
    const viewer = await comes();
    const { sessionId } = await registry.publish({ channel, offer: obsOffer });
    media.lose(sessionId, 'not_connected');
    await expect(registry.publish({ channel, offer: 'hello' })).rejects.toMatchObject({ code: 'bad_offer' });
    expect(registry.has('viewer', viewer)).toBe(true);
    await goLive();
    expect(live().stream?.viewers).toBe(1);
  });

  it('see a title that was changed while they waited', async () => {
    await comes();
    registry.channelChanged({ ...channel, title: 'A river' });
    await registry.publish({ channel: { ...channel, title: 'A river' }, offer: obsOffer });
    media.connect([...media.sessions.keys()].at(-1) ?? '');
    expect(live().stream?.title).toBe('A river');
  });
});

describe('the end of the stream', () => {
  it.each([
    ['its publisher leaves', (publisher: string) => registry.delete('publisher', publisher)],
    ['it is stopped', async () => void registry.stop(channel.id)],
    [
      'its publisher does not come back',
      async (publisher: string) => {
        media.lose(publisher, 'consent_lapsed');
        await clock.advance(31_000);
      },
    ],
  ])('where %s keeps its viewers for the next one', async (_, end) => {
    const viewer = await comes();
    const publisher = await goLive();
    const first = live().stream?.id;
    const events: LiveEvent[] = [];
    registry.subscribe(channel.id, (event) => events.push(event));

    await end(publisher);
    await settled();
    expect(live().state).toBe('offline');
    expect(events.at(-1)).toEqual({ type: 'live', live: { live: false, state: 'offline', stream: null } });
    expect([registry.has('viewer', viewer), registry.has('publisher', publisher)]).toEqual([true, false]);
    expect([...media.sessions.keys()]).toEqual([viewer]);
    expect(rows()).toMatchObject([{ id: first, peakViewers: 1 }]);
    await clock.advance(500);
    expect([...store.viewers.values()].every(({ leftAt }) => leftAt !== undefined)).toBe(true);

    const next = await goLive();
    expect(live().stream?.id).not.toBe(first);
    expect(live().stream?.viewers).toBe(1);
    expect(streamIdOf(next)).toBe(streamIdOf(viewer));
    await registry.delete('viewer', viewer);
    expect(live().stream?.viewers).toBe(0);
  });

  it('is the end for all where the server stops', async () => {
    await comes();
    await registry.close();
    expect([media.sessions.size, media.endpointsAsked.size]).toEqual([0, 0]);
  });
});

describe('a channel that lets nobody wait any more', () => {
  it('sends away who waits', async () => {
    const viewer = await comes();
    registry.channelChanged({ ...channel, acceptsWaitingViewers: false });
    expect(registry.has('viewer', viewer)).toBe(false);
    expect(media.sessions.size).toBe(0);
  });

  it('keeps the viewers of a stream to its end', async () => {
    const viewer = await comes();
    await goLive();
    registry.channelChanged({ ...channel, acceptsWaitingViewers: false });
    expect(registry.has('viewer', viewer)).toBe(true);
    registry.stop(channel.id);
    expect([registry.has('viewer', viewer), media.sessions.size]).toEqual([false, 0]);
  });
});

import fc from 'fast-check';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { StreamRegistry } from '../../src/streams/registry.ts';
import { answerTo } from '../interop/conformance/sdp.ts';
import { FakeClock, settled } from '../support/fake-clock.ts';
import { FakeMediaPlane } from '../support/fake-media-plane.ts';
import { FakeStreamStore } from '../support/fake-stream-store.ts';
import { chromiumPlayOffer, obsOffer } from '../support/offers.ts';

/** `pick` chooses among what there is at that moment. */
const step = fc.record({
  what: fc.constantFrom(
    ...(['publish', 'publish', 'play', 'play', 'connect', 'connect', 'connect', 'lose', 'lose', 'delete'] as const),
    ...(['delete again', 'stop', 'revoke', 'wait', 'wait long', 'media fails', 'store fails'] as const),
    ...(['fall silent', 'resume', 'offer', 'answer', 'let wait or not'] as const),
  ),
  pick: fc.nat(1000),
});

const LOSSES = ['closed_by_peer', 'consent_lapsed', 'not_connected', 'failed'] as const;

it('whatever happens in whatever order, counts are right and nothing is left over', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const channels = ['one', 'two'].map((slug) => ({
        id: slug,
        slug,
        title: slug,
        acceptsWaitingViewers: slug === 'two',
      }));
      const clock = new FakeClock();
      const media = new FakeMediaPlane();
      const store = new FakeStreamStore();
      const registry = new StreamRegistry({ media, store, clock, log: pino({ level: 'silent' }) });
      const connected = new Set<string>();
      const silent = new Set<string>();
      const everOpened: { kind: 'publisher' | 'viewer'; id: string; channelId: string; offer: string }[] = [];
      const open = (
        kind: 'publisher' | 'viewer',
        channelId: string,
        opening: Promise<{ sessionId: string; sdp: string }>,
      ) =>
        opening.then(
          ({ sessionId, sdp }) => everOpened.push({ kind, id: sessionId, channelId, offer: sdp }),
          () => {},
        );

      for (const { what, pick } of steps) {
        const channel = channels[pick % channels.length];
        const [sessionId] = [...media.sessions.keys()].slice(pick % (media.sessions.size || 1));
        const opened = everOpened[pick % (everOpened.length || 1)];
        if (!channel) throw new Error('no channel');
        if (what === 'publish') {
          await open(
            'publisher',
            channel.id,
            registry.publish({
              channel,
              offer: obsOffer,
              key: { id: `key-${pick % 3}`, expiresAt: pick % 2 ? null : new Date(clock.now() + 90 * pick) },
            }),
          );
        }
        if (what === 'play') await open('viewer', channel.id, registry.play({ channel, offer: chromiumPlayOffer }));
        if (what === 'offer') await open('viewer', channel.id, registry.offer({ channel }));
        if (what === 'answer' && opened) {
          await registry.answer(opened.id, answerTo(opened.offer), undefined).catch(() => {});
        }
        if (what === 'let wait or not') {
          channel.acceptsWaitingViewers = !channel.acceptsWaitingViewers;
          registry.channelChanged({ ...channel });
        }
        if (what === 'connect' && sessionId) {
          connected.add(sessionId);
          media.connect(sessionId);
        }
        if (what === 'lose' && sessionId) media.lose(sessionId, LOSSES[pick % LOSSES.length] ?? 'failed');
        if (what === 'fall silent' && sessionId && connected.has(sessionId) && media.isPublisher(sessionId)) {
          silent.add(sessionId);
          media.hear(sessionId, 'silent');
        }
        if (what === 'resume' && sessionId && silent.delete(sessionId)) media.hear(sessionId, 'resumed');
        if ((what === 'delete' || what === 'delete again') && opened) {
          await registry.delete(opened.kind, opened.id).catch(() => {});
        }
        if (what === 'stop') registry.stop(channel.id);
        if (what === 'revoke') registry.keys.revoked(channel.id, `key-${pick % 3}`);
        if (what === 'wait') await clock.advance(1_000 + pick);
        if (what === 'wait long') await clock.advance(31_000);
        if (what === 'media fails') media.failure = new Error('no more sockets');
        if (what === 'store fails') store.failures = 1 + (pick % 2);
        await settled();

        for (const { id } of channels) {
          const { stream, state } = registry.live(id);
          const ids = new Set(everOpened.filter(({ channelId }) => channelId === id).map((session) => session.id));
          const mine = [...media.sessions].filter(([key]) => ids.has(key));
          const watching = mine.filter(([key, { kind }]) => kind === 'viewer' && connected.has(key));
          expect(stream?.viewers ?? 0).toBe(stream ? watching.length : 0);
          const publishing = mine.filter(
            ([key, { kind }]) => kind === 'publisher' && connected.has(key) && !silent.has(key),
          );
          expect(publishing.length).toBe(state === 'live' ? 1 : 0);
        }
        // One media stream a channel, and not one more: what ended was closed.
        expect(media.endpointsAsked.size).toBeLessThanOrEqual(channels.length);
        expect(new Set([...media.sessions.values()].map(({ streamId }) => streamId)).size).toBeLessThanOrEqual(2);
      }

      store.failures = 0;
      await clock.advance(60_000);
      await registry.close();
      expect([media.sessions.size, media.endpointsAsked.size, clock.pending]).toEqual([0, 0, 0]);
      expect([...store.rows.values()].filter(({ endedAt }) => endedAt === null)).toEqual([]);
      expect([...store.viewers.values()].filter(({ leftAt }) => leftAt === undefined)).toEqual([]);
    }),
    { numRuns: 1000 },
  );
});

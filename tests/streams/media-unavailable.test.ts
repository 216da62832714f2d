import { pino } from 'pino';
import { expect, it } from 'vitest';
import { MediaUnavailable } from '../../src/streams/ports.ts';
import { StreamRegistry } from '../../src/streams/registry.ts';
import { FakeClock, settled } from '../support/fake-clock.ts';
import { FakeMediaPlane } from '../support/fake-media-plane.ts';
import { FakeStreamStore } from '../support/fake-stream-store.ts';
import { chromiumPlayOffer, obsOffer } from '../support/offers.ts';

const channel = { id: 'channel-1', slug: 'brook', acceptsWaitingViewers: false, title: 'A brook' };

it('while a media thread is replaced, publishing and playing are to be tried again, and leave nothing behind', async () => {
  const media = new FakeMediaPlane();
  const clock = new FakeClock();
  const registry = new StreamRegistry({ media, store: new FakeStreamStore(), clock, log: pino({ level: 'silent' }) });

  media.failure = new MediaUnavailable();
  await expect(registry.publish({ channel, offer: obsOffer })).rejects.toMatchObject({ code: 'interrupted' });
  await settled();
  expect(media.sessions.size).toBe(0);
  expect(registry.live(channel.id).state).toBe('offline');

  const { sessionId } = await registry.publish({ channel, offer: obsOffer });
  media.connect(sessionId);
  await settled();
  media.failure = new MediaUnavailable();
  const playing = registry.play({ channel, offer: chromiumPlayOffer });
  await expect(playing).rejects.toMatchObject({ code: 'interrupted' });
  expect(registry.live(channel.id).state).toBe('live');
});

import { pino } from 'pino';
import { beforeEach } from 'vitest';
import type { SessionMeter, StreamWitness } from '../../src/streams/ports.ts';
import { StreamRegistry } from '../../src/streams/registry.ts';
import { FakeClock, settled } from '../support/fake-clock.ts';
import { FakeMediaPlane } from '../support/fake-media-plane.ts';
import { FakeStreamStore } from '../support/fake-stream-store.ts';
import { chromiumPlayOffer, obsOffer } from '../support/offers.ts';

/** A registry and its surroundings, new for each test of the file that imports this. */

export const channel = { id: 'channel-1', slug: 'brook', title: 'A brook', acceptsWaitingViewers: false };

export let clock: FakeClock;
export let media: FakeMediaPlane;
export let store: FakeStreamStore;
export let registry: StreamRegistry;

beforeEach(() => begin());

export function begin(options: { maxSessions?: number; meter?: SessionMeter; witness?: StreamWitness } = {}): void {
  clock = new FakeClock();
  media = new FakeMediaPlane();
  store = new FakeStreamStore();
  registry = new StreamRegistry({ media, store, clock, log: pino({ level: 'silent' }), ...options });
}

export const publish = async (keyId = 'key-1', expiresAt: Date | null = null) =>
  (await registry.publish({ channel, offer: obsOffer, key: { id: keyId, expiresAt } })).sessionId;
export const play = async () => (await registry.play({ channel, offer: chromiumPlayOffer })).sessionId;
export const live = () => registry.live(channel.id);
export const rows = () => [...store.rows.values()];

export async function goLive(keyId?: string, expiresAt?: Date): Promise<string> {
  const sessionId = await publish(keyId, expiresAt);
  media.connect(sessionId);
  await settled();
  return sessionId;
}

export async function watch(): Promise<string> {
  const sessionId = await play();
  media.connect(sessionId);
  await settled();
  return sessionId;
}

import { beforeEach, expect, test } from 'vitest';
import { MediaUnavailable } from '../../src/streams/ports.ts';
import { Probes } from '../../src/streams/probes.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { FakeMediaPlane } from '../support/fake-media-plane.ts';
import { chromiumPlayOffer } from '../support/offers.ts';

let clock: FakeClock;
let media: FakeMediaPlane;
let probes: Probes;

beforeEach(() => {
  clock = new FakeClock();
  media = new FakeMediaPlane();
  probes = new Probes({ media, clock });
});

const open = (thread = 0) => probes.open({ thread, offer: chromiumPlayOffer });

test('a probe is answered with candidates, is open on the media plane, and gone when it is closed', async () => {
  expect(probes.targets()).toEqual([{ thread: 0, port: 8189 }]);
  const { id, answer } = await open();
  expect(answer).toContain('192.0.2.1 8189 typ host');
  expect([...media.sessions.keys()]).toEqual([id]);
  await probes.close(id);
  await probes.close(id);
  expect([media.sessions.size, clock.pending]).toEqual([0, 0]);
});

test('one that nobody closes ends by itself', async () => {
  await open();
  await clock.advance(20_000);
  expect([media.sessions.size, clock.pending]).toEqual([0, 0]);
});

test('there are only so many at once', async () => {
  for (let count = 0; count < 64; count += 1) await open();
  await expect(open()).rejects.toMatchObject({ code: 'at_capacity' });
});

test('a thread that is not there is said to be under way, and nothing stays', async () => {
  await expect(open(7)).rejects.toMatchObject({ code: 'interrupted' });
  media.failure = new MediaUnavailable();
  await expect(open()).rejects.toMatchObject({ code: 'interrupted' });
  expect([media.sessions.size, clock.pending]).toEqual([0, 0]);
});

test('what is no offer opens nothing', async () => {
  await expect(probes.open({ thread: 0, offer: 'hello' })).rejects.toMatchObject({ code: 'bad_offer' });
  expect(media.sessions.size).toBe(0);
});

import { expect, it } from 'vitest';
import type { RecordingRecord } from '../../src/recording/ports.ts';
import { RecordingNews } from '../../src/webhooks/recording-news.ts';
import { FakeChannelStore } from '../support/fake-channel-stores.ts';
import { FakeDeliveryStore, FakeWebhookStore } from '../support/fake-webhook-stores.ts';

const part = { number: 0, file: '0000.webm', videoCodec: 'vp8' as const, hasAudio: true, width: 640, height: 360 };
const at = (seconds: number) => new Date(seconds * 1000);

it.each([
  ['ready', 'recording.ready'],
  ['failed', 'recording.failed'],
] as const)(
  'a recording that is %s is told of to those who listen to its channel, with what it holds',
  async (state, type) => {
    const channels = new FakeChannelStore();
    const webhooks = new FakeWebhookStore(channels);
    const deliveries = new FakeDeliveryStore(webhooks);
    const draft = { title: 'Brook', description: '', category: '', visibility: 'public' as const, ownerId: 'ann' };
    const channel = await channels.create({ slug: 'brook', ...draft });
    const hook = { url: 'https://example.org/', sealedSecret: Uint8Array.of(1) };
    const own = { userId: 'ann', channelId: channel?.id ?? null };
    const listening = await webhooks.create({ ...hook, ...own, events: [type] });
    const deaf = await webhooks.create({ ...hook, ...own, events: ['stream.ended'] });
    const recording: RecordingRecord = {
      ...{
        id: 'r1',
        channelId: channel?.id ?? '',
        streamId: 's1',
        title: 'Morning',
        state,
        problem: 'disk_full',
      },
      ...{ startedAt: at(10), endedAt: at(70), picturesAt: null, renditionsAt: null, renditionsRun: null },
      parts: [
        { ...part, startedAt: at(10), durationMs: 40_000, bytes: 1_000 },
        { ...part, number: 1, startedAt: at(50), durationMs: 20_000, bytes: 500 },
      ],
    };
    await new RecordingNews({ deliveries, channels }).ended(recording);
    const bodies = async (id: string) => (await deliveries.list(id, { limit: 9 })).map(({ body }) => JSON.parse(body));
    expect(await bodies(deaf.id)).toEqual([]);
    expect(await bodies(listening.id)).toEqual([
      {
        type,
        timestamp: '1970-01-01T00:01:10.000Z',
        data: {
          channel: { slug: 'brook' },
          recording: {
            ...{ id: 'r1', streamId: 's1', title: 'Morning', problem: 'disk_full' },
            ...{ startedAt: '1970-01-01T00:00:10.000Z', endedAt: '1970-01-01T00:01:10.000Z' },
            ...{ durationMs: 60_000, bytes: 1_500 },
          },
        },
      },
    ]);
  },
);

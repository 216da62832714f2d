import { pino } from 'pino';
import { serveHttp } from '../../src/http/server.ts';
import { openRenditions } from '../../src/open-renditions.ts';
import { StreamRegistry } from '../../src/streams/registry.ts';
import { MediaThreads } from '../../src/transport/media-plane.ts';
import { afterTest } from './after-test.ts';
import { FakeApp } from './fake-app.ts';
import { FakeStreamStore } from './fake-stream-store.ts';
import { until } from './until.ts';

/** HTTP and media as they are, rows in memory: with one adaptive channel, and what a transcoder needs of it. */
export class AdaptiveServer {
  readonly url: string;
  readonly key: string;
  readonly media: MediaThreads;
  readonly #streams: StreamRegistry;
  readonly #grant: (streamId: string) => string | undefined;
  readonly #channelId: string;

  private constructor(options: {
    url: string;
    key: string;
    media: MediaThreads;
    streams: StreamRegistry;
    grant: (streamId: string) => string | undefined;
    channelId: string;
  }) {
    this.url = options.url;
    this.key = options.key;
    this.media = options.media;
    this.#streams = options.streams;
    this.#grant = options.grant;
    this.#channelId = options.channelId;
  }

  static async start({ threads = 1 } = {}): Promise<AdaptiveServer> {
    const log = pino({ level: 'silent' });
    const announcedAddresses = [{ address: '127.0.0.1' }];
    const media = await MediaThreads.start({ port: 0, threads, announcedAddresses, send: 'auto', log });
    const { renditions, close } = openRenditions({ media, log });
    const streams = new StreamRegistry({ media, store: new FakeStreamStore(), log, sinks: [renditions] });
    const fake = new FakeApp({ streams, renditions });
    const { channel, key } = await fake.channel('brook', fake.users.add('ada', 'streamer').id);
    Object.assign(channel, { isAdaptive: true });
    const server = await serveHttp({ app: fake.app, host: '127.0.0.1', port: 0 });
    afterTest(async () => {
      await streams.close();
      await server.close();
      await close();
      await media.close();
    });
    const url = `http://127.0.0.1:${server.port}`;
    const grant = (streamId: string) => renditions.grant(streamId);
    return new AdaptiveServer({ url, key, media, streams, grant, channelId: channel.id });
  }

  get whipUrl(): string {
    return `${this.url}/whip`;
  }

  get whepUrl(): string {
    return `${this.url}/whep/brook`;
  }

  get live() {
    return this.#streams.live(this.#channelId);
  }

  /** Where a transcoder of the live stream finds what it needs, and by what token. */
  async transcoding(): Promise<{ url: string; token: string }> {
    const stream = await until('the stream is live', () => this.live.stream ?? undefined);
    const token = this.#grant(stream.id);
    if (token === undefined) throw new Error('the stream is not live');
    return { url: `${this.url}/internal/streams/${stream.id}`, token };
  }
}

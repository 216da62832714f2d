import { readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { Api } from '../../tests/support/api.ts';
import { openBareSite } from '../../tests/support/bare-site.ts';
import { type AnyPage, newVisitor, openBrowser } from '../../tests/support/browser.ts';
import { Firefox } from '../../tests/support/firefox.ts';
import { Server } from '../../tests/support/server.ts';
import { UdpShaper } from '../../tests/support/udp-shaper.ts';
import { until } from '../../tests/support/until.ts';
import { Encoder } from './encoder.ts';
import { BITS, type NumberedVideo } from './numbered-video.ts';

const SCRIPT = join(import.meta.dirname, 'page.js');
const DELAY_MS = 10;
const QUEUE_MS = 400;

export interface Browser {
  readonly name: string;
  readonly page: AnyPage;
}

export interface Source {
  readonly slug: string;
  readonly encoder: Encoder;
}

/** All that one viewer saw from `startMs` on; only late pictures are read. */
export interface Seen {
  readonly startMs: number;
  readonly shown: readonly { readonly atMs: number; readonly number?: number }[];
}

/** A browser's way to a source. */
export interface Watching {
  readonly encoder: Encoder;
  /** Until the first picture, or as long as told. */
  watch(ms?: number): Promise<Seen>;
  close(): void;
}

/** Our server and both browsers, with one page each. */
export class Venue {
  readonly browsers: readonly Browser[];
  readonly #server: Server;
  readonly #api: Api;
  readonly #address: string;
  readonly #closeRest: () => Promise<void>;
  #channels = 0;

  private constructor(options: {
    browsers: readonly Browser[];
    server: Server;
    api: Api;
    address: string;
    closeRest: () => Promise<void>;
  }) {
    this.browsers = options.browsers;
    this.#server = options.server;
    this.#api = options.api;
    this.#address = options.address;
    this.#closeRest = options.closeRest;
  }

  static async open(): Promise<Venue> {
    const address = ownAddress();
    const [server, site, chromium, firefox] = await Promise.all([
      Server.start({ env: { ANNOUNCED_ADDRESS: address } }),
      openBareSite(),
      openBrowser(),
      Firefox.start(),
    ]);
    const opened = [await (await newVisitor(chromium)).open(site.url), await firefox.open(site.url)];
    const browsers = await Promise.all(opened.map((page) => prepare(page)));
    const closeRest = async () => {
      site.close();
      await Promise.all([chromium.close(), firefox.close()]);
    };
    return new Venue({ browsers, server, api: await Api.setUp(server), address, closeRest });
  }

  /** On a channel of its own. Resolves once that is live. */
  async publish(request: { video: NumberedVideo; hearsRequests: boolean }): Promise<Source> {
    this.#channels += 1;
    const { slug, key } = await this.#api.createChannel(`encoder-${this.#channels}`);
    const encoder = await Encoder.publish({ url: `${this.#server.url}/whip`, key, ...request });
    await until(`${slug} is live`, async () => (await this.#api.live(slug)).state === 'live');
    return { slug, encoder };
  }

  async watching({ page }: Browser, { slug, encoder }: Source, rateBps?: number): Promise<Watching> {
    const link = rateBps === undefined ? undefined : await this.#open(rateBps);
    const request = {
      url: `${this.#server.url}/whep/${slug}`,
      link: link && `${this.#address} ${link.port}`,
      bits: BITS,
    };
    return {
      encoder,
      watch: (ms = 0) => page.evaluate<Seen>(`watchNumbered(${JSON.stringify({ ...request, ms })})`),
      close: () => link?.close(),
    };
  }

  async close(): Promise<void> {
    await this.#closeRest();
    await this.#server.stop();
  }

  #open(rateBps: number): Promise<UdpShaper> {
    const down = { rateBps, delayMs: DELAY_MS, queueBytes: Math.max(32_000, (rateBps * QUEUE_MS) / 8000) };
    const { mediaPort: serverPort } = this.#server;
    return UdpShaper.open({ seed: 1, serverPort, address: this.#address, down, up: { delayMs: DELAY_MS } });
  }
}

async function prepare(page: AnyPage): Promise<Browser> {
  await page.evaluate<void>(`(() => { ${readFileSync(SCRIPT, 'utf8')} })()`);
  const agent = await page.evaluate<string>('navigator.userAgent');
  const [, name = '', version] = /(Chrome|Firefox)\/(\d+)/.exec(agent) ?? [];
  return { name: `${name.replace(/Chrome$/, 'Chromium')} ${version}`, page };
}

/** Firefox in its sandbox has no candidate on loopback. */
function ownAddress(): string {
  const own = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ family, internal }) => family === 'IPv4' && !internal);
  return own?.address ?? '127.0.0.1';
}

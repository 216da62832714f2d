import type { Page } from 'playwright-core';
import { Api } from '../../tests/support/api.ts';
import { openBareClient } from '../../tests/support/bare-client.ts';
import { openBareSite } from '../../tests/support/bare-site.ts';
import { newVisitor, openBrowser, type Visitor } from '../../tests/support/browser.ts';
import { LayeredEncoder } from '../../tests/support/layered-encoder.ts';
import type { EncodedMedia } from '../../tests/support/media-file.ts';
import { Server } from '../../tests/support/server.ts';
import { type LinkConditions, UdpShaper } from '../../tests/support/udp-shaper.ts';
import { until } from '../../tests/support/until.ts';
import { seesMovingPicture } from '../../tests/support/watching.ts';

/** A viewer behind a link of his own. */
export interface Viewing {
  readonly page: Page;
  readonly link: UdpShaper;
  close(): Promise<void>;
}

/** Our server, one Chromium, and encoders whose streams were made beforehand. */
export class Venue {
  readonly #server: Server;
  readonly #api: Api;
  readonly #siteUrl: string;
  readonly #visitor: Visitor;
  readonly #closeRest: () => Promise<void>;

  private constructor(options: {
    server: Server;
    api: Api;
    siteUrl: string;
    visitor: Visitor;
    closeRest: () => Promise<void>;
  }) {
    this.#server = options.server;
    this.#api = options.api;
    this.#siteUrl = options.siteUrl;
    this.#visitor = options.visitor;
    this.#closeRest = options.closeRest;
  }

  static async open(): Promise<Venue> {
    const [server, site, browser] = await Promise.all([Server.start(), openBareSite(), openBrowser()]);
    const [api, visitor] = await Promise.all([Api.setUp(server), newVisitor(browser)]);
    const closeRest = async () => {
      site.close();
      await browser.close();
    };
    return new Venue({ server, api, siteUrl: site.url, visitor, closeRest });
  }

  /** Layers of one stream, the best first. Resolves once the channel is live, with its name and how to stop. */
  async publish(
    layers: readonly EncodedMedia[],
    options: { hearsRequests: boolean },
  ): Promise<{ slug: string; stop: () => void }> {
    const { slug, key } = await this.#api.createChannel('networks');
    const encoder = await LayeredEncoder.publish({ whipUrl: `${this.#server.url}/whip`, key, layers, ...options });
    const arrives = async () => {
      const sent = (await this.#api.live(slug)).stream?.layers ?? [];
      return sent.filter(({ bitrateBps, height }) => bitrateBps > 0 && height !== undefined).length === layers.length;
    };
    await until(`all layers of ${slug} arrive`, arrives);
    return { slug, stop: () => encoder.stop() };
  }

  async watch(slug: string, seed: number, conditions: LinkConditions): Promise<Viewing> {
    const link = await UdpShaper.open({ seed, serverPort: this.#server.mediaPort, ...conditions });
    const client = { visitor: this.#visitor, siteUrl: this.#siteUrl, link };
    const page = await openBareClient(client, 'play', { url: `${this.#server.url}/whep/${slug}` });
    await seesMovingPicture(page);
    const close = async () => {
      await page.close();
      link.close();
    };
    return { page, link, close };
  }

  async close(): Promise<void> {
    await this.#closeRest();
    await this.#server.stop();
  }
}

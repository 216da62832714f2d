import { makeMedia } from '../../tests/support/media-file.ts';
import { ObsClient } from '../../tests/support/obs-client.ts';
import { until } from '../../tests/support/until.ts';
import type { Stage } from '../stage.ts';

const ASK_MS = 3_000;
const FIRST_MANIFEST_MS = 60_000;

type Media = Awaited<ReturnType<typeof makeMedia>>;

/** A real 720p30 stream of 2.5 Mbit/s, as OBS sends it. */
export const hdMedia = (): Promise<Media> =>
  makeMedia({ width: 1280, height: 720, groupSeconds: 2, bitrateKbps: 2500 });

/** One more stream on the stage's server, of pictures that can be decoded, with its ladder being made where it is adaptive. */
export class LadderedStream {
  readonly slug: string;
  readonly #encoder: ObsClient;
  #asking: NodeJS.Timeout | undefined;

  private constructor(slug: string, encoder: ObsClient) {
    this.slug = slug;
    this.#encoder = encoder;
  }

  /** Resolves once the first segments of the ladder are there; without a ladder once it is live. */
  static async publish(
    { server, api }: Stage,
    { name, media, hasLadder }: { name: string; media: Media; hasLadder: boolean },
  ): Promise<LadderedStream> {
    const { slug, key } = await api.createChannel(name);
    if (hasLadder) await api.patch(`/channels/${slug}`, { isAdaptive: true });
    const encoder = await ObsClient.publish({ whipUrl: `${server.url}/whip`, key, media });
    const stream = new LadderedStream(slug, encoder);
    try {
      await until('it is live', async () => (await api.live(slug)).state === 'live');
      if (hasLadder) await stream.#haveItMade(`${server.url}/media/live/${slug}/manifest.mpd`);
      return stream;
    } catch (error) {
      await stream.stop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    clearInterval(this.#asking);
    await this.#encoder.stop();
  }

  /** As a viewer of DASH does: a ladder is made as long as somebody asks. */
  async #haveItMade(manifest: string): Promise<void> {
    const ask = async () => (await fetch(manifest)).ok;
    this.#asking = setInterval(() => void ask().catch(() => false), ASK_MS);
    await until('the ladder is made', ask, { timeoutMs: FIRST_MANIFEST_MS, everyMs: 500 });
  }
}

import { backoffMs } from './backoff.ts';
import { type RtcResource, request } from './rtc-resource.ts';
import type { LayerWish, VideoLayer } from './video-layer.ts';

const URN = 'urn:ietf:params:whep:ext:core';

export type LayersListener = (layers: readonly VideoLayer[]) => void;

/**
 * The layers of one WHEP session: hears which there are, by its extension for server-sent events, and asks for one, by
 * that for layer selection. A server without them is none the worse.
 */
export class WhepLayers {
  readonly #eventsUrl: string | undefined;
  readonly #layerUrl: string | undefined;
  readonly #onLayers: LayersListener;
  #stream: Promise<string> | undefined;
  #source: EventSource | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;
  #asked: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  constructor(resource: RtcResource, onLayers: LayersListener) {
    this.#eventsUrl = resource.linked(`${URN}:server-sent-events`);
    this.#layerUrl = resource.linked(`${URN}:layer`);
    this.#onLayers = onLayers;
    document.addEventListener('visibilitychange', this.#listenWhileSeen);
    this.#listenWhileSeen();
  }

  /** One request at a time, so that the last wish is the one that stands. Rejects with `RtcRefused`. */
  ask(wish: LayerWish): Promise<void> {
    const url = this.#layerUrl;
    const asked = this.#asked.then(async () => {
      if (url === undefined || this.#isClosed) return;
      await request(url, 'POST', JSON.stringify(wish), { 'content-type': 'application/json' });
    });
    this.#asked = asked.catch(() => {});
    return asked;
  }

  /** Idempotent. */
  close(): void {
    this.#isClosed = true;
    document.removeEventListener('visibilitychange', this.#listenWhileSeen);
    this.#stopListening();
  }

  // A browser has six connections to a server, and event streams hold theirs: tabs that nobody looks at do without.
  readonly #listenWhileSeen = (): void => {
    this.#stopListening();
    if (document.visibilityState === 'visible') void this.#listen();
  };

  async #listen(): Promise<void> {
    if (this.#eventsUrl === undefined) return;
    this.#stream ??= newStream(this.#eventsUrl);
    const url = await this.#stream.catch(() => undefined);
    if (this.#isClosed || this.#source || document.visibilityState !== 'visible') return;
    if (url === undefined) {
      this.#stream = undefined;
      return this.#listenAnew();
    }
    const source = new EventSource(url);
    this.#source = source;
    source.addEventListener('layers', ({ data }) => {
      this.#failures = 0;
      const byMedia: Record<string, VideoLayer[]> = JSON.parse(data);
      this.#onLayers(Object.values(byMedia)[0] ?? []);
    });
    // The browser would ask again at once, and of a session that ends with its events that is one request too many.
    source.onerror = () => {
      if (source.readyState === EventSource.CLOSED) this.#stream = undefined;
      this.#listenAnew();
    };
  }

  #listenAnew(): void {
    this.#stopListening();
    this.#timer = setTimeout(this.#listenWhileSeen, backoffMs(this.#failures++));
  }

  #stopListening(): void {
    clearTimeout(this.#timer);
    this.#source?.close();
    this.#source = undefined;
  }
}

/** The URL of a new event stream. */
async function newStream(url: string): Promise<string> {
  const response = await request(url, 'POST', '["layers"]', { 'content-type': 'application/json' });
  return new URL(response.headers.get('location') ?? '', url).href;
}

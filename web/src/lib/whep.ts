import { backoffMs } from './backoff.ts';
import { type Picture, PlayReports, postReport } from './play-reports.ts';
import type { Problem } from './problem.ts';
import { receiveStream } from './received-stream.ts';
import { type RtcChange, RtcConnection } from './rtc-connection.ts';
import { type RtcEndpoint, RtcRefused, type RtcResource, type ServerView } from './rtc-resource.ts';
import { withRoundTrip, withStereo } from './sdp-wishes.ts';
import type { LayerWish, MediaWish } from './video-layer.ts';
import { type LayersListener, WhepLayers } from './whep-layers.ts';
import type { WhepState } from './whep-state.ts';

const REPORT_REL = 'urn:freshet:whep:ext:report';
const ENDED_PAUSE_MS = 1000;

export interface WhepPlayerOptions {
  readonly endpoint: RtcEndpoint;
  /** What to begin with. */
  readonly wish?: MediaWish;
  readonly onStream: (stream: MediaStream) => void;
  readonly onState: (state: WhepState, problem?: Problem) => void;
  /** Which video layers the server has now; never called by a server that does not tell. */
  readonly onLayers?: LayersListener;
}

/** Plays a channel over WHEP and keeps at it: reconnects, waits while nobody is live, joins at once when told that somebody is. */
export class WhepPlayer {
  readonly #options: WhepPlayerOptions;
  #connection: RtcConnection | undefined;
  #layers: WhepLayers | undefined;
  #session: RtcResource | undefined;
  #reports: PlayReports | undefined;
  #wish: LayerWish;
  #isSoundOnly: boolean;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;
  #isWanted = false;

  constructor(options: WhepPlayerOptions) {
    this.#options = options;
    this.#wish = options.wish?.layer ?? {};
    this.#isSoundOnly = options.wish?.isSoundOnly ?? false;
  }

  /** Connects now, unless a connection is up or on its way. */
  play(): void {
    this.#isWanted = true;
    if (this.#connection) return;
    clearTimeout(this.#timer);
    const connection = new RtcConnection({
      endpoint: this.#options.endpoint,
      prepare: (pc) => receiveStream(pc, { isSoundOnly: this.#isSoundOnly, onStream: this.#options.onStream }),
      refineOffer: (offer) => withRoundTrip(withStereo(offer)),
      onSession: (session) => this.#began(session),
      onChange: (change) => this.#changed(change),
    });
    this.#connection = connection;
    this.#options.onState('connecting');
    connection.open().catch((error: unknown) => {
      if (this.#connection === connection) this.#refused(error);
      connection.close();
    });
  }

  /** How it goes, by this browser's count; `undefined` while there is no connection. */
  async report(): Promise<RTCStatsReport | undefined> {
    return this.#connection?.pc.getStats();
  }

  /** The same by the server's; `undefined` where it does not tell. */
  async serverView(): Promise<ServerView | undefined> {
    return this.#session?.stats();
  }

  /** To be called when a picture is seen, for the server to know how long it took. */
  pictureShown(): void {
    this.#reports?.pictureShown();
  }

  /** To be called about twice a second with the picture that is received, for the server to know how it goes. */
  pictureLooked(picture: Picture): void {
    this.#reports?.looked(picture, performance.now());
  }

  /** What to be sent from now on, also after reconnecting. Rejects with `RtcRefused` where it can not be had. */
  async choose({ layer, isSoundOnly = false }: MediaWish): Promise<void> {
    const isOtherMedia = isSoundOnly !== this.#isSoundOnly;
    this.#wish = layer;
    this.#isSoundOnly = isSoundOnly;
    // A session has the media that it was made with.
    if (isOtherMedia) this.rejoin();
    else await this.#layers?.ask(layer);
  }

  /** In a new session, at once; one that begins has the newest picture there is. Nothing while not asked to play. */
  rejoin(): void {
    if (!this.#isWanted) return;
    this.#drop();
    this.play();
  }

  /** The network is said to be back: what waits for another try has it now. */
  hurry(): void {
    if (this.#isWanted) this.play();
  }

  /** Idempotent; `play` starts anew. */
  close(): void {
    this.#isWanted = false;
    this.#drop();
    clearTimeout(this.#timer);
    this.#options.onState('idle');
  }

  #began(session: RtcResource): void {
    this.#session = session;
    this.#reports = reportsOf(session);
    this.#layers = new WhepLayers(session, (layers) => this.#options.onLayers?.(layers));
    // Refused, when the publisher is another one now: whoever wished hears of the layers, and wishes anew.
    const hasWish = !this.#isSoundOnly && Object.keys(this.#wish).length > 0;
    if (hasWish) this.#layers.ask(this.#wish).catch(() => {});
  }

  #changed(change: RtcChange): void {
    if (change === 'up') {
      this.#failures = 0;
      this.#options.onState('connected');
    } else if (change === 'interrupted') {
      this.#options.onState('interrupted');
    } else {
      this.#drop();
      // What the server ended is over, or the server restarts: either takes a moment to tell.
      this.#retryIn(backoffMs(this.#failures++) + (change === 'ended' ? ENDED_PAUSE_MS : 0));
    }
  }

  #refused(error: unknown): void {
    this.#drop();
    const problem = error instanceof RtcRefused ? error.problem : { status: 0, message: String(error) };
    // 409: nobody is live yet. Other 4xx, but for "slow down", stay as they are.
    if (problem.status >= 400 && problem.status < 500 && problem.status !== 409 && problem.status !== 429) {
      return this.#options.onState('refused', problem);
    }
    this.#retryIn(Math.max(problem.retryAfterMs ?? 0, backoffMs(this.#failures++)), problem);
  }

  #retryIn(ms: number, problem?: Problem): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.play(), ms);
    this.#options.onState('waiting', problem);
  }

  #drop(): void {
    this.#layers?.close();
    this.#layers = undefined;
    this.#reports?.close();
    this.#reports = undefined;
    this.#connection?.close();
    this.#connection = undefined;
    this.#session = undefined;
  }
}

/** Other servers have no ear for it. */
function reportsOf(session: RtcResource): PlayReports | undefined {
  const url = session.linked(REPORT_REL);
  if (url === undefined) return undefined;
  return new PlayReports({ sinceMs: session.postedMs, tell: (report) => void postReport(url, report) });
}

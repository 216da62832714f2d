import { iceFragment, restartedAnswer, type TrickledCandidate } from './ice.ts';
import { type RtcEndpoint, RtcRefused, RtcResource } from './rtc-resource.ts';

/** A short dip heals by itself; a longer one gets an ICE restart. */
const DIP_MS = 1500;
/** Connecting at first, and again after a restart, may take this long. */
const CONNECT_WITHIN_MS = 6000;

/** `up` and `interrupted` may alternate; `ended` (by the server) and `failed` (the network) are the last word. */
export type RtcChange = 'up' | 'interrupted' | 'ended' | 'failed';

export interface RtcConnectionOptions {
  readonly endpoint: RtcEndpoint;
  /** Adds what is to be sent or received, before the offer is made. */
  readonly prepare: (pc: RTCPeerConnection) => void;
  readonly refineOffer?: (sdp: string) => string;
  readonly refineAnswer?: (sdp: string) => string;
  /** As soon as there is a session on the server; it ends with the connection. */
  readonly onSession?: (session: RtcResource) => void;
  readonly onChange: (change: RtcChange) => void;
}

/** One RTCPeerConnection together with its session on the server: offer, trickle, ICE restart, end. Made anew for every try. */
export class RtcConnection {
  readonly pc = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
  readonly #options: RtcConnectionOptions;
  #resource: RtcResource | undefined;
  #candidates: TrickledCandidate[] = [];
  #isGathered = false;
  #patches: Promise<unknown> = Promise.resolve();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isRestarting = false;
  #isClosed = false;

  constructor(options: RtcConnectionOptions) {
    this.#options = options;
  }

  /** Resolves once offer and answer are exchanged; `up` follows. Rejects with `RtcRefused` when the server says no. */
  async open(): Promise<void> {
    const { pc } = this;
    pc.onicecandidate = ({ candidate }) => this.#gathered(candidate);
    pc.onconnectionstatechange = () => this.#connectionChanged();
    this.#options.prepare(pc);

    const offer = (await pc.createOffer()).sdp ?? '';
    const sdp = this.#options.refineOffer?.(offer) ?? offer;
    // The POST does not wait for candidates: the server is found by its own.
    const [resource] = await Promise.all([
      RtcResource.create(this.#options.endpoint, sdp),
      pc.setLocalDescription({ type: 'offer', sdp }),
    ]);
    if (this.#isClosed) return resource.close();

    this.#resource = resource;
    this.#options.onSession?.(resource);
    if (resource.iceServers.length > 0) pc.setConfiguration({ iceServers: [...resource.iceServers] });
    const answer = this.#options.refineAnswer?.(resource.answer) ?? resource.answer;
    await pc.setRemoteDescription({ type: 'answer', sdp: answer });
    this.#watchTransport();
    this.#timer = setTimeout(() => void this.#restart(), CONNECT_WITHIN_MS);
    this.#trickle();
  }

  /** Idempotent. Ends the session on the server too; nothing is reported after it. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#resource?.close();
    this.pc.close();
  }

  #connectionChanged(): void {
    if (this.#isClosed || this.#isRestarting) return;
    const state = this.pc.connectionState;
    if (state !== 'connected' && state !== 'disconnected' && state !== 'failed') return;
    clearTimeout(this.#timer);
    if (state === 'connected') return this.#options.onChange('up');
    this.#options.onChange('interrupted');
    this.#timer = setTimeout(() => void this.#restart(), state === 'failed' ? 0 : DIP_MS);
  }

  /** The server's close_notify shows on the transport at once, on the connection only seconds later. */
  #watchTransport(): void {
    const [transceiver] = this.pc.getTransceivers();
    const transport = transceiver?.sender.transport ?? transceiver?.receiver.transport;
    transport?.addEventListener('statechange', () => {
      if (transport.state === 'closed') this.#lost('ended');
      if (transport.state === 'failed') this.#lost('failed');
    });
  }

  async #restart(): Promise<void> {
    const { pc } = this;
    if (this.#isClosed || this.#isRestarting || !this.#resource || !pc.remoteDescription) return;
    this.#isRestarting = true;
    try {
      this.#candidates = [];
      this.#isGathered = false;
      const answer = pc.remoteDescription.sdp;
      const offer = (await pc.createOffer({ iceRestart: true })).sdp ?? '';
      await pc.setLocalDescription({ type: 'offer', sdp: this.#options.refineOffer?.(offer) ?? offer });
      const fragment = await this.#resource.restart(this.#fragment());
      await pc.setRemoteDescription({ type: 'answer', sdp: restartedAnswer(answer, fragment) });
    } catch (error) {
      const isGone = error instanceof RtcRefused && error.problem.status === 404;
      return this.#lost(isGone ? 'ended' : 'failed');
    }
    this.#isRestarting = false;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.pc.connectionState !== 'connected' && this.#lost('failed'), CONNECT_WITHIN_MS);
    this.#trickle();
    if (pc.connectionState === 'connected') this.#connectionChanged();
  }

  #lost(change: 'ended' | 'failed'): void {
    if (this.#isClosed) return;
    this.close();
    this.#options.onChange(change);
  }

  #gathered(candidate: RTCIceCandidate | null): void {
    if (candidate?.candidate) this.#candidates.push(candidate);
    else this.#isGathered = true;
    this.#trickle();
  }

  /** One PATCH at a time; what is gathered meanwhile goes with the next. */
  #trickle(): void {
    this.#patches = this.#patches.then(async () => {
      const isNew = this.#candidates.length > 0 || this.#isGathered;
      // Once there is a path, another one is not looked for.
      const isOfUse = isNew && !this.#isClosed && !this.#isRestarting && this.pc.connectionState !== 'connected';
      if (!isOfUse || !this.#resource) return;
      const fragment = this.#fragment();
      // Lost candidates cost a path, not the session.
      await this.#resource.trickle(fragment).catch(() => {});
    });
  }

  #fragment(): string {
    const fragment = iceFragment(this.pc.localDescription?.sdp ?? '', this.#candidates, this.#isGathered);
    this.#candidates = [];
    this.#isGathered = false;
    return fragment;
  }
}

import type { Logger } from 'pino';
import type { IceCredentials } from '../media/plan.ts';
import { bestSendMode, type SendMode } from '../native/send-mode.ts';
import type { MediaEndpoint, MediaEvent, MediaPlane, OpenPublisher, OpenViewer } from '../streams/ports.ts';
import { type AnnouncedAddress, candidateAddresses } from './candidate-addresses.ts';
import { createCertificate } from './certificate.ts';
import { MediaWorker } from './media-worker.ts';

const RESTART_MS = 1000;

export interface MediaPlaneOptions {
  /** Of the first thread, 0: the system chooses. */
  readonly port: number;
  readonly threads: number;
  readonly announcedAddresses: readonly AnnouncedAddress[];
  readonly send: SendMode | 'auto';
  readonly log: Logger;
}

/** The media threads, each with its own port; a stream lives on one of them, publisher and viewers together. */
export class MediaThreads implements MediaPlane {
  readonly sendMode: SendMode;
  readonly #options: MediaPlaneOptions;
  readonly #certificate = createCertificate();
  readonly #workers: (MediaWorker | undefined)[] = [];
  readonly #threadOfStream = new Map<string, number>();
  /** Sessions with the thread and stream they are on. */
  readonly #sessions = new Map<string, { readonly thread: number; readonly streamId: string }>();
  #listener: (event: MediaEvent) => void = () => {};
  #isClosing = false;

  private constructor(options: MediaPlaneOptions) {
    this.#options = options;
    this.sendMode = options.send === 'auto' ? bestSendMode() : options.send;
  }

  static async start(options: MediaPlaneOptions): Promise<MediaThreads> {
    const plane = new MediaThreads(options);
    for (let thread = 0; thread < options.threads; thread += 1) {
      plane.#workers[thread] = await plane.#startWorker(thread, options.port === 0 ? 0 : options.port + thread);
    }
    return plane;
  }

  /** The UDP ports in use. */
  get ports(): readonly number[] {
    return this.#workers.flatMap((worker) => worker?.port ?? []);
  }

  get isHealthy(): boolean {
    return this.#workers.every((worker) => worker !== undefined);
  }

  onEvent(listener: (event: MediaEvent) => void): void {
    this.#listener = listener;
  }

  endpointOf(streamId: string): MediaEndpoint {
    const thread = this.#threadFor(streamId);
    const worker = this.#workers[thread];
    const { announcedAddresses: announced } = this.#options;
    const candidates = worker
      ? candidateAddresses({ announced, thread, port: worker.port, hasIpv6: worker.hasIpv6 })
      : [];
    return { candidates, fingerprint: this.#certificate.fingerprint };
  }

  async openPublisher(request: OpenPublisher): Promise<void> {
    await this.#open(request).command({ type: 'open_publisher', request });
  }

  async openViewer(request: OpenViewer): Promise<void> {
    await this.#open(request).command({ type: 'open_viewer', request });
  }

  async restartIce(sessionId: string, local: IceCredentials, remote: IceCredentials): Promise<void> {
    await this.#workerOf(sessionId)?.command({ type: 'restart_ice', sessionId, local, remote });
  }

  async closeSession(sessionId: string): Promise<void> {
    const worker = this.#workerOf(sessionId);
    this.#sessions.delete(sessionId);
    await worker?.command({ type: 'close_session', sessionId });
  }

  async closeStream(streamId: string): Promise<void> {
    const thread = this.#threadOfStream.get(streamId);
    if (thread === undefined) return;
    this.#threadOfStream.delete(streamId);
    for (const [id, session] of this.#sessions) if (session.streamId === streamId) this.#sessions.delete(id);
    await this.#workers[thread]?.command({ type: 'close_stream', streamId });
  }

  /** Says goodbye to every peer. */
  async close(): Promise<void> {
    this.#isClosing = true;
    await Promise.allSettled(this.#workers.map((worker) => worker?.command({ type: 'close' })));
  }

  #startWorker(thread: number, port: number): Promise<MediaWorker> {
    const options = { port, mode: this.sendMode, certificate: this.#certificate };
    return MediaWorker.start(options, {
      onEvent: (event) => this.#onEvent(event),
      onDeath: (error) => this.#onDeath(thread, error),
    });
  }

  #open({ sessionId, streamId }: { sessionId: string; streamId: string }): MediaWorker {
    const thread = this.#threadFor(streamId);
    const worker = this.#workers[thread];
    if (!worker) throw new Error('The media thread is being restarted.');
    this.#sessions.set(sessionId, { thread, streamId });
    return worker;
  }

  #workerOf(sessionId: string): MediaWorker | undefined {
    const session = this.#sessions.get(sessionId);
    return session && this.#workers[session.thread];
  }

  /** The thread with the fewest streams, and the same one as long as the stream lives. */
  #threadFor(streamId: string): number {
    const known = this.#threadOfStream.get(streamId);
    if (known !== undefined) return known;
    const loads = this.#workers.map(() => 0);
    for (const thread of this.#threadOfStream.values()) loads[thread] = (loads[thread] ?? 0) + 1;
    const thread = loads.indexOf(Math.min(...loads));
    this.#threadOfStream.set(streamId, thread);
    return thread;
  }

  #onEvent(event: MediaEvent): void {
    if (event.type === 'ended') this.#sessions.delete(event.sessionId);
    this.#listener(event);
  }

  // The other threads go on; the sessions of this one end with a reason, and its port is served again.
  #onDeath(thread: number, error: Error): void {
    if (this.#isClosing) return;
    const port = this.#workers[thread]?.port ?? 0;
    this.#workers[thread] = undefined;
    this.#options.log.error({ err: error, thread }, 'media thread died');
    for (const [sessionId, session] of this.#sessions) {
      if (session.thread !== thread) continue;
      this.#sessions.delete(sessionId);
      this.#listener({ type: 'ended', sessionId, reason: 'failed' });
    }
    this.#restart(thread, port);
  }

  #restart(thread: number, port: number): void {
    this.#startWorker(thread, port).then(
      (worker) => {
        this.#workers[thread] = worker;
        this.#options.log.info({ thread, port: worker.port }, 'media thread restarted');
      },
      (error: unknown) => {
        this.#options.log.error({ err: error, thread }, 'media thread not restarted');
        setTimeout(() => !this.#isClosing && this.#restart(thread, port), RESTART_MS).unref();
      },
    );
  }
}

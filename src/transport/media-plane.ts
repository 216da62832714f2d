import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os';
import type { Logger } from 'pino';
import type { LayerWish } from '../media/layer-wish.ts';
import type { IceCredentials } from '../media/plan.ts';
import { bestSendMode, type SendMode } from '../native/send-mode.ts';
import {
  type MediaEndpoint,
  type MediaEvent,
  type MediaPlane,
  MediaUnavailable,
  type OpenPublisher,
  type OpenViewer,
} from '../streams/ports.ts';
import { type AnnouncedAddress, candidateAddresses } from './candidate-addresses.ts';
import { createCertificate } from './certificate.ts';
import { MediaWorker } from './media-worker.ts';
import type { Command } from './messages.ts';

const RESTART_MS = 1000;
const INTERFACES_MS = 2000;

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
  #ownInterfaces: NodeJS.Dict<NetworkInterfaceInfo[]> = {};
  #interfacesReadMs = Number.NEGATIVE_INFINITY;

  private constructor(options: MediaPlaneOptions) {
    this.#options = options;
    this.sendMode = options.send === 'auto' ? bestSendMode() : options.send;
  }

  static async start(options: MediaPlaneOptions): Promise<MediaThreads> {
    const plane = new MediaThreads(options);
    try {
      for (let thread = 0; thread < options.threads; thread += 1) {
        plane.#workers[thread] = await plane.#startWorker(thread, options.port === 0 ? 0 : options.port + thread);
      }
    } catch (error) {
      await plane.close();
      throw error;
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
    if (!worker) throw new MediaUnavailable();
    const interfaces = this.#interfaces();
    const candidates = candidateAddresses({
      announced,
      thread,
      port: worker.port,
      hasIpv6: worker.hasIpv6,
      interfaces,
    });
    return { candidates, fingerprint: this.#certificate.fingerprint };
  }

  async openPublisher(request: OpenPublisher): Promise<void> {
    await this.#open(request, { type: 'open_publisher', request });
  }

  async openViewer(request: OpenViewer): Promise<void> {
    await this.#open(request, { type: 'open_viewer', request });
  }

  async restartIce(sessionId: string, local: IceCredentials, remote: IceCredentials): Promise<void> {
    await this.#workerOf(sessionId)?.command({ type: 'restart_ice', sessionId, local, remote });
  }

  async chooseLayer(sessionId: string, wish: LayerWish): Promise<void> {
    await this.#workerOf(sessionId)?.command({ type: 'choose_layer', sessionId, wish });
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

  /** Says goodbye to every peer; resolves when all threads are gone. */
  async close(): Promise<void> {
    this.#isClosing = true;
    await Promise.all(this.#workers.map((worker) => worker?.close()));
  }

  #startWorker(thread: number, port: number): Promise<MediaWorker> {
    const options = { port, mode: this.sendMode, certificate: this.#certificate };
    return MediaWorker.start(options, {
      onEvent: (event) => this.#onEvent(event),
      onProblem: (error) => this.#options.log.error({ err: error, thread }, 'a bug ended a session'),
      onDrops: (drops) => this.#options.log.warn({ ...drops, thread }, 'packets dropped'),
      onDeath: (error) => this.#onDeath(thread, error),
    });
  }

  async #open({ sessionId, streamId }: OpenPublisher | OpenViewer, command: Command): Promise<void> {
    const thread = this.#threadFor(streamId);
    const worker = this.#workers[thread];
    if (!worker) throw new MediaUnavailable();
    this.#sessions.set(sessionId, { thread, streamId });
    try {
      await worker.command(command);
    } catch (error) {
      this.#sessions.delete(sessionId);
      throw error;
    }
  }

  #workerOf(sessionId: string): MediaWorker | undefined {
    const session = this.#sessions.get(sessionId);
    return session && this.#workers[session.thread];
  }

  /** The thread with the fewest streams among those that run, and the same one as long as the stream lives. */
  #threadFor(streamId: string): number {
    const known = this.#threadOfStream.get(streamId);
    if (known !== undefined) return known;
    const loads = this.#workers.map((worker) => (worker ? 0 : Number.MAX_VALUE));
    for (const thread of this.#threadOfStream.values()) loads[thread] = (loads[thread] ?? 0) + 1;
    const thread = loads.indexOf(Math.min(...loads));
    this.#threadOfStream.set(streamId, thread);
    return thread;
  }

  // Asking the system takes longer than all else an answer needs.
  #interfaces(): NodeJS.Dict<NetworkInterfaceInfo[]> {
    const nowMs = performance.now();
    if (nowMs - this.#interfacesReadMs > INTERFACES_MS) {
      this.#interfacesReadMs = nowMs;
      this.#ownInterfaces = networkInterfaces();
    }
    return this.#ownInterfaces;
  }

  #onEvent(event: MediaEvent): void {
    // What was closed meanwhile is no longer reported on.
    if (event.type !== 'stats' && !this.#sessions.has(event.sessionId)) return;
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
        if (this.#isClosing) {
          worker.terminate();
          return;
        }
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

import { networkInterfaces } from 'node:os';
import { createCertificate } from '../../src/transport/certificate.ts';
import { DtlsContext } from '../../src/transport/dtls.ts';
import { createCipherScratch } from '../../src/transport/srtp-transform.ts';
import { readAnswer } from './answer.ts';
import { Epoll } from './epoll.ts';
import { playOffer } from './offer.ts';
import { ReceiveArray } from './receive-array.ts';
import { Signalling } from './signalling.ts';
import { Turns } from './turns.ts';
import { Viewer } from './viewer.ts';

// Sockets are emptied at this pace rather than woken for each packet: a sender on a real network pays for no wake-ups
// of its receivers either.
const DRAIN_EVERY_MS = 2;
const CONNECT_MS = 10_000;
const MAX_READS = 8;
const MAX_DELAYS = 2_000_000;
const REPORT_EVERY_MS = 1_000;
const FEEDBACK_EVERY_MS = 66;
const HEADER_BYTES = 256;

export type Profile = 'gcm' | 'cm';
const PROFILES = { gcm: 'SRTP_AEAD_AES_128_GCM', cm: 'SRTP_AES128_CM_SHA1_80' } as const;

export interface PoolOptions {
  readonly profile: Profile;
  /** One in so many viewers opens every packet. */
  readonly sampleEvery: number;
  readonly hasGro: boolean;
}

export interface JoinOptions {
  readonly url: string;
  readonly token?: string | undefined;
  readonly count: number;
  readonly concurrency: number;
  /** They tell the server when each packet came (transport-wide congestion control), as browsers do. */
  readonly hasFeedback?: boolean;
}

export interface Joined {
  readonly joined: number;
  readonly failures: readonly string[];
  readonly tookMs: number;
  /** From the POST to DTLS being done, of each. */
  readonly eachMs: readonly number[];
}

export interface Counts {
  readonly viewers: number;
  readonly packets: number;
  readonly bytes: number;
  readonly lost: number;
  readonly duplicates: number;
  readonly reordered: number;
  readonly opened: number;
  readonly refused: number;
  readonly rtcpPackets: number;
  /** Viewers that no packet reached. */
  readonly starved: number;
}

/** Many viewers on one thread. */
export class ViewerPool {
  readonly #options: PoolOptions;
  readonly #certificate = createCertificate();
  readonly #dtls: DtlsContext;
  readonly #scratch = createCipherScratch();
  readonly #epoll = new Epoll();
  readonly #signalling = new Signalling();
  readonly #headers: ReceiveArray;
  readonly #whole: ReceiveArray;
  readonly #viewers: Viewer[] = [];
  readonly #byFd = new Map<number, Viewer>();
  readonly #connecting = new Set<Viewer>();
  #delaysUs: number[] = [];
  #timer: NodeJS.Timeout;
  readonly #reportTurns = new Turns(REPORT_EVERY_MS, performance.now());
  readonly #feedbackTurns = new Turns(FEEDBACK_EVERY_MS, performance.now());

  constructor(options: PoolOptions) {
    this.#options = options;
    this.#dtls = new DtlsContext(this.#certificate, PROFILES[options.profile]);
    this.#headers = options.hasGro ? new ReceiveArray(16, 65_536) : new ReceiveArray(64, HEADER_BYTES);
    this.#whole = options.hasGro ? this.#headers : new ReceiveArray(64, 2048);
    this.#timer = setTimeout(() => this.#turn(), DRAIN_EVERY_MS);
  }

  get size(): number {
    return this.#viewers.length;
  }

  /** So many more viewers, `concurrency` of them at a time. */
  async join({ url, token, count, concurrency, hasFeedback = false }: JoinOptions): Promise<Joined> {
    const startMs = performance.now();
    const failures: string[] = [];
    const eachMs: number[] = [];
    let left = count;
    const one = async () => {
      for (; left > 0; ) {
        left -= 1;
        try {
          eachMs.push(await this.#joinOne(url, token, hasFeedback));
        } catch (error) {
          failures.push(error instanceof Error ? error.message : String(error));
        }
      }
    };
    await Promise.all(Array.from({ length: Math.min(concurrency, count) }, one));
    return { joined: eachMs.length, failures: failures.slice(0, 5), tookMs: performance.now() - startMs, eachMs };
  }

  /** The oldest leave first. Statuses of the DELETEs other than 200. */
  async leave({
    count = this.size,
    concurrency = 32,
    token,
  }: {
    count?: number;
    concurrency?: number;
    token?: string | undefined;
  } = {}) {
    const leaving = this.#viewers.splice(0, count);
    const refused: number[] = [];
    const one = async () => {
      for (let viewer = leaving.pop(); viewer; viewer = leaving.pop()) {
        this.#forget(viewer);
        const status = await this.#signalling.delete(viewer.session, token);
        if (status !== 200) refused.push(status);
      }
    };
    await Promise.all(Array.from({ length: concurrency }, one));
    return refused;
  }

  /** Counts from here on. */
  reset(): void {
    this.#delaysUs = [];
    for (const viewer of this.#viewers) viewer.reset();
  }

  counts(): Counts {
    const counts = { packets: 0, bytes: 0, lost: 0, duplicates: 0, reordered: 0, opened: 0, refused: 0 };
    let [rtcpPackets, starved] = [0, 0];
    for (const viewer of this.#viewers) {
      const before = counts.packets;
      for (const counter of viewer.counters) {
        counts.packets += counter.received;
        counts.lost += counter.lost;
        counts.duplicates += counter.duplicates;
        counts.reordered += counter.reordered;
      }
      counts.bytes += viewer.bytes;
      counts.opened += viewer.opened;
      counts.refused += viewer.refused;
      rtcpPackets += viewer.rtcpPackets;
      if (counts.packets === before) starved += 1;
    }
    return { viewers: this.size, ...counts, rtcpPackets, starved };
  }

  /** From the publisher's stamp to a sampled viewer's socket, in microseconds, in the order they came. */
  delaysUs(): readonly number[] {
    return this.#delaysUs;
  }

  /** Viewers whose connection the server closed. */
  closedByServer(): number {
    return this.#viewers.filter((viewer) => viewer.peer.isClosed).length;
  }

  close(): void {
    clearTimeout(this.#timer);
    for (const viewer of this.#viewers.splice(0)) this.#forget(viewer);
    this.#epoll.close();
    this.#signalling.close();
    this.#dtls.close();
  }

  async #joinOne(url: string, token: string | undefined, hasFeedback: boolean): Promise<number> {
    const isSampled = this.#viewers.length % this.#options.sampleEvery === 0;
    const viewer = new Viewer(
      { dtls: this.#dtls, scratch: this.#scratch, onDelay: (delayUs) => this.#onDelay(delayUs) },
      { isSampled, hasFeedback },
    );
    if (this.#options.hasGro) viewer.socket.takeRuns();
    this.#viewers.push(viewer);
    this.#byFd.set(viewer.socket.fd, viewer);
    this.#epoll.add(viewer.socket.fd, viewer.socket.fd);
    try {
      const startMs = performance.now();
      const { ice } = viewer.peer;
      const candidate = { address: ownAddress(url), port: viewer.socket.port };
      const offer = playOffer({ ice, fingerprint: this.#certificate.fingerprint, candidate }, { hasFeedback });
      const { answer, session } = await this.#signalling.post(url, token, offer);
      viewer.session = session;
      viewer.accept(readAnswer(answer));
      await this.#connected(viewer);
      return viewer.connectedMs - startMs;
    } catch (error) {
      this.#viewers.splice(this.#viewers.indexOf(viewer), 1);
      this.#forget(viewer);
      throw error;
    }
  }

  #connected(viewer: Viewer): Promise<void> {
    this.#connecting.add(viewer);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const deadlineMs = performance.now() + CONNECT_MS;
    viewer.onProgress = () => {
      if (viewer.isConnected) resolve();
      else if (viewer.peer.isClosed || performance.now() > deadlineMs) reject(new Error(viewer.peer.failure));
    };
    viewer.poll(performance.now());
    return promise.finally(() => this.#connecting.delete(viewer));
  }

  #turn(): void {
    const nowMs = performance.now();
    this.#drain(nowMs);
    for (const viewer of this.#connecting) {
      viewer.poll(nowMs);
      viewer.onProgress();
    }
    this.#report(nowMs);
    this.#timer = setTimeout(() => this.#turn(), DRAIN_EVERY_MS);
  }

  #drain(nowMs: number): void {
    for (const fd of this.#epoll.ready()) {
      const viewer = this.#byFd.get(fd);
      if (!viewer) continue;
      for (let reads = 0; reads < MAX_READS; reads += 1) {
        const array = viewer.wantsBytes ? this.#whole : this.#headers;
        const count = array.receive(fd);
        for (let slot = 0; slot < count; slot += 1) viewer.receive(array, slot, nowMs);
        if (count < array.slots) break;
      }
    }
  }

  #report(nowMs: number): void {
    for (const place of this.#reportTurns.due(this.size, nowMs)) {
      const viewer = this.#viewers[place];
      if (!viewer?.isConnected) continue;
      viewer.poll(nowMs);
      viewer.report();
    }
    for (const place of this.#feedbackTurns.due(this.size, nowMs)) this.#viewers[place]?.tellArrivals();
  }

  #onDelay(delayUs: number): void {
    if (this.#delaysUs.length < MAX_DELAYS) this.#delaysUs.push(delayUs);
  }

  #forget(viewer: Viewer): void {
    this.#connecting.delete(viewer);
    this.#epoll.remove(viewer.socket.fd);
    this.#byFd.delete(viewer.socket.fd);
    viewer.close();
  }
}

/** One of this machine's that the server can reach. */
function ownAddress(url: string): string {
  const { hostname } = new URL(url);
  if (hostname === 'localhost' || hostname.startsWith('127.')) return '127.0.0.1';
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return all.find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? '127.0.0.1';
}

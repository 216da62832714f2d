import { createHash } from 'node:crypto';
import type { Fingerprint } from '../../src/media/plan.ts';
import { type Certificate, createCertificate } from '../../src/transport/certificate.ts';
import { DtlsContext, DtlsSession } from '../../src/transport/dtls.ts';

export function fingerprintOf(certificate: Certificate, algorithm: Fingerprint['algorithm'] = 'sha-256'): Fingerprint {
  return { algorithm, value: createHash(algorithm.replace('-', '')).update(certificate.der).digest() };
}

export const clientCertificate = createCertificate();
export const serverCertificate = createCertificate();
const clientContext = new DtlsContext(clientCertificate);
const serverContext = new DtlsContext(serverCertificate);

/** Every datagram on its way; what it returns arrives. */
export type Meddle = (datagram: Uint8Array, from: 'client' | 'server') => readonly Uint8Array[];

export interface PairOptions {
  readonly clientContext?: DtlsContext;
  readonly serverContext?: DtlsContext;
  /** What each expects of the other. */
  readonly ofServer?: readonly Fingerprint[];
  readonly ofClient?: readonly Fingerprint[];
  readonly meddle?: Meddle;
}

/** Two DTLS sessions and the wire between them. */
export class DtlsPair {
  readonly client: DtlsSession;
  readonly server: DtlsSession;
  readonly #meddle: Meddle;

  constructor(options: PairOptions = {}) {
    this.client = new DtlsSession(options.clientContext ?? clientContext, {
      role: 'client',
      fingerprints: options.ofServer ?? [fingerprintOf(serverCertificate)],
    });
    this.server = new DtlsSession(options.serverContext ?? serverContext, {
      role: 'server',
      fingerprints: options.ofClient ?? [fingerprintOf(clientCertificate)],
    });
    this.#meddle = options.meddle ?? ((datagram) => [datagram]);
  }

  get isConnected(): boolean {
    return this.client.state === 'connected' && this.server.state === 'connected';
  }

  start(): this {
    this.carry(this.client.start(), 'client');
    return this;
  }

  /** Delivers, and delivers what comes back, until the wire is silent. */
  carry(datagrams: readonly Uint8Array[], from: 'client' | 'server'): void {
    const to = from === 'client' ? 'server' : 'client';
    for (const datagram of datagrams.flatMap((sent) => this.#meddle(sent, from))) {
      this.carry(this[to].receive(datagram, performance.now()), to);
    }
  }

  /** What timers repeat. */
  tick(): void {
    this.carry(this.client.repeat(), 'client');
    this.carry(this.server.repeat(), 'server');
  }

  close(): void {
    this.client.close();
    this.server.close();
  }
}

/** Each way for itself loses datagrams, or delivers them after the next one. */
export function lossy(random: () => number, { loss, reorder }: { loss: number; reorder: number }): Meddle {
  const held = { client: [] as Uint8Array[], server: [] as Uint8Array[] };
  return (datagram, from) => {
    if (random() < loss) return [];
    const late = held[from].splice(0);
    if (late.length > 0 || random() >= reorder) return [datagram, ...late];
    held[from].push(datagram);
    return [];
  };
}

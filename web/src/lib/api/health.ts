/** How the server is, and whether media finds its way to it. */
import type { IceServer } from '../ice.ts';
import type { Calls } from './call.ts';

/** One thing that was looked at, in words for whoever runs the server. */
export interface Finding {
  readonly subject: string;
  readonly level: 'ok' | 'warning' | 'fault';
  readonly found: string;
  readonly cure?: string;
}

export interface Health {
  /** The server's clock. */
  readonly now: string;
  readonly findings: readonly Finding[];
}

/** One way of media that this browser tried. */
export interface SeenPath {
  readonly kind: 'udp' | 'tcp' | 'relay';
  readonly port: number;
  readonly addresses: readonly string[];
  readonly isConnected: boolean;
  readonly roundTripMs?: number;
  readonly hasRelayAddress?: boolean;
  readonly relayError?: number;
}

/** `BrowserFacts` of the API. */
export interface BrowserFacts {
  readonly origin: string;
  readonly isSecureContext: boolean;
  readonly clockAheadMs: number;
  readonly firstEventMs?: number;
  readonly uploadStatus: number;
  readonly paths: readonly SeenPath[];
}

export interface Reachability {
  readonly threads: readonly { readonly thread: number; readonly port: number }[];
  readonly iceServers: readonly IceServer[];
}

export function healthApi({ call }: Calls) {
  return {
    health: () => call<Health>('GET', '/health'),
    judge: (seen: BrowserFacts) => call<Health>('POST', '/health/browser', seen),
    upload: (padding: string) => call<void>('POST', '/health/upload', { padding }),
    reachability: () => call<Reachability>('GET', '/reachability'),
    openProbe: (thread: number, offer: string) =>
      call<{ id: string; answer: string }>('POST', '/reachability', { thread, offer }),
    closeProbe: (id: string) => call<void>('DELETE', `/reachability/${id}`),
  };
}

export const healthEventsUrl = '/api/v1/health/events';

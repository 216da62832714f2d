/** What a browser saw of the server from where it is. */
export interface BrowserFacts {
  /** Of the page. */
  readonly origin: string;
  /** Whether the browser would give camera and microphone to this page. */
  readonly isSecureContext: boolean;
  /** The browser's clock is ahead of the server's by so much, behind it when negative. */
  readonly clockAheadMs: number;
  /** How long the first event took; absent when none came at all. */
  readonly firstEventMs?: number | undefined;
  /** The HTTP status that a long request got; 0 when it got none. */
  readonly uploadStatus: number;
  readonly paths: readonly PathFacts[];
}

/** One way of media that was tried. */
export interface PathFacts {
  readonly kind: 'udp' | 'tcp' | 'relay';
  readonly port: number;
  /** Where the answer told the browser to go, without ports. */
  readonly addresses: readonly string[];
  /** Whether ICE and DTLS came up. */
  readonly isConnected: boolean;
  /** There and back, by ICE. */
  readonly roundTripMs?: number | undefined;
  /** Of a relay: whether it gave an address, and what its server said when it did not (RFC 8489 error codes; 701: no answer). */
  readonly hasRelayAddress?: boolean | undefined;
  readonly relayError?: number | undefined;
}

import type { SeenPath } from '#lib/api/health.ts';
import { api } from '#lib/api.ts';
import { addressesIn, withOnly } from '#lib/candidates.ts';
import type { IceServer } from '#lib/ice.ts';

/** A path that works is up within a few round trips; one that does not would be tried for long. */
const CONNECT_WITHIN_MS = 6_000;
const ROUND_TRIP_WITHIN_MS = 2_000;
const ROUND_TRIP_EVERY_MS = 100;

export interface PathToTry {
  readonly thread: number;
  readonly port: number;
  readonly kind: SeenPath['kind'];
  /** Of a relay. */
  readonly iceServers: readonly IceServer[];
  readonly signal: AbortSignal;
}

/** Whether ICE and DTLS come up on this one way, by a session that carries nothing. Throws `ApiError`. */
export async function tryPath({ thread, port, kind, iceServers, signal }: PathToTry): Promise<SeenPath> {
  const pc = new RTCPeerConnection(
    kind === 'relay' ? { iceServers: [...iceServers], iceTransportPolicy: 'relay' } : {},
  );
  const relay = watchRelay(pc);
  try {
    pc.addTransceiver('audio', { direction: 'recvonly' });
    const offer = await pc.createOffer();
    const { id, answer } = await api.openProbe(thread, offer.sdp ?? '');
    try {
      const sdp = kind === 'relay' ? answer : withOnly(kind, answer);
      await pc.setLocalDescription(offer);
      await pc.setRemoteDescription({ type: 'answer', sdp });
      const isConnected = await connects(pc, signal);
      const roundTripMs = isConnected ? await roundTripOf(pc) : undefined;
      return {
        kind,
        port,
        addresses: addressesIn(sdp),
        isConnected,
        ...(roundTripMs !== undefined && { roundTripMs }),
        ...(kind === 'relay' && relay.seen()),
      };
    } finally {
      // A session that is left open ends by itself.
      void api.closeProbe(id).catch(() => {});
    }
  } finally {
    pc.close();
  }
}

/** What the relay's server said while it was asked for an address. */
function watchRelay(pc: RTCPeerConnection) {
  let hasRelayAddress = false;
  let relayError: number | undefined;
  pc.addEventListener('icecandidate', ({ candidate }) => {
    if (candidate?.type === 'relay') hasRelayAddress = true;
  });
  pc.addEventListener('icecandidateerror', ({ errorCode }) => {
    // A refusal says more than a silence, which other networks of this machine may be the reason of.
    if (relayError === undefined || relayError === 701) relayError = errorCode;
  });
  return { seen: () => ({ hasRelayAddress, ...(relayError !== undefined && { relayError }) }) };
}

function connects(pc: RTCPeerConnection, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const look = () => {
      if (pc.connectionState === 'connected') resolve(true);
      if (pc.connectionState === 'failed') resolve(false);
    };
    pc.addEventListener('connectionstatechange', look);
    signal.addEventListener('abort', () => resolve(false), { once: true });
    setTimeout(() => resolve(false), CONNECT_WITHIN_MS);
    look();
  });
}

/** Of the pair of candidates in use; a browser knows it with the first check after. */
async function roundTripOf(pc: RTCPeerConnection): Promise<number | undefined> {
  const deadline = performance.now() + ROUND_TRIP_WITHIN_MS;
  while (performance.now() < deadline) {
    for (const stats of (await pc.getStats()).values()) {
      const seconds: unknown = stats.type === 'candidate-pair' && stats.nominated && stats.currentRoundTripTime;
      if (typeof seconds === 'number') return seconds * 1000;
    }
    await new Promise((resolve) => setTimeout(resolve, ROUND_TRIP_EVERY_MS));
  }
  return undefined;
}

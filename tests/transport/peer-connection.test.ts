import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { PeerPlan } from '../../src/media/plan.ts';
import { allocateMemory } from '../../src/native/memory.ts';
import { sourceOfText } from '../../src/transport/datagram-source.ts';
import { DtlsContext, DtlsSession } from '../../src/transport/dtls.ts';
import { PeerConnection } from '../../src/transport/peer-connection.ts';
import { writePli } from '../../src/transport/rtcp-write.ts';
import { SrtpSender } from '../../src/transport/srtp-session.ts';
import { createCipherScratch } from '../../src/transport/srtp-transform.ts';
import { writeBindingRequest } from '../../src/transport/stun-write.ts';
import { UdpPort } from '../../src/transport/udp-port.ts';
import { clientCertificate, fingerprintOf, serverCertificate } from './dtls-pair.ts';

const PASSWORD = 'p'.repeat(24);
const plan: PeerPlan = {
  localIce: { ufrag: 'ours', pwd: PASSWORD },
  remoteIce: { ufrag: 'them', pwd: 'q'.repeat(24) },
  fingerprints: [fingerprintOf(clientCertificate)],
  dtlsRole: 'server',
};
const dtls = new DtlsContext(serverCertificate);
const clientContext = new DtlsContext(clientCertificate);
const home = sourceOfText('127.0.0.1', 40_000);

let port: UdpPort;
let peer: PeerConnection;

beforeAll(async () => {
  port = await UdpPort.open({ port: 0, mode: 'dgram', reader: { onDatagram: () => {}, onBatchEnd: () => {} } });
});

afterAll(() => port.close());

beforeEach(() => {
  peer = new PeerConnection({ port, dtls, scratch: createCipherScratch() }, plan, 0);
});

function check(options: { password?: string; useCandidate?: boolean } = {}): Uint8Array {
  const { password = PASSWORD, useCandidate = true } = options;
  const transactionId = new Uint8Array(12);
  return writeBindingRequest({
    transactionId,
    username: 'ours:them',
    password,
    priority: 1,
    useCandidate,
    controlling: 1n,
  });
}

/** The client's side of the handshake, run against `peer`, whose answers go out by its own port: so here by hand. */
function connect(nowMs: number, context = clientContext): DtlsSession {
  const client = new DtlsSession(context, { role: 'client', fingerprints: [fingerprintOf(serverCertificate)] });
  const sent: Uint8Array[] = [];
  const { send } = port;
  port.send = (datagram) => void sent.push(datagram);
  try {
    peer.receiveStun(check(), home, nowMs);
    sent.length = 0;
    for (let flight = client.start(); flight.length > 0; ) {
      for (const datagram of flight) peer.receiveDtls(datagram, nowMs);
      flight = sent.splice(0).flatMap((datagram) => client.receive(datagram, nowMs));
    }
  } finally {
    port.send = send;
  }
  return client;
}

describe('a peer', () => {
  test('that never connects is given up after 10 s, with checks or without', () => {
    expect(peer.tick(10_000)).toBeUndefined();
    expect(peer.tick(10_001)).toBe('not_connected');
    peer.receiveStun(check(), home, 9_000);
    expect(peer.tick(10_001)).toBe('not_connected');
  });

  test('whose check carries another password proves nothing and is nowhere', () => {
    const outcome = peer.receiveStun(check({ password: 'x'.repeat(24) }), home, 0);
    expect(outcome).toEqual({ isProven: false, hasMoved: false, forgotten: undefined });
    expect([peer.destination, peer.sourceKeys]).toEqual([undefined, []]);
  });

  test('is connected by one handshake, and lives as long as its checks come', () => {
    const client = connect(1_000);
    expect([client.state, peer.isConnected]).toEqual(['connected', true]);
    expect(peer.tick(31_000)).toBeUndefined();
    expect(peer.tick(31_001)).toBe('consent_lapsed');
    peer.receiveStun(check(), home, 31_500);
    expect(peer.tick(60_000)).toBeUndefined();
  });

  test('that says goodbye is over; one that was closed here opens and sends nothing more', () => {
    const client = connect(0);
    const { keys } = client;
    if (!keys) throw new Error('no keys');
    const sender = new SrtpSender(keys, createCipherScratch());
    const memory = allocateMemory(256);
    const seal = () => {
      memory.bytes.set(writePli(1, 2));
      return sender.sealRtcp(memory, 0, 12);
    };
    expect(peer.openRtcp(memory, 0, seal())?.length).toBe(12);
    for (const datagram of client.close()) peer.receiveDtls(datagram, 10);
    expect(peer.tick(10)).toBe('closed_by_peer');
    peer.close();
    peer.close();
    expect(peer.openRtcp(memory, 0, seal())).toBeUndefined();
    peer.sendRtcp([writePli(1, 2)]);
    expect([peer.isConnected, peer.sender, peer.receiver]).toEqual([false, undefined, undefined]);
  });

  test('whose certificate is another fails, and says why', () => {
    const client = connect(0, new DtlsContext(serverCertificate));
    expect(peer.tick(1)).toBe('failed');
    expect(peer.failure).not.toBe('');
    expect([client.state, peer.isConnected]).toEqual(['failed', false]);
  });

  test('is remembered at 16 addresses, the one proven longest ago is given up', () => {
    const forgotten = Array.from({ length: 20 }, (_, index) => {
      const { forgotten: key } = peer.receiveStun(
        check({ useCandidate: false }),
        sourceOfText('127.0.0.1', index + 1),
        0,
      );
      return key;
    });
    const keyOf = (at: number) => sourceOfText('127.0.0.1', at).key;
    expect(forgotten).toEqual([...new Array(16).fill(undefined), ...[1, 2, 3, 4].map(keyOf)]);
    expect(peer.sourceKeys).toHaveLength(16);
  });

  test('holds the address of its last check for 7 s, once it is connected', () => {
    peer.receiveStun(check(), home, 0);
    expect(peer.isLivelyAt(home.key, 0)).toBe(false);
    connect(1_000);
    const other = sourceOfText('127.0.0.1', 50_000);
    expect([home, other].map(({ key }) => peer.isLivelyAt(key, 8_000))).toEqual([true, false]);
    expect(peer.isLivelyAt(home.key, 8_001)).toBe(false);
    peer.receiveStun(check(), home, 9_000);
    expect(peer.isLivelyAt(home.key, 16_000)).toBe(true);
  });

  test('moves with its nomination', () => {
    expect(peer.receiveStun(check(), home, 0).hasMoved).toBe(true);
    const other = sourceOfText('127.0.0.1', 50_000);
    expect(peer.receiveStun(check({ useCandidate: false }), other, 1).hasMoved).toBe(false);
    expect(peer.destination?.endpoint.port).toBe(40_000);
    expect(peer.receiveStun(check(), other, 2).hasMoved).toBe(true);
    expect(peer.destination?.endpoint.port).toBe(50_000);
  });
});

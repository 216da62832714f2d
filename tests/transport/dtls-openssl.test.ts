import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createCertificate } from '../../src/transport/certificate.ts';
import { DtlsContext, DtlsSession } from '../../src/transport/dtls.ts';
import { until } from '../support/until.ts';
import { fingerprintOf } from './dtls-pair.ts';
import { hasOpenssl, OpensslCommand } from './openssl-command.ts';

const ours = createCertificate();
const theirs = createCertificate();
const context = new DtlsContext(ours);
const PROFILES = 'SRTP_AEAD_AES_128_GCM:SRTP_AES128_CM_SHA1_80';

let socket: Socket;
let command: OpensslCommand | undefined;
let timer: NodeJS.Timeout | undefined;

beforeEach(async (task) => {
  task.skip(!hasOpenssl, 'there is no openssl command here');
  socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
});

afterEach(() => {
  clearInterval(timer);
  command?.close();
  socket?.close();
});

/** Our end on a real socket, answering whoever speaks. */
function serve(session: DtlsSession, peerPort = 0): (datagrams: readonly Uint8Array[]) => void {
  let port = peerPort;
  const send = (datagrams: readonly Uint8Array[]) => {
    for (const datagram of datagrams) socket.send(datagram, port, '127.0.0.1');
  };
  socket.on('message', (datagram, from) => {
    port = from.port;
    send(session.receive(datagram, performance.now()));
  });
  timer = setInterval(() => send(session.repeat()), 20);
  return send;
}

/** Client key, server key, client salt, server salt: as RFC 5764 orders them. */
function materialOf({ keys }: DtlsSession, role: 'server' | 'client'): Buffer {
  if (!keys) throw new Error('no keys');
  const [client, server] = role === 'client' ? [keys.local, keys.remote] : [keys.remote, keys.local];
  return Buffer.concat([client.key, server.key, client.salt, server.salt]);
}

async function freePort(): Promise<number> {
  const probe = createSocket('udp4').bind(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  return port;
}

const fingerprints = [fingerprintOf(theirs)];

describe('against the openssl command', () => {
  test.each([
    ['SRTP_AEAD_AES_128_GCM', PROFILES],
    ['SRTP_AES128_CM_SHA1_80', 'SRTP_AES128_CM_SHA1_80'],
  ])('our server agrees with s_client on the keys of %s', async (profile, srtpProfiles) => {
    const session = new DtlsSession(context, { role: 'server', fingerprints });
    serve(session);
    const args = ['s_client', '-connect', `127.0.0.1:${socket.address().port}`];
    const client = new OpensslCommand({ certificate: theirs, args, srtpProfiles });
    command = client;
    const material = await until('it exported', () => client.keyingMaterial);
    expect(session.state).toBe('connected');
    expect(client.srtpProfile).toBe(profile);
    const known = materialOf(session, 'server');
    expect(material.subarray(0, known.length)).toEqual(known);
    client.type('Q');
    await until('its goodbye was heard', () => session.state === 'closed');
  });

  test('our client agrees with s_server, and both goodbyes are heard', async () => {
    const port = await freePort();
    const args = ['s_server', '-accept', `127.0.0.1:${port}`, '-Verify', '1'];
    const server = new OpensslCommand({ certificate: theirs, args, srtpProfiles: PROFILES });
    command = server;
    await until('it listens', () => server.output.includes('ACCEPT'));
    const session = new DtlsSession(context, { role: 'client', fingerprints });
    const send = serve(session, port);
    send(session.start());
    const material = await until('it exported', () => server.keyingMaterial);
    const known = materialOf(session, 'client');
    expect(material.subarray(0, known.length)).toEqual(known);
    send(session.close());
    await until(
      'our goodbye was heard',
      () => server.output.includes('shutting down SSL') || server.output.includes('DONE'),
    );
  });

  test('a peer without SRTP is refused, and told so', async () => {
    const session = new DtlsSession(context, { role: 'server', fingerprints });
    serve(session);
    const args = ['s_client', '-connect', `127.0.0.1:${socket.address().port}`];
    const client = new OpensslCommand({ certificate: theirs, args });
    command = client;
    await until('it is refused', () => session.state === 'failed');
    expect([session.failure, session.keys]).toEqual(['no SRTP profile was agreed on', undefined]);
    await until('it was told', () => client.isOver && client.output.includes('handshake failure'));
  });

  test('a peer with another certificate is refused, and told so', async () => {
    const session = new DtlsSession(context, { role: 'server', fingerprints: [fingerprintOf(ours)] });
    serve(session);
    const args = ['s_client', '-connect', `127.0.0.1:${socket.address().port}`];
    const client = new OpensslCommand({ certificate: theirs, args, srtpProfiles: PROFILES });
    command = client;
    await until('it is refused', () => session.state === 'failed');
    await until('it was told', () => client.isOver && client.output.includes('alert'));
    expect(session.keys).toBeUndefined();
  });
});

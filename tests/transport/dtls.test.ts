import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { createCertificate } from '../../src/transport/certificate.ts';
import { DtlsContext, DtlsSession } from '../../src/transport/dtls.ts';
import { packRecords, readRecords, withoutPoison } from '../../src/transport/dtls-records.ts';
import { seededRandom } from '../support/lossy-link.ts';
import { until } from '../support/until.ts';
import { clientCertificate, DtlsPair, fingerprintOf, lossy, serverCertificate } from './dtls-pair.ts';

const profileContext = (profiles: string) => new DtlsContext(serverCertificate, profiles);

describe('a handshake', () => {
  test('gives both sides the same keys, each its own direction', () => {
    const { client, server } = new DtlsPair().start();
    expect([client.state, server.state]).toEqual(['connected', 'connected']);
    expect(client.keys?.local).toEqual(server.keys?.remote);
    expect(client.keys?.remote).toEqual(server.keys?.local);
    expect(client.keys?.local).not.toEqual(client.keys?.remote);
    expect(client.keys?.profile.name).toBe('aead_aes_128_gcm');
  });

  test('gives different keys each time', () => {
    const keys = [1, 2, 3].map(() => Buffer.from(new DtlsPair().start().client.keys?.local.key ?? []).toString('hex'));
    expect(new Set(keys).size).toBe(3);
  });

  test('takes the older SRTP profile where the peer has no other', () => {
    const { server, client } = new DtlsPair({ serverContext: profileContext('SRTP_AES128_CM_SHA1_80') }).start();
    expect(client.keys?.profile.name).toBe('aes128_cm_hmac_sha1_80');
    expect(client.keys?.local).toEqual(server.keys?.remote);
    expect(client.keys?.local.salt.length).toBe(14);
  });

  test('without a common SRTP profile is refused', () => {
    const { server, client } = new DtlsPair({ serverContext: profileContext('SRTP_AES128_CM_SHA1_32') }).start();
    expect(server.state).toBe('failed');
    expect(server.failure).toBe('no SRTP profile was agreed on');
    expect([client.keys, server.keys]).toEqual([undefined, undefined]);
  });

  const stranger = createCertificate();
  test.each([
    ['the client', { ofServer: [fingerprintOf(stranger)] }],
    ['the server', { ofClient: [fingerprintOf(stranger)] }],
    ['a client that knows none', { ofServer: [] }],
    ['a server that knows none', { ofClient: [] }],
    ['a client told a cut fingerprint', { ofServer: [cut(fingerprintOf(serverCertificate))] }],
  ])('%s ends when the certificate is not the one announced', (_who, options) => {
    const { server, client } = new DtlsPair(options).start();
    expect([client.state, server.state]).toContain('failed');
    const refuser = 'ofServer' in options ? client : server;
    expect(refuser.state).toBe('failed');
    expect([client.keys !== undefined && server.keys !== undefined, refuser.keys]).toEqual([false, undefined]);
    expect(refuser.failure).not.toBe('');
  });

  test.each(['sha-256', 'sha-384', 'sha-512'] as const)('takes %s fingerprints, and tells a wrong one', (algorithm) => {
    const ofServer = [fingerprintOf(serverCertificate, algorithm)];
    const ofClient = [fingerprintOf(clientCertificate, algorithm)];
    expect(new DtlsPair({ ofServer, ofClient }).start().isConnected).toBe(true);
    expect(new DtlsPair({ ofServer, ofClient: [fingerprintOf(stranger, algorithm)] }).start().server.state).toBe(
      'failed',
    );
  });

  test('one right fingerprint among several is enough', () => {
    const ofClient = [
      fingerprintOf(stranger),
      fingerprintOf(stranger, 'sha-512'),
      fingerprintOf(clientCertificate, 'sha-384'),
    ];
    expect(new DtlsPair({ ofClient }).start().isConnected).toBe(true);
  });

  test('takes an expired certificate, and one not yet valid: the fingerprint decides', () => {
    for (const now of [new Date('2020-01-01'), new Date('2040-01-01')]) {
      const certificate = createCertificate({ now, days: 1 });
      const pair = new DtlsPair({
        serverContext: new DtlsContext(certificate),
        ofServer: [fingerprintOf(certificate)],
      });
      expect(pair.start().isConnected).toBe(true);
    }
  });

  test('fits every datagram into 1200 bytes', () => {
    const sizes: number[] = [];
    new DtlsPair({
      meddle: (datagram) => {
        sizes.push(datagram.length);
        return [datagram];
      },
    }).start();
    expect(sizes.length).toBeGreaterThan(3);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(1200);
  });

  test('nothing is sent before it is asked for', () => {
    const { client, server } = new DtlsPair();
    expect([client.repeat(), server.repeat(), server.start(), client.close(), server.close()]).toEqual([
      [],
      [],
      [],
      [],
      [],
    ]);
  });

  test('thirty of thirty come up over a link that loses 30 % and reorders 20 %', async () => {
    const seed = Date.now() & 0xffff;
    const random = seededRandom(seed);
    const pairs = Array.from(
      { length: 30 },
      () => new DtlsPair({ meddle: lossy(random, { loss: 0.3, reorder: 0.2 }) }),
    );
    for (const pair of pairs) pair.start();
    await until(
      `all are connected (seed ${seed})`,
      () => {
        for (const pair of pairs) pair.tick();
        return pairs.every((pair) => pair.isConnected);
      },
      { everyMs: 10 },
    );
    for (const { client, server } of pairs) expect(client.keys?.local).toEqual(server.keys?.remote);
  });

  test('the last flight, lost, is repeated when the client asks again, twenty times at most', async () => {
    let isLosing = true;
    const isLost = (from: string): boolean => isLosing && from === 'server' && pair.server.state === 'connected';
    const pair = new DtlsPair({ meddle: (datagram, from) => (isLost(from) ? [] : [datagram]) });
    pair.start();
    expect([pair.client.state, pair.server.state]).toEqual(['handshaking', 'connected']);
    const flight = await until(
      'the client asks again',
      () => {
        const repeated = pair.client.repeat();
        return repeated.length > 0 && repeated;
      },
      { everyMs: 10 },
    );
    isLosing = false;
    const answers = Array.from({ length: 40 }, (_, index) =>
      flight.flatMap((datagram) => pair.server.receive(datagram, 1000 * index)),
    );
    expect(answers.filter((answer) => answer.length > 0).length).toBe(20);
    pair.carry(answers[0] ?? [], 'server');
    expect(pair.client.state).toBe('connected');
    expect(pair.client.keys?.local).toEqual(pair.server.keys?.remote);
  });
});

function cut({ algorithm, value }: ReturnType<typeof fingerprintOf>) {
  return { algorithm, value: value.subarray(0, 20) };
}

describe('hostile datagrams', () => {
  /** An epoch-1 record of a length that no protected record has. */
  function shortRecord(type: number, length: number): Uint8Array {
    return Uint8Array.from([type, 0xfe, 0xfd, 0, 1, 0, 0, 0, 0, 0, 9, 0, length, ...new Array(length).fill(7)]);
  }

  test('protected records too short to be real harm no handshake and no connection', () => {
    const poison = [20, 21, 22, 23].flatMap((type) => [0, 1, 8, 16, 23].map((length) => shortRecord(type, length)));
    // Between any two records, so also after the peer has changed to protected ones.
    const meddle = (datagram: Uint8Array) =>
      readRecords(datagram).flatMap(({ start, end }) => [...poison, datagram.subarray(start, end), ...poison]);
    const pair = new DtlsPair({ meddle }).start();
    expect(pair.isConnected).toBe(true);
    for (const record of poison) {
      expect(pair.server.receive(record, 0).length).toBeLessThanOrEqual(2);
      pair.client.receive(record, 0);
    }
    expect(pair.isConnected).toBe(true);
  });

  test('a forged goodbye is not believed, in the clear or sealed with other keys', () => {
    const pair = new DtlsPair().start();
    const clear = Uint8Array.from([21, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 99, 0, 2, 1, 0]);
    const [foreign] = new DtlsPair().start().client.close();
    for (const alert of [clear, foreign ?? clear]) {
      pair.server.receive(alert, 0);
      pair.client.receive(alert, 0);
    }
    expect(pair.isConnected).toBe(true);
  });

  test('mangled datagrams crash nothing, and a good handshake follows', () => {
    const seed = Date.now() & 0xffff;
    const random = seededRandom(seed);
    const seen: Uint8Array[] = [];
    const pick = ({ length }: { length: number }) => Math.floor(random() * length);
    const mangled = (datagram: Uint8Array): Uint8Array => {
      const bytes = Uint8Array.from(datagram);
      const kind = random();
      if (kind < 0.3) return bytes.subarray(0, pick(bytes));
      if (kind < 0.4) return Uint8Array.from([...bytes, ...bytes.subarray(pick(bytes))]);
      if (kind < 0.6) bytes.copyWithin(pick(bytes), pick(bytes));
      for (let flips = 1 + Math.floor(random() * 4); flips > 0; flips -= 1)
        bytes[pick(bytes)] = Math.floor(random() * 256);
      return bytes;
    };
    for (let round = 0; round < 300; round += 1) {
      const pair = new DtlsPair({
        meddle: (datagram) => {
          seen.push(datagram);
          const other = seen[pick(seen)] ?? datagram;
          return random() < 0.5 ? [mangled(datagram), mangled(other), datagram] : [mangled(datagram), other];
        },
      });
      pair.start();
      for (let index = 0; index < 10; index += 1) {
        const datagram = mangled(seen[pick(seen)] ?? new Uint8Array(9));
        pair.carry([datagram], random() < 0.5 ? 'client' : 'server');
      }
      const { client, server } = pair;
      if (client.keys && server.keys) expect(client.keys.local, `seed ${seed}`).toEqual(server.keys.remote);
      pair.close();
    }
    expect(new DtlsPair().start().isConnected).toBe(true);
  });

  test('random bytes and empty datagrams are passed over', () => {
    const random = seededRandom(7);
    const pair = new DtlsPair();
    for (let round = 0; round < 500; round += 1) {
      const noise = Uint8Array.from({ length: Math.floor(random() * 100) }, () => Math.floor(random() * 256));
      expect(pair.server.receive(noise, round)).toEqual([]);
    }
    expect(pair.start().isConnected).toBe(true);
  });
});

describe('a goodbye', () => {
  test.each(['client', 'server'] as const)('of the %s closes the other side', (who) => {
    const pair = new DtlsPair().start();
    const other = who === 'client' ? pair.server : pair.client;
    const goodbye = pair[who].close();
    expect(goodbye.length).toBe(1);
    pair.carry(goodbye, who);
    expect([pair[who].state, other.state]).toEqual(['closed', 'closed']);
    expect([pair[who].close(), other.close()]).toEqual([[], []]);
  });

  test('goes nowhere before the connection is up, and a closed session hears nothing more', () => {
    const pair = new DtlsPair();
    const flight = pair.client.start();
    expect(pair.client.close()).toEqual([]);
    expect(pair.server.close()).toEqual([]);
    expect(flight.flatMap((datagram) => pair.server.receive(datagram, 0))).toEqual([]);
    expect(pair.server.state).toBe('closed');
  });
});

test('handshakes, whole, failed and broken off, leave no memory behind', () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const stranger = [fingerprintOf(createCertificate())];
  const run = (rounds: number) => {
    for (let round = 0; round < rounds; round += 1) {
      new DtlsPair().start().close();
      new DtlsPair({ ofClient: stranger }).start().close();
      const brokenOff = new DtlsPair({ meddle: () => [] }).start();
      brokenOff.server.receive(brokenOff.client.repeat()[0] ?? new Uint8Array(0), 0);
      brokenOff.close();
    }
    collect();
    return process.memoryUsage.rss();
  };
  const before = run(150);
  const growth = run(300) - before;
  // One SSL left behind in each round would be 17 MB.
  expect(growth).toBeLessThan(8e6);
});

describe('records', () => {
  const record = (epoch: number, length: number) => {
    const bytes = Buffer.alloc(13 + length, 1);
    bytes.set([22, 0xfe, 0xfd, 0, epoch]);
    bytes.writeUInt16BE(length, 11);
    return bytes;
  };

  test('are read up to the first malformed one', () => {
    const whole = Buffer.concat([record(0, 5), record(1, 30)]);
    expect(readRecords(whole)).toEqual([
      { type: 22, epoch: 0, start: 0, end: 18 },
      { type: 22, epoch: 1, start: 18, end: 61 },
    ]);
    for (let length = 18; length < whole.length; length += 1) {
      expect(readRecords(whole.subarray(0, length)).length).toBe(1);
    }
    whole[18 + 1] = 0x03;
    expect(readRecords(whole).length).toBe(1);
  });

  test('too short to be protected are taken out, the others stay', () => {
    const datagram = Buffer.concat([record(0, 5), record(1, 23), record(1, 24), record(2, 0)]);
    expect(Buffer.from(withoutPoison(datagram))).toEqual(Buffer.concat([record(0, 5), record(1, 24)]));
    const sound = Buffer.concat([record(0, 0), record(1, 24)]);
    expect(withoutPoison(sound)).toBe(sound);
  });

  test('are packed into datagrams of at most 1200 bytes, in order, none cut', () => {
    const lengths = [500, 600, 300, 1187, 1, 1186, 10];
    const output = Buffer.concat(lengths.map((length) => record(0, length)));
    const datagrams = packRecords(output);
    expect(datagrams.map(({ length }) => length)).toEqual([1126, 313, 1200, 14, 1199, 23]);
    expect(Buffer.concat(datagrams)).toEqual(output);
    expect(packRecords(new Uint8Array(0))).toEqual([]);
  });
});

test('a context may be closed twice, and what was made with it goes on', () => {
  const context = new DtlsContext(serverCertificate);
  const pair = new DtlsPair({ serverContext: context });
  const flight = pair.client.start().flatMap((datagram) => pair.server.receive(datagram, 0));
  context.close();
  context.close();
  pair.carry(flight, 'server');
  expect(pair.isConnected).toBe(true);
});

test('a server that is never called holds nothing of OpenSSL and closes at once', () => {
  const session = new DtlsSession(new DtlsContext(serverCertificate), { role: 'server', fingerprints: [] });
  expect(session.state).toBe('new');
  expect(session.close()).toEqual([]);
  expect(session.state).toBe('closed');
});

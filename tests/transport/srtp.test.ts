import { describe, expect, test } from 'vitest';
import { SrtcpSession, SrtpSession, RtpHeader as WeriftHeader } from 'werift';
import { writeNack, writePli, writeReceiverReport, writeSdes } from '../../src/transport/rtcp-write.ts';
import { deriveSessionKeys, type SrtpKeys, srtpProfileById } from '../../src/transport/srtp-keys.ts';
import { SrtpReceiver } from '../../src/transport/srtp-session.ts';
import { keyPair, openRtcp, openRtp, PROFILES, plainHeader, Sealer, scratch } from './srtp-bytes.ts';

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');

/** The other implementation, with the same keys as `keys`. */
function weriftConfig(keys: SrtpKeys, profile: number) {
  return {
    profile,
    keys: {
      localMasterKey: Buffer.from(keys.local.key),
      localMasterSalt: Buffer.from(keys.local.salt),
      remoteMasterKey: Buffer.from(keys.remote.key),
      remoteMasterSalt: Buffer.from(keys.remote.salt),
    },
  };
}

const payloadOf = (length: number, fill = 1) => Buffer.alloc(length, fill);

test('session keys are those of RFC 3711 appendix B.3', () => {
  const profile = srtpProfileById(PROFILES.aes128_cm_hmac_sha1_80);
  if (!profile) throw new Error('no profile');
  const master = {
    key: hex('E1F97A0D3E018BE0D64FA32C06DE4139'),
    salt: hex('0EC675AD498AFEEBB6960B3AABE6'),
  };
  const { key, salt, auth } = deriveSessionKeys(profile, master, 'rtp');
  expect(Buffer.from(key)).toEqual(hex('C61E7A93744F39EE10734AFE3FF7A087'));
  expect(Buffer.from(salt)).toEqual(hex('30CBBC08863D8C85D49DB34A9AE1'));
  // The first 20 bytes of the vector: our key for HMAC-SHA1.
  expect(Buffer.from(auth)).toEqual(hex('CEBE321F6FF7716B6FD4AB49AF256A156D38BAA4'));
});

describe.each(Object.entries(PROFILES))('%s', (_name, profileId) => {
  const { server, client } = keyPair(profileId);

  test('what we seal another implementation opens, packets without payload too', () => {
    const sealer = new Sealer(server);
    const theirs = new SrtpSession(weriftConfig(client, profileId));
    for (const [index, length] of [0, 1, 15, 16, 17, 1200].entries()) {
      const packet = { ssrc: 0xfedc_ba98, index, payload: payloadOf(length, length & 0xff) };
      expect(theirs.decrypt(sealer.rtp(packet))).toEqual(Buffer.concat([plainHeader(packet), packet.payload]));
    }
  });

  test('what another implementation seals we open, with extensions and sources in the header', () => {
    const receiver = new SrtpReceiver(server, scratch);
    const theirs = new SrtpSession(weriftConfig(client, profileId));
    const header = hex('92E0 7FFE 00000BB8 FEDCBA98 00000001 00000002 BEDE 0001 10610000');
    const payload = payloadOf(333, 9);
    const sealed = theirs.encrypt(payload, WeriftHeader.deSerialize(header));
    expect(sealed.subarray(0, header.length)).toEqual(header);
    expect(openRtp(receiver, sealed)).toEqual(Buffer.concat([header, payload]));
  });

  test('both agree across rollovers, the second one too', () => {
    const sealer = new Sealer(server);
    const theirs = new SrtpSession(weriftConfig(client, profileId));
    const receiver = new SrtpReceiver(client, scratch);
    for (let index = 65_000; index < 3 * 65_536; index += 20) {
      const packet = { ssrc: 5, index, payload: payloadOf(8, index & 0xff) };
      const sealed = sealer.rtp(packet);
      expect(openRtp(receiver, sealed)?.subarray(12)).toEqual(packet.payload);
      expect(theirs.decrypt(sealed).subarray(12)).toEqual(packet.payload);
    }
  });

  test('RTCP agrees in both directions', () => {
    const sealer = new Sealer(server);
    const receiver = new SrtpReceiver(server, scratch);
    const theirs = new SrtcpSession(weriftConfig(client, profileId));
    const compounds = [
      Buffer.from(writePli(1, 2)),
      Buffer.concat([writeReceiverReport(1, []), writeSdes(1, 'freshet')]),
      Buffer.from(writeNack(0xffff_fffe, 2, [1, 2, 3, 65_535])),
    ];
    for (const compound of compounds) {
      expect(theirs.decrypt(sealer.rtcp(compound))).toEqual(compound);
      expect(openRtcp(receiver, theirs.encrypt(compound))).toEqual(compound);
    }
  });

  test('a packet with any one byte changed is refused, and the whole one still opens after', () => {
    const receiver = new SrtpReceiver(client, scratch);
    const packet = { ssrc: 5, index: 1, payload: payloadOf(20) };
    const sealed = new Sealer(server).rtp(packet);
    for (let at = 0; at < sealed.length; at += 1) {
      const changed = Buffer.from(sealed);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(openRtp(receiver, changed), `byte ${at}`).toBeUndefined();
    }
    expect(openRtp(receiver, sealed)).toEqual(Buffer.concat([plainHeader(packet), packet.payload]));
  });

  test('a packet cut at any length is refused', () => {
    const receiver = new SrtpReceiver(client, scratch);
    const sealed = new Sealer(server).rtp({ ssrc: 5, index: 1, payload: payloadOf(20) });
    const report = new Sealer(server).rtcp(Buffer.from(writePli(1, 2)));
    for (let length = 0; length < sealed.length; length += 1) {
      expect(openRtp(receiver, sealed.subarray(0, length)), `length ${length}`).toBeUndefined();
    }
    for (let length = 0; length < report.length; length += 1) {
      expect(openRtcp(receiver, report.subarray(0, length)), `length ${length}`).toBeUndefined();
    }
  });

  test('the other direction, other keys and RTCP keys do not fit', () => {
    const sealed = new Sealer(server).rtp({ ssrc: 5, index: 1, payload: payloadOf(20) });
    expect(openRtp(new SrtpReceiver(server, scratch), sealed)).toBeUndefined();
    expect(openRtp(new SrtpReceiver(keyPair(profileId, 8).client, scratch), sealed)).toBeUndefined();
    expect(openRtcp(new SrtpReceiver(client, scratch), sealed)).toBeUndefined();
  });

  test('each packet opens once, in whatever order they come', () => {
    const sealer = new Sealer(server);
    const receiver = new SrtpReceiver(client, scratch);
    const order = [65_535, 65_537, 65_536, 65_534, 65_800, 65_538];
    for (const index of order) {
      const sealed = sealer.rtp({ ssrc: 5, index, payload: payloadOf(20) });
      expect(openRtp(receiver, sealed), `${index}`).toBeDefined();
      expect(openRtp(receiver, sealed), `${index} again`).toBeUndefined();
    }
    const reports = [1, 2, 3].map(() => sealer.rtcp(Buffer.from(writePli(1, 2))));
    for (const report of reports.toReversed()) {
      expect(openRtcp(receiver, report)).toBeDefined();
      expect(openRtcp(receiver, report)).toBeUndefined();
    }
  });

  test.each([1, 101, 5000, 32_000])('losing %i packets across a wrap loses nothing more', (lost) => {
    const sealer = new Sealer(server);
    const receiver = new SrtpReceiver(client, scratch);
    const before = 65_535 - Math.floor(lost / 2);
    for (const index of [before, before + lost + 1, before + lost + 2, before + lost + 30_000]) {
      expect(openRtp(receiver, sealer.rtp({ ssrc: 5, index, payload: payloadOf(9) })), `${index}`).toBeDefined();
    }
  });

  test('a stream that begins at 65535 goes on after the wrap', () => {
    const sealer = new Sealer(server);
    const receiver = new SrtpReceiver(client, scratch);
    for (const index of [65_535, 65_536, 65_537]) {
      expect(openRtp(receiver, sealer.rtp({ ssrc: 5, index, payload: payloadOf(9) }))).toBeDefined();
    }
  });

  test.each([65_536, 65_540, 65_536 + 32_767])(
    'a stream whose packets before the wrap were all lost opens from %i on',
    (first) => {
      const sealer = new Sealer(server);
      const receiver = new SrtpReceiver(client, scratch);
      for (const index of [first, first + 1, first - 1, first + 30_000]) {
        const sealed = sealer.rtp({ ssrc: 5, index, payload: payloadOf(9) });
        expect(openRtp(receiver, sealed)?.subarray(12), `${index}`).toEqual(payloadOf(9));
        expect(openRtp(receiver, sealed), `${index} again`).toBeUndefined();
      }
    },
  );

  test('unencrypted RTCP (the E bit off) is refused', () => {
    const receiver = new SrtpReceiver(client, scratch);
    const report = new Sealer(server).rtcp(Buffer.from(writePli(1, 2)));
    const wordAt = report.length - (profileId === PROFILES.aead_aes_128_gcm ? 4 : 14);
    expect(report.readUInt32BE(wordAt)).toBe(0x8000_0001);
    report.writeUInt32BE(1, wordAt);
    expect(openRtcp(receiver, report)).toBeUndefined();
  });

  test('a peer may use 32 SSRCs and no more, and forged ones take no place', () => {
    const sealer = new Sealer(server);
    const forger = new Sealer(keyPair(profileId, 8).server);
    const receiver = new SrtpReceiver(client, scratch);
    const open = (from: Sealer, ssrc: number) => openRtp(receiver, from.rtp({ ssrc, index: 1, payload: payloadOf(9) }));
    for (let ssrc = 100; ssrc < 200; ssrc += 1) expect(open(forger, ssrc)).toBeUndefined();
    for (let ssrc = 1; ssrc <= 32; ssrc += 1) expect(open(sealer, ssrc)).toBeDefined();
    expect(open(sealer, 33)).toBeUndefined();
    expect(openRtp(receiver, sealer.rtp({ ssrc: 32, index: 2, payload: payloadOf(9) }))).toBeDefined();
  });

  test('equal packets of different numbers have nothing in common on the wire', () => {
    const sealer = new Sealer(server);
    const indexes = [0, 1, 65_536, 65_537, 2 ** 32, 2 ** 32 + 1, 2 ** 47];
    const payloads = [1, 2].flatMap((ssrc) =>
      indexes.map((index) =>
        sealer
          .rtp({ ssrc, index, payload: payloadOf(64) })
          .subarray(12)
          .toString('hex'),
      ),
    );
    expect(new Set(payloads).size).toBe(payloads.length);
  });
});

import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import nodeDataChannel from 'node-datachannel';
import { beforeEach, describe, expect, test } from 'vitest';
import type { IceCredentials } from '../../src/media/plan.ts';
import { createCertificate } from '../../src/transport/certificate.ts';
import { type Endpoint, endpointFromText } from '../../src/transport/endpoint.ts';
import { IceLite, usernameUfrag } from '../../src/transport/ice-lite.ts';
import { hasValidIntegrity, readStun } from '../../src/transport/stun.ts';
import { writeBindingRequest } from '../../src/transport/stun-write.ts';
import { stunBytes } from './stun-bytes.ts';

const local = { ufrag: 'ourufrag', pwd: 'our password, of 24 chars' };
const remote = { ufrag: 'them', pwd: 'their password, of 24 chars' };
const home = endpointFromText('192.0.2.10', 5000);
const phone = endpointFromText('198.51.100.20', 6000);
const NOT_PROVEN = { isProven: false };

const USERNAME = 0x0006;
const PRIORITY = 0x0024;
const USE_CANDIDATE = 0x0025;
const CONTROLLED = 0x8029;
const username = [USERNAME, Buffer.from('ourufrag:them')] as const;
const useCandidate = [USE_CANDIDATE, Buffer.alloc(0)] as const;

let ice: IceLite;
beforeEach(() => {
  ice = new IceLite({ local, remote, nowMs: 0 });
});

interface Check {
  isNominated?: boolean;
  ours?: IceCredentials;
  theirs?: IceCredentials;
  password?: string;
}

function check({ isNominated = false, ours = local, theirs = remote, password = ours.pwd }: Check = {}): Uint8Array {
  return writeBindingRequest({
    transactionId: Buffer.from('transaction!'),
    username: `${ours.ufrag}:${theirs.ufrag}`,
    password,
    priority: 1,
    useCandidate: isNominated,
    controlling: 1n,
  });
}

const nominate = (from: Endpoint, nowMs: number) => ice.handle(check({ isNominated: true }), from, nowMs);

describe('a check', () => {
  test('with valid credentials is answered with the address it came from, signed with our password', () => {
    const { response, isProven } = ice.handle(check(), home, 1);
    expect(isProven).toBe(true);
    const message = response && readStun(response);
    expect(message).toMatchObject({ messageClass: 'success', method: 1, mappedAddress: home, hasFingerprint: true });
    expect(message && Buffer.from(message.transactionId).toString()).toBe('transaction!');
    expect(response && message && hasValidIntegrity(response, message, local.pwd)).toBe(true);
    expect(ice.selected).toBe(home);
  });

  test.each([
    ['with a wrong password', check({ password: 'another' })],
    ['without MESSAGE-INTEGRITY', stunBytes({ attributes: [username, useCandidate] })],
    ['with USE-CANDIDATE and a wrong password', check({ isNominated: true, password: 'another' })],
    ['without FINGERPRINT', stunBytes({ attributes: [username], password: local.pwd, hasFingerprint: false })],
    ['for another of our sessions', check({ ours: { ...local, ufrag: 'other' } })],
    ['from another of our peers', check({ theirs: { ...remote, ufrag: 'other' } })],
    ['without USERNAME', stunBytes({ password: local.pwd })],
    ['that is an indication', stunBytes({ type: 0x0011, attributes: [username], password: local.pwd })],
    ['that is a response', stunBytes({ type: 0x0101, attributes: [username], password: local.pwd })],
    ['of another method', stunBytes({ type: 0x0003, attributes: [username], password: local.pwd })],
    ['that is no STUN', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
  ])('%s is met with silence and changes nothing', (_, bytes) => {
    expect(ice.handle(bytes, home, 1)).toEqual(NOT_PROVEN);
    expect(ice.selected).toBeUndefined();
    expect(ice.consentLapsed(30_001)).toBe(true);
  });

  test('is never answered with more bytes than it had', () => {
    for (const from of [home, endpointFromText('2001:db8::7', 5000)]) {
      const { response } = ice.handle(check(), from, 1);
      expect(response?.length).toBeLessThanOrEqual(check().length);
    }
  });

  test('with attributes we must understand and do not gets a 420 that names them', () => {
    const unknown = [0x0777, Buffer.alloc(4)] as const;
    const bytes = stunBytes({ attributes: [username, unknown, useCandidate], password: local.pwd });
    const { response, isProven } = ice.handle(bytes, home, 1);
    expect(isProven).toBe(false);
    const message = response && readStun(response);
    expect(message).toMatchObject({ messageClass: 'error', errorCode: 420 });
    expect(response && Buffer.from(response).includes(Buffer.from('000a00020777', 'hex'))).toBe(true);
    expect(response && message && hasValidIntegrity(response, message, local.pwd)).toBe(true);
    expect(response?.length).toBeLessThanOrEqual(bytes.length);
    expect(ice.selected).toBeUndefined();
  });

  test('of a peer that is controlled as well gets a 487, whatever its tie-breaker', () => {
    for (const tieBreaker of [0x00, 0xff]) {
      const controlled = [CONTROLLED, Buffer.alloc(8, tieBreaker)] as const;
      const priority = [PRIORITY, Buffer.alloc(4, 1)] as const;
      const bytes = stunBytes({ attributes: [username, priority, controlled], password: local.pwd });
      const { response, isProven } = ice.handle(bytes, home, 1);
      expect(isProven).toBe(false);
      expect(response && readStun(response)).toMatchObject({ messageClass: 'error', errorCode: 487 });
      expect(response?.length).toBeLessThanOrEqual(bytes.length);
      expect(ice.selected).toBeUndefined();
    }
  });

  test('whose USE-CANDIDATE comes after MESSAGE-INTEGRITY nominates nothing', () => {
    nominate(home, 1);
    const bytes = stunBytes({ attributes: [username], password: local.pwd, afterIntegrity: [useCandidate] });
    expect(ice.handle(bytes, phone, 2)).toMatchObject({ isProven: true });
    expect(ice.selected).toBe(home);
  });
});

describe('media goes', () => {
  test('nowhere before a check', () => {
    expect(ice.selected).toBeUndefined();
  });

  test('to the first proven pair as long as none is nominated', () => {
    expect(ice.handle(check(), home, 1).selected).toBe(home);
    expect(ice.handle(check(), phone, 2).selected).toBeUndefined();
    expect(ice.selected).toBe(home);
  });

  test('to the nominated pair, told once', () => {
    ice.handle(check(), home, 1);
    expect(nominate(phone, 2).selected).toBe(phone);
    expect(nominate(phone, 3).selected).toBeUndefined();
    expect(ice.selected).toBe(phone);
  });

  test('with a peer that roams: the latest nomination wins, and back', () => {
    nominate(home, 1);
    expect(nominate(phone, 2).selected).toBe(phone);
    expect(nominate(home, 3).selected).toBe(home);
    ice.handle(check(), phone, 4);
    expect(ice.selected).toBe(home);
  });

  test('to the pair that a peer goes on checking when the nominated one is silent for 15 s', () => {
    nominate(home, 0);
    expect(ice.handle(check(), phone, 15_000).selected).toBeUndefined();
    expect(ice.handle(check(), phone, 15_001).selected).toBe(phone);
  });

  test('to wherever the next check comes from once the connection it went by has closed', () => {
    nominate(home, 1);
    ice.lose(phone.key);
    expect(ice.handle(check(), phone, 2).selected).toBeUndefined();
    ice.lose(home.key);
    expect(ice.handle(check(), phone, 3).selected).toBe(phone);
    expect(ice.consentLapsed(30_003)).toBe(false);
  });

  test('to an endpoint of the same address but another port only after it is nominated', () => {
    nominate(home, 1);
    const rebound = endpointFromText('192.0.2.10', 5001);
    expect(ice.handle(check(), rebound, 2).selected).toBeUndefined();
    expect(nominate(rebound, 2).selected).toBe(rebound);
  });
});

describe('consent', () => {
  test('lapses 30 s after the start when no check comes', () => {
    ice = new IceLite({ local, remote, nowMs: 1000 });
    expect(ice.consentLapsed(31_000)).toBe(false);
    expect(ice.consentLapsed(31_001)).toBe(true);
  });

  test('lapses 30 s after the last check on the selected pair', () => {
    nominate(home, 1000);
    ice.handle(check(), home, 20_000);
    expect(ice.consentLapsed(50_000)).toBe(false);
    expect(ice.consentLapsed(50_001)).toBe(true);
  });

  test('is not kept up by checks that prove nothing', () => {
    nominate(home, 0);
    ice.handle(check({ password: 'another' }), home, 20_000);
    ice.handle(stunBytes({ type: 0x0011, attributes: [username], password: local.pwd }), home, 20_000);
    expect(ice.consentLapsed(30_001)).toBe(true);
  });

  test('of a peer whose connection closed lapses 30 s after its last check', () => {
    nominate(home, 5_000);
    ice.lose(home.key);
    expect([ice.consentLapsed(35_000), ice.consentLapsed(35_001)]).toEqual([false, true]);
  });

  test('is kept up by a peer that has moved', () => {
    nominate(home, 0);
    nominate(phone, 25_000);
    expect(ice.consentLapsed(50_000)).toBe(false);
  });
});

describe('after a restart', () => {
  const ours = { ufrag: 'newufrag', pwd: 'a new password of ours' };
  const theirs = { ufrag: 'newthem', pwd: 'a new password of theirs' };

  beforeEach(() => {
    nominate(home, 1);
    ice.restart(ours, theirs);
  });

  test('both names are ours until the new one is used', () => {
    expect(ice.localUfrags).toEqual(['newufrag', 'ourufrag']);
    ice.handle(check({ ours, theirs }), home, 2);
    expect(ice.localUfrags).toEqual(['newufrag']);
  });

  test('old checks are answered until the first new one, each with its own password', () => {
    const old = ice.handle(check(), home, 2).response;
    const oldMessage = old && readStun(old);
    expect(old && oldMessage && hasValidIntegrity(old, oldMessage, local.pwd)).toBe(true);
    const fresh = ice.handle(check({ ours, theirs }), home, 3).response;
    const freshMessage = fresh && readStun(fresh);
    expect(fresh && freshMessage && hasValidIntegrity(fresh, freshMessage, ours.pwd)).toBe(true);
    expect(ice.handle(check(), home, 4)).toEqual(NOT_PROVEN);
  });

  test('a check that mixes old and new proves nothing', () => {
    expect(ice.handle(check({ ours, theirs: remote }), home, 2)).toEqual(NOT_PROVEN);
    expect(ice.handle(check({ ours, theirs, password: local.pwd }), home, 2)).toEqual(NOT_PROVEN);
    expect(ice.localUfrags).toHaveLength(2);
  });

  test('media stays where it goes until the peer nominates anew', () => {
    expect(ice.selected).toBe(home);
    ice.handle(check({ ours, theirs }), phone, 2);
    expect(ice.selected).toBe(home);
    expect(ice.handle(check({ ours, theirs, isNominated: true }), phone, 3).selected).toBe(phone);
  });

  test('a second restart before the first was used keeps what the peer still uses', () => {
    const again = { ufrag: 'thirdone', pwd: 'a third password of ours' };
    ice.restart(again, theirs);
    expect(ice.localUfrags).toEqual(['thirdone', 'ourufrag']);
    expect(ice.handle(check(), home, 2).isProven).toBe(true);
    expect(ice.handle(check({ ours, theirs }), home, 3)).toEqual(NOT_PROVEN);
    expect(ice.handle(check({ ours: again, theirs }), home, 4).isProven).toBe(true);
  });

  test('a second restart after the first was used forgets the first credentials', () => {
    ice.handle(check({ ours, theirs }), home, 2);
    ice.restart({ ufrag: 'thirdone', pwd: 'a third password of ours' }, theirs);
    expect(ice.localUfrags).toEqual(['thirdone', 'newufrag']);
  });
});

test('a full agent of another make connects and nominates', async () => {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const peer = new nodeDataChannel.PeerConnection('peer', { iceServers: [], bindAddress: '127.0.0.1' });
  try {
    const offer = await new Promise<string>((resolve) => {
      peer.onLocalDescription(resolve);
      peer.createDataChannel('any');
    });
    const [, ufrag = ''] = /a=ice-ufrag:(\S+)/.exec(offer) ?? [];
    const [, pwd = ''] = /a=ice-pwd:(\S+)/.exec(offer) ?? [];
    const served = { ufrag: 'served', pwd: 'ice+password/of+24+chars' };
    const answering = new IceLite({ local: served, remote: { ufrag, pwd }, nowMs: performance.now() });
    const isNominated = new Promise<Endpoint>((resolve) => {
      socket.on('message', (bytes, { address, port }) => {
        if (usernameUfrag(bytes) !== served.ufrag) return;
        const from = endpointFromText(address, port);
        const { response } = answering.handle(bytes, from, performance.now());
        if (response) socket.send(response, port, address);
        if (readStun(bytes)?.useCandidate) resolve(from);
      });
    });
    const isConnected = new Promise<void>((resolve) => {
      peer.onIceStateChange((state) => {
        if (state === 'connected' || state === 'completed') resolve();
      });
    });
    peer.setRemoteDescription(
      [
        'v=0',
        'o=- 1 1 IN IP4 127.0.0.1',
        's=-',
        't=0 0',
        'a=ice-lite',
        'a=group:BUNDLE 0',
        'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
        'c=IN IP4 0.0.0.0',
        'a=mid:0',
        'a=sctp-port:5000',
        'a=setup:passive',
        `a=fingerprint:${createCertificate().fingerprint}`,
        `a=ice-ufrag:${served.ufrag}`,
        `a=ice-pwd:${served.pwd}`,
        `a=candidate:1 1 udp 2130706431 127.0.0.1 ${socket.address().port} typ host`,
        'a=end-of-candidates',
        '',
      ].join('\r\n'),
      'answer',
    );
    await isConnected;
    expect(answering.selected).toEqual(await isNominated);
    expect(answering.consentLapsed(performance.now())).toBe(false);
  } finally {
    peer.close();
    socket.close();
  }
});

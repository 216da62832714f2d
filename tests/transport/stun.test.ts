import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { classes, Message, methods, parseMessage } from 'werift';
import { addressText, endpointFromText } from '../../src/transport/endpoint.ts';
import { usernameUfrag } from '../../src/transport/ice-lite.ts';
import { hasValidIntegrity, readStun } from '../../src/transport/stun.ts';
import { writeBindingError, writeBindingRequest, writeBindingSuccess } from '../../src/transport/stun-write.ts';
import { stunBytes } from './stun-bytes.ts';

const hex = (text: string) => Buffer.from(text.replace(/\s/g, ''), 'hex');

const transactionId = Buffer.from('0123456789ab');
const request = {
  transactionId,
  username: 'ours:theirs',
  password: 'a password of ice',
  priority: 0x6e0001ff,
  useCandidate: true,
  controlling: 0xfedcba9876543210n,
};
const USERNAME = 0x0006;
const PRIORITY = 0x0024;
const USE_CANDIDATE = 0x0025;
const ICE_CONTROLLING = 0x802a;

describe('the test vectors of RFC 5769', () => {
  const password = 'VOkJxbRl1RmTxUk/WvJxBt';

  test('the request', () => {
    const bytes = hex(`
      00010058 2112a442 b7e7a701 bc34d686 fa87dfae 80220010 5354554e 20746573 7420636c 69656e74
      00240004 6e0001ff 80290008 932ff9b1 51263b36 00060009 6576746a 3a683676 59202020
      00080014 9aeaa70c bfd8cb56 781ef2b5 b2d3f249 c1b571a2 80280004 e57a3bcf`);
    const message = readStun(bytes);
    expect(message).toMatchObject({
      messageClass: 'request',
      method: 1,
      username: 'evtj:h6vY',
      priority: 0x6e0001ff,
      iceControlled: 0x932ff9b151263b36n,
      useCandidate: false,
      unknownRequired: [],
      hasFingerprint: true,
    });
    expect(message && hasValidIntegrity(bytes, message, password)).toBe(true);
    expect(message && hasValidIntegrity(bytes, message, `${password}x`)).toBe(false);
    expect(usernameUfrag(bytes)).toBe('evtj');
  });

  test.each([
    [
      '192.0.2.1',
      `0101003c 2112a442 b7e7a701 bc34d686 fa87dfae 8022000b 74657374 20766563 746f7220
       00200008 0001a147 e112a643 00080014 2b91f599 fd9e90c3 8c7489f9 2af9ba53 f06be7d7 80280004 c07d4c96`,
    ],
    [
      '2001:db8:1234:5678:11:2233:4455:6677',
      `01010048 2112a442 b7e7a701 bc34d686 fa87dfae 8022000b 74657374 20766563 746f7220
       00200014 0002a147 0113a9fa a5d3f179 bc25f4b5 bed2b9d9
       00080014 a382954e 4be67bf1 1784c97c 8292c275 bfe3ed41 80280004 c8fb0b4c`,
    ],
  ])('the response that maps %s', (address, text) => {
    const bytes = hex(text);
    const message = readStun(bytes);
    expect(message).toMatchObject({ messageClass: 'success', mappedAddress: { port: 32853 } });
    expect(message?.mappedAddress && addressText(message.mappedAddress)).toBe(address);
    expect(message && hasValidIntegrity(bytes, message, password)).toBe(true);
  });
});

describe('what is written', () => {
  test('a request reads back as it was meant', () => {
    const bytes = writeBindingRequest(request);
    const message = readStun(bytes);
    expect(message).toMatchObject({
      messageClass: 'request',
      method: 1,
      username: 'ours:theirs',
      priority: 0x6e0001ff,
      useCandidate: true,
      iceControlling: request.controlling,
      hasFingerprint: true,
    });
    expect(message && Buffer.from(message.transactionId)).toEqual(transactionId);
    expect(message && hasValidIntegrity(bytes, message, request.password)).toBe(true);
    expect(usernameUfrag(bytes)).toBe('ours');
    expect(readStun(writeBindingRequest({ ...request, useCandidate: false }))?.useCandidate).toBe(false);
  });

  test('a request is byte for byte what another writer makes of it', () => {
    const priority = Buffer.alloc(4);
    priority.writeUInt32BE(request.priority);
    const tieBreaker = Buffer.alloc(8);
    tieBreaker.writeBigUInt64BE(request.controlling);
    const attributes = [
      [USERNAME, Buffer.from(request.username)],
      [PRIORITY, priority],
      [ICE_CONTROLLING, tieBreaker],
      [USE_CANDIDATE, Buffer.alloc(0)],
    ] as const;
    const expected = stunBytes({ transactionId, attributes, password: request.password });
    expect(Buffer.from(writeBindingRequest(request))).toEqual(expected);
  });

  test.each(['192.0.2.1', '2001:db8::42'])('another implementation reads the success for %s', (address) => {
    const bytes = writeBindingSuccess({ transactionId, endpoint: endpointFromText(address, 4711), password: 'secret' });
    const message = parseMessage(Buffer.from(bytes), Buffer.from('secret'));
    expect(message).toMatchObject({ messageMethod: methods.BINDING, messageClass: classes.RESPONSE });
    expect(message?.getAttributeValue('XOR-MAPPED-ADDRESS')).toEqual([address, 4711]);
    expect(parseMessage(Buffer.from(bytes), Buffer.from('another'))).toBeUndefined();
  });

  test('another implementation reads an error', () => {
    const error = { transactionId, code: 487, reason: 'Role Conflict', password: 'secret' };
    const message = parseMessage(Buffer.from(writeBindingError(error)), Buffer.from('secret'));
    expect(message?.messageClass).toBe(classes.ERROR);
    expect(message?.getAttributeValue('ERROR-CODE')).toEqual([487, 'Role Conflict']);
  });

  test('a 420 lists what was not understood', () => {
    const bytes = writeBindingError({ transactionId, code: 420, reason: '', unknown: [0x0777, 0x7fff] });
    expect(readStun(bytes)).toMatchObject({ messageClass: 'error', errorCode: 420, hasFingerprint: true });
    expect(Buffer.from(bytes).includes(hex('000a 0004 0777 7fff'))).toBe(true);
  });

  test('a check made by another implementation is valid', () => {
    const check = new Message(methods.BINDING, classes.REQUEST);
    check.setAttribute('USERNAME', 'ours:theirs').setAttribute('PRIORITY', 77).setAttribute('USE-CANDIDATE', null);
    check.setAttribute('ICE-CONTROLLING', 5n);
    check.addMessageIntegrity(Buffer.from('secret'));
    check.addFingerprint();
    const message = readStun(check.bytes);
    expect(message).toMatchObject({ priority: 77, useCandidate: true, iceControlling: 5n, username: 'ours:theirs' });
    expect(message && hasValidIntegrity(check.bytes, message, 'secret')).toBe(true);
  });
});

describe('what is refused or passed over', () => {
  const username = [USERNAME, Buffer.from('a:b')] as const;

  test.each([
    ['shorter than a header', (bytes: Buffer) => bytes.subarray(0, 19)],
    ['cut short', (bytes: Buffer) => bytes.subarray(0, bytes.length - 4)],
    ['with bytes after its end', (bytes: Buffer) => Buffer.concat([bytes, Buffer.alloc(4)])],
    ['of half a word more', (bytes: Buffer) => Buffer.concat([bytes, Buffer.alloc(2)]).fill(bytes.length - 18, 3, 4)],
    ['with another magic cookie', (bytes: Buffer) => bytes.fill(0x11, 4, 5)],
    ['with the first bit set', (bytes: Buffer) => bytes.fill(0x80, 0, 1)],
    ['with the second bit set', (bytes: Buffer) => bytes.fill(0x40, 0, 1)],
    ['with an attribute longer than the message', (bytes: Buffer) => bytes.fill(9, 23, 24)],
  ])('a message %s is malformed', (_, damage) => {
    const sound = () => stunBytes({ attributes: [username], hasFingerprint: false });
    expect(readStun(sound())).toBeDefined();
    expect(usernameUfrag(sound())).toBe('a');
    expect(readStun(damage(sound()))).toBeUndefined();
    expect(usernameUfrag(damage(sound()))).toBeUndefined();
  });

  test('a message with a wrong fingerprint is malformed', () => {
    const bytes = stunBytes({ attributes: [username] });
    expect(readStun(bytes.fill(0, bytes.length - 4))).toBeUndefined();
  });

  test.each([
    ['PRIORITY', PRIORITY, 3],
    ['USE-CANDIDATE', USE_CANDIDATE, 4],
    ['ICE-CONTROLLING', ICE_CONTROLLING, 4],
    ['ICE-CONTROLLED', 0x8029, 12],
    ['MESSAGE-INTEGRITY', 0x0008, 16],
    ['ERROR-CODE', 0x0009, 2],
    ['USERNAME', USERNAME, 514],
  ])('%s of a wrong length makes a message malformed', (_, type, length) => {
    expect(readStun(stunBytes({ attributes: [[type, Buffer.alloc(length)]] }))).toBeUndefined();
  });

  test.each(['0003 0001 00000000', '0001 0001 000000', '0001 0001 00000000 00', '0002 0001 00000000'])(
    'the mapped address %s is malformed',
    (value) => {
      expect(readStun(stunBytes({ attributes: [[0x0020, hex(value)]] }))).toBeUndefined();
    },
  );

  test('FINGERPRINT must come last', () => {
    const bytes = Buffer.concat([stunBytes({}), hex('80220000')]);
    bytes.writeUInt16BE(bytes.length - 20, 2);
    bytes.writeUInt32BE((crc32(bytes.subarray(0, 20)) ^ 0x5354554e) >>> 0, 24);
    expect(readStun(bytes)).toBeUndefined();
  });

  test('what follows MESSAGE-INTEGRITY does not count, FINGERPRINT excepted', () => {
    const bytes = stunBytes({
      attributes: [[USERNAME, Buffer.from('a:b')]],
      password: 'secret',
      afterIntegrity: [
        [USE_CANDIDATE, Buffer.alloc(0)],
        [0x7777, Buffer.alloc(4)],
      ],
    });
    const message = readStun(bytes);
    expect(message).toMatchObject({ useCandidate: false, unknownRequired: [], hasFingerprint: true });
    expect(message && hasValidIntegrity(bytes, message, 'secret')).toBe(true);
  });

  test('of an attribute that comes twice the first counts', () => {
    const attributes = [
      [USERNAME, Buffer.from('first:x')],
      [USERNAME, Buffer.from('other:x')],
    ] as const;
    const bytes = stunBytes({ attributes });
    expect(readStun(bytes)?.username).toBe('first:x');
    expect(usernameUfrag(bytes)).toBe('first');
  });

  test('only unknown attributes below 0x8000 must be understood', () => {
    const attributes = [0x0777, 0x7fff, 0x8000, 0xc057].map((type) => [type, Buffer.alloc(4)] as const);
    expect(readStun(stunBytes({ attributes }))?.unknownRequired).toEqual([0x0777, 0x7fff]);
  });

  test('without MESSAGE-INTEGRITY nothing is valid', () => {
    const bytes = stunBytes({ attributes: [[USERNAME, Buffer.from('a:b')]] });
    const message = readStun(bytes);
    expect(message).toBeDefined();
    expect(message && hasValidIntegrity(bytes, message, '')).toBe(false);
  });

  test('changing any one bit of a request leaves neither its fingerprint nor its integrity valid', () => {
    const bytes = writeBindingRequest(request);
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const changed = Buffer.from(bytes);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(readStun(changed)?.hasFingerprint ?? false, `bit ${bit}`).toBe(false);
    }
    const end = bytes.length - 8;
    for (let bit = 0; bit < end * 8; bit++) {
      const changed = Buffer.from(bytes.subarray(0, end));
      changed.writeUInt16BE(end - 20, 2);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const message = readStun(changed);
      expect(message !== undefined && hasValidIntegrity(changed, message, request.password), `bit ${bit}`).toBe(false);
    }
  });
});

describe('the ufrag told without reading all', () => {
  test.each([
    ['a response', stunBytes({ type: 0x0101, attributes: [[USERNAME, Buffer.from('a:b')]] })],
    ['an indication', stunBytes({ type: 0x0011, attributes: [[USERNAME, Buffer.from('a:b')]] })],
    ['a request without username', stunBytes({})],
    [
      'a username without colon',
      stunBytes({
        attributes: [
          [USERNAME, Buffer.from('ab')],
          [0x8022, Buffer.from('::')],
        ],
      }),
    ],
    ['an RTP packet', Buffer.alloc(40, 0x80)],
    ['nothing', Buffer.alloc(0)],
  ])('%s has none', (_, bytes) => {
    expect(usernameUfrag(bytes)).toBeUndefined();
  });
});

test('no bytes make the readers throw', () => {
  const types = fc.constantFrom(1, 6, 8, 9, 0x20, 0x24, 0x25, 0x8028, 0x8029, 0x802a, 0x77);
  const attributes = fc.array(fc.tuple(types, fc.uint8Array({ maxLength: 24 })), { maxLength: 12 });
  const shaped = fc.record({ attributes, hasFingerprint: fc.boolean(), cut: fc.nat(8) }).map(({ cut, ...message }) => {
    const bytes = stunBytes({ ...message, password: 'x' });
    return bytes.subarray(0, bytes.length - cut);
  });
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), shaped), (bytes) => {
      const message = readStun(bytes);
      usernameUfrag(bytes);
      if (message) hasValidIntegrity(bytes, message, 'x');
    }),
    { numRuns: 3000 },
  );
});

test('a message of 16,000 empty attributes is read in no time', () => {
  const bytes = Buffer.concat([stunBytes({ hasFingerprint: false }), Buffer.alloc(64_000, hex('07770000'))]);
  bytes.writeUInt16BE(bytes.length - 20, 2);
  const start = performance.now();
  expect(readStun(bytes)?.unknownRequired).toHaveLength(16_000);
  expect(usernameUfrag(bytes)).toBeUndefined();
  expect(performance.now() - start).toBeLessThan(500);
});

test('transaction ids of every value survive the masking of an address', () => {
  for (const address of ['203.0.113.9', '2001:db8:ffff::9']) {
    const endpoint = endpointFromText(address, 65_535);
    const id = randomBytes(12);
    const bytes = writeBindingSuccess({ transactionId: id, endpoint, password: 'x' });
    expect(readStun(bytes)?.mappedAddress, id.toString('hex')).toEqual(endpoint);
  }
});

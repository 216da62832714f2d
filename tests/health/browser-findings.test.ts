import { describe, expect, test } from 'vitest';
import type { BrowserFacts, PathFacts } from '../../src/health/browser-facts.ts';
import { browserFindings } from '../../src/health/browser-findings.ts';
import type { OfferedAddresses } from '../../src/health/offered-addresses.ts';
import type { ServerFacts } from '../../src/health/server-facts.ts';
import { allWell, seesAllWell } from '../support/server-facts.ts';

const unwell = (seen: Partial<BrowserFacts>, facts: Partial<ServerFacts> = {}) =>
  browserFindings({ ...seesAllWell, ...seen }, { ...allWell, ...facts }).filter(({ level }) => level !== 'ok');

test('a browser that gets everything finds nothing to mend, and how far it is', () => {
  expect(unwell({})).toEqual([]);
  expect(browserFindings(seesAllWell, allWell)[0]).toEqual({
    subject: 'UDP 8189',
    level: 'ok',
    found: 'Media gets through from here, 12 ms there and back.',
  });
});

test.each<[what: string, seen: Partial<BrowserFacts>, facts: Partial<ServerFacts>, level: string, words: RegExp]>([
  ['a page without https', { isSecureContext: false }, {}, 'warning', /is not https, and browsers/],
  [
    'another PUBLIC_URL',
    { origin: 'https://other.example.org' },
    {},
    'warning',
    /but this page came from https:\/\/other/,
  ],
  ['a login that can not last', { origin: 'http://live.example.org' }, {}, 'warning', /Logins do not last here/],
  ['late events', { firstEventMs: 3050 }, {}, 'warning', /late \(3\.0 s\)|late \(3\.1 s\)/],
  ['no events', { firstEventMs: undefined }, {}, 'fault', /None comes/],
  ['a proxy without patience', { uploadStatus: 413 }, {}, 'warning', /refused with status 413/],
  ['a request that was cut off', { uploadStatus: 0 }, {}, 'warning', /got no answer/],
  ['a clock that is late', { clockAheadMs: 180_000 }, {}, 'warning', /3 min behind this browser/],
  ['a clock that is early', { clockAheadMs: -40_000 }, {}, 'warning', /1 min ahead of this browser/],
])('%s is found, with a cure', (_what, seen, facts, level, words) => {
  const [finding, ...others] = unwell(seen, facts);
  expect(others).toEqual([]);
  expect(finding).toMatchObject({ level, found: expect.stringMatching(words) });
  expect(finding?.cure).toMatch(/\w/);
});

test('https by a proxy without PUBLIC_URL is found', () => {
  const { publicUrl: _unset, ...facts } = allWell;
  const findings = browserFindings(seesAllWell, facts).filter(({ level }) => level !== 'ok');
  expect(findings.map(({ cure }) => cure)).toEqual(['Set PUBLIC_URL=https://live.example.org.']);
});

describe('ways of media', () => {
  const [udp, tcp] = seesAllWell.paths as [PathFacts, PathFacts];
  const failed = (path: PathFacts, more: Partial<PathFacts> = {}): PathFacts => {
    const { roundTripMs: _none, ...rest } = path;
    return { ...rest, isConnected: false, ...more };
  };
  const both = (address: string) => [failed(udp, { addresses: [address] }), failed(tcp, { addresses: [address] })];
  const offered = (more: Partial<OfferedAddresses>): Partial<ServerFacts> => ({
    offered: { ...allWell.offered, ...more },
  });
  const relay: PathFacts = { kind: 'relay', port: 8189, addresses: ['203.0.113.7'], isConnected: false };

  type Row = [
    what: string,
    paths: PathFacts[],
    facts: Partial<ServerFacts>,
    expected: [subject: string, level: string, words: RegExp][],
    origin?: string,
  ];

  test.each<Row>([
    [
      'UDP that is closed',
      [failed(udp), tcp],
      {},
      [['UDP 8189', 'warning', /Open UDP 8189 in the firewall.*`ufw allow 8189\/udp`.*on a router, forward it/]],
    ],
    [
      'UDP that a container does not publish',
      [failed(udp), tcp],
      offered({ isInContainer: true }),
      [['UDP 8189', 'warning', /publish it with `-p 8189:8189\/udp`/]],
    ],
    ['TCP that is closed', [udp, failed(tcp)], {}, [['TCP 8189', 'warning', /Open TCP 8189/]]],
    [
      'the ports of a second thread',
      [udp, tcp, failed(udp, { port: 8190 }), failed(tcp, { port: 8190 })],
      {},
      [
        ['UDP 8190', 'fault', /with MEDIA_THREADS=1 one is enough/],
        ['TCP 8190', 'fault', /with MEDIA_THREADS=1 one is enough/],
      ],
    ],
    [
      "a container's own address",
      both('172.17.0.2'),
      offered({ addresses: ['172.17.0.2'], isAnnounced: false, isInContainer: true }),
      [
        [
          'UDP 8189',
          'fault',
          /172\.17\.0\.2 is the address of a container.*the IP address that live\.example\.org stands/,
        ],
        ['TCP 8189', 'fault', /Set ANNOUNCED_ADDRESS/],
        ['TURN relay', 'warning', /Mend the ways above first/],
      ],
    ],
    [
      'loopback for somebody elsewhere',
      both('127.0.0.1'),
      {},
      [
        ['UDP 8189', 'fault', /Set ANNOUNCED_ADDRESS to 192\.168\.1\.10/],
        ['TCP 8189', 'fault', /means the browser's own machine/],
        ['TURN relay', 'warning', /./],
      ],
      'http://192.168.1.10:8080',
    ],
    [
      'a private address for somebody outside',
      both('10.0.0.5'),
      {},
      [
        [
          'UDP 8189',
          'fault',
          /10\.0\.0\.5 is reached in its own network only.*Set ANNOUNCED_ADDRESS to 198\.51\.100\.9/,
        ],
        ['TCP 8189', 'fault', /./],
        ['TURN relay', 'warning', /./],
      ],
      'http://198.51.100.9:8080',
    ],
    [
      'a public address that does not lead back inside',
      both('203.0.113.7'),
      {},
      [
        [
          'UDP 8189',
          'fault',
          /in the server's own network.*ANNOUNCED_ADDRESS have 192\.168\.1\.10 beside 203\.0\.113\.7/,
        ],
        ['TCP 8189', 'fault', /Try it from outside/],
        ['TURN relay', 'warning', /./],
      ],
      'http://192.168.1.10:8080',
    ],
    [
      'the same from the server itself',
      both('203.0.113.7'),
      {},
      [
        ['UDP 8189', 'fault', /have the machine's own address beside 203\.0\.113\.7/],
        ['TCP 8189', 'fault', /./],
        ['TURN relay', 'warning', /./],
      ],
      'http://localhost:8080',
    ],
    [
      'closed ports where a relay is open',
      [...both('203.0.113.7'), { ...relay, isConnected: true }],
      { hasTurn: true },
      [
        ['UDP 8189', 'fault', /Open UDP 8189/],
        ['TCP 8189', 'fault', /Open TCP 8189/],
      ],
    ],
    [
      'an announced address that is another',
      both('203.0.113.8'),
      {},
      [
        ['UDP 8189', 'fault', /ANNOUNCED_ADDRESS is 203\.0\.113\.8, but this page came from 203\.0\.113\.7/],
        ['TCP 8189', 'fault', /./],
        ['TURN relay', 'warning', /./],
      ],
      'http://203.0.113.7:8080',
    ],
    [
      'a relay that is not there',
      [udp, tcp, { ...relay, hasRelayAddress: false, relayError: 701 }],
      { hasTurn: true },
      [['TURN relay', 'warning', /coturn runs at the addresses of TURN_URLS/]],
    ],
    [
      'a relay with another secret',
      [udp, tcp, { ...relay, hasRelayAddress: false, relayError: 401 }],
      { hasTurn: true },
      [['TURN relay', 'warning', /TURN_SECRET must be the same/]],
    ],
    [
      'a relay that may not forward',
      [udp, tcp, { ...relay, hasRelayAddress: true }],
      { hasTurn: true },
      [['TURN relay', 'warning', /`allowed-peer-ip`/]],
    ],
    ['a relay that works', [udp, tcp, { ...relay, isConnected: true }], { hasTurn: true }, []],
  ])('%s', (_what, paths, facts, expected, origin = seesAllWell.origin) => {
    const isOfMedia = (subject: string) => /^(UDP|TCP|TURN)/.test(subject);
    const findings = unwell({ paths, origin }, facts).filter(({ subject }) => isOfMedia(subject));
    expect(findings.map(({ subject, level }) => [subject, level])).toEqual(
      expected.map(([subject, level]) => [subject, level]),
    );
    for (const [index, [, , words]] of expected.entries()) {
      expect(`${findings[index]?.found} ${findings[index]?.cure}`).toMatch(words);
    }
  });
});

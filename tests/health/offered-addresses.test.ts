import { expect, test } from 'vitest';
import { type OfferedAddresses, offeredAddressesFinding } from '../../src/health/offered-addresses.ts';

const base: OfferedAddresses = { addresses: ['192.168.1.5'], isAnnounced: false, isInContainer: false };

test.each<[what: string, offered: Partial<OfferedAddresses>, level: string, words: RegExp]>([
  ['a laptop at home', {}, 'ok', /in the same network/],
  ['a public server', { addresses: ['203.0.113.7', '10.0.0.2'] }, 'ok', /203\.0\.113\.7, 10\.0\.0\.2/],
  ['a machine without a network', { addresses: ['127.0.0.1'] }, 'warning', /only browsers on this machine/],
  ['a container that was told nothing', { addresses: ['172.17.0.2'], isInContainer: true }, 'warning', /a container's/],
  ['one that was told', { addresses: ['192.168.1.5'], isInContainer: true, isAnnounced: true }, 'ok', /same network/],
  ['one that was told nonsense', { addresses: ['127.0.0.1'], isAnnounced: true }, 'warning', /on this machine/],
  ['a site for all behind NAT', { publicHost: 'live.example.org' }, 'warning', /PUBLIC_URL is for everybody/],
  ['a site by a public address behind NAT', { publicHost: '[2001:db8::7]' }, 'warning', /PUBLIC_URL is for everybody/],
  ['a site for a home', { publicHost: 'stream.home.arpa' }, 'ok', /in the same network/],
  ['a site by a private address', { publicHost: '192.168.1.5' }, 'ok', /in the same network/],
  ['a site by a bare name', { publicHost: 'nas' }, 'ok', /in the same network/],
  [
    'an address for all and a site for all',
    { addresses: ['2001:db8::7'], publicHost: 'a.example' },
    'ok',
    /2001:db8::7/,
  ],
])('%s', (_what, offered, level, words) => {
  const finding = offeredAddressesFinding({ ...base, ...offered });
  expect(finding.level).toBe(level);
  expect(finding.found).toMatch(words);
  expect(finding.cure === undefined).toBe(level === 'ok');
});

import { expect, test } from 'vitest';
import type { MachineFacts, ServerFacts } from '../../src/health/server-facts.ts';
import { serverFindings } from '../../src/health/server-findings.ts';
import { allWell } from '../support/server-facts.ts';

const MIB = 1024 ** 2;
const machine = (facts: Partial<MachineFacts>) => ({ machine: { ...allWell.machine, ...facts } });

const unwell = (facts: Partial<ServerFacts>) =>
  serverFindings({ ...allWell, ...facts }).filter(({ level }) => level !== 'ok');

test('of a server that is well nothing is to be mended', () => {
  expect(unwell({})).toEqual([]);
});

test.each<[what: string, facts: Partial<ServerFacts>, subject: string, level: string, words: RegExp]>([
  ['a database that is silent', { database: 'does not answer' }, 'Database', 'fault', /It does not answer\. Nobody/],
  ['a database that failed', { database: 'failed' }, 'Database', 'fault', /It does not answer\. Nobody/],
  ['a thread that died', { media: 'a media thread is being restarted' }, 'Media threads', 'fault', /being restarted/],
  [
    'an address for this machine alone',
    { offered: { ...allWell.offered, addresses: ['127.0.0.1'] } },
    'Addresses for media',
    'warning',
    /127\.0\.0\.1/,
  ],
  ['a port past the proxy', { httpHost: '0.0.0.0', httpPort: 8081 }, 'Proxy', 'warning', /port 8081 is open/],
  ['little space', machine({ freeBytes: 900 * MIB }), 'Disk', 'warning', /has 900 MiB left\.$/],
  ['hardly any space', machine({ freeBytes: 100 * MIB }), 'Disk', 'fault', /100 MiB left\. When it is full/],
  [
    'the buffer of a system as it comes',
    machine({ sendBuffer: { grantedBytes: 212_992, wantedBytes: 16 * MIB } }),
    'Send buffer',
    'warning',
    /grants 208 KiB of 16 MiB/,
  ],
  ['few descriptors', machine({ openFilesLimit: 1024 }), 'Open files', 'warning', /may have 1024 open/],
  ['no ffmpeg', { ffmpeg: { problem: 'not found' } }, 'ffmpeg', 'warning', /^not found\. Streams come/],
  [
    'one that lacks an encoder',
    { ffmpeg: { path: '/bin/ffmpeg', version: '4.4', encoders: [], problem: 'ffmpeg has no libopus' } },
    'ffmpeg',
    'warning',
    /^\/bin\/ffmpeg, version 4\.4: ffmpeg has no libopus\. /,
  ],
])('%s is found, with a cure', (_what, facts, subject, level, words) => {
  const [finding, ...others] = unwell(facts);
  expect(others).toEqual([]);
  expect(finding).toMatchObject({ subject, level, found: expect.stringMatching(words) });
  expect(finding?.cure).toMatch(/\w/);
});

test('what a system does not tell is passed over', () => {
  const findings = serverFindings({ ...allWell, machine: { dataDir: '/data' } });
  expect(findings.map(({ subject }) => subject)).not.toContain('Disk');
});

test('in a container the server has to listen to everybody', () => {
  const offered = { ...allWell.offered, isInContainer: true };
  expect(unwell({ httpHost: '0.0.0.0', offered })).toEqual([]);
});

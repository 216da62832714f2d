import { expect, test } from 'vitest';
import type { ConfiguredFacts, StartFacts } from '../../src/health/start-facts.ts';
import { startFindings } from '../../src/health/start-findings.ts';
import { allWell } from '../support/server-facts.ts';

const configured: ConfiguredFacts = {
  closedPorts: [],
  dataDir: '/var/lib/freshet',
  dataDirState: 'ok',
  freeBytes: 50 * 1024 ** 3,
  isBuilt: true,
  ffmpeg: allWell.ffmpeg,
  offered: allWell.offered,
};
const wellStart: StartFacts = { nodeVersion: '24.21.0', configProblems: [], configured };
const faults = (facts: StartFacts) => startFindings(facts).filter(({ level }) => level !== 'ok');
const configuredWith = (facts: Partial<ConfiguredFacts>) =>
  faults({ ...wellStart, configured: { ...configured, ...facts } });

test('where nothing stands in the way, nothing is said to', () => {
  expect(faults(wellStart)).toEqual([]);
  expect(faults({ ...wellStart, nodeVersion: '22.18.0' })).toEqual([]);
});

test.each(['20.20.0', '22.17.9'])('Node %s is too old', (nodeVersion) => {
  expect(faults({ ...wellStart, nodeVersion })).toMatchObject([{ subject: 'Node', level: 'fault' }]);
});

test('each problem of the configuration is told, and nothing that would hang on it', () => {
  const findings = faults({ nodeVersion: '24.0.0', configProblems: ['PORT: must be', 'TURN_SECRET: missing'] });
  expect(findings.map(({ found }) => found)).toEqual(['PORT: must be', 'TURN_SECRET: missing']);
});

test.each<[what: string, facts: Partial<ConfiguredFacts>, subject: string, words: RegExp]>([
  [
    'a port that is taken',
    { closedPorts: [{ name: 'MEDIA_PORT', port: 8189, protocol: 'UDP', code: 'EADDRINUSE' }] },
    'UDP 8189',
    /Another program has it already\. .*ss -lunp 'sport = :8189'.*MEDIA_PORT/,
  ],
  [
    'a port for root alone',
    { closedPorts: [{ name: 'PORT', port: 80, protocol: 'TCP', code: 'EACCES' }] },
    'TCP 80',
    /Only root.*put a proxy before it/,
  ],
  [
    'an address that is not here',
    { closedPorts: [{ name: 'PORT', port: 8080, protocol: 'TCP', code: 'EADDRNOTAVAIL' }] },
    'TCP 8080',
    /EADDRNOTAVAIL.*HOST/,
  ],
  [
    'a folder of somebody else',
    { dataDirState: 'DATA_DIR /x cannot be used: EACCES' },
    'Data folder',
    /EACCES.*chown -R/,
  ],
  ['a full disk', { freeBytes: 0 }, 'Disk', /0 KiB left/],
  ['a database that is not there', { databaseHost: { host: 'db:5432', isReached: false } }, 'Database', /db:5432/],
  ['a site that was never built', { isBuilt: false }, 'Site', /npm run prestart/],
  ['no ffmpeg', { ffmpeg: { problem: 'not found' } }, 'ffmpeg', /not found/],
])('%s is found, with a cure', (_what, facts, subject, words) => {
  const [finding, ...others] = configuredWith(facts);
  expect(others).toEqual([]);
  expect(finding?.subject).toBe(subject);
  expect(`${finding?.found} ${finding?.cure}`).toMatch(words);
});

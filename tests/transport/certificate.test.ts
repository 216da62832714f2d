import { execFileSync } from 'node:child_process';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createCertificate } from '../../src/transport/certificate.ts';
import { integer, utf8String } from '../../src/transport/der.ts';

test('the certificate is signed by its own P-256 key', () => {
  const { der, privateKeyDer } = createCertificate();
  const certificate = new X509Certificate(der);
  const privateKey = createPrivateKey({ key: Buffer.from(privateKeyDer), format: 'der', type: 'pkcs8' });
  expect(certificate.verify(certificate.publicKey)).toBe(true);
  expect(certificate.checkPrivateKey(privateKey)).toBe(true);
  expect(privateKey.asymmetricKeyDetails?.namedCurve).toBe('prime256v1');
  expect(certificate.subject).toBe(certificate.issuer);
});

test('the fingerprint is the one that others compute', () => {
  const { der, fingerprint } = createCertificate();
  expect(fingerprint).toBe(`sha-256 ${new X509Certificate(der).fingerprint256}`);
});

test('no two certificates share key or serial number', () => {
  const [one, other] = [createCertificate(), createCertificate()].map(({ der }) => new X509Certificate(der));
  expect(one?.serialNumber).not.toBe(other?.serialNumber);
  expect(one?.publicKey.export({ type: 'spki', format: 'pem' })).not.toBe(
    other?.publicKey.export({ type: 'spki', format: 'pem' }),
  );
});

test.each([
  ['2026-11-21T10:00:00Z', 30, '2026-11-20T10:00:00Z', '2026-12-21T10:00:00Z'],
  ['2049-12-31T23:00:00Z', 2, '2049-12-30T23:00:00Z', '2050-01-02T23:00:00Z'],
  ['2060-02-28T00:00:00Z', 1, '2060-02-27T00:00:00Z', '2060-02-29T00:00:00Z'],
])('made at %s for %i days it is valid from a day before until then', (now, days, from, to) => {
  const certificate = new X509Certificate(createCertificate({ now: new Date(now), days }).der);
  expect(certificate.validFromDate).toEqual(new Date(from));
  expect(certificate.validToDate).toEqual(new Date(to));
});

test.each([
  ['00', '020100'],
  ['7f', '02017f'],
  ['80', '02020080'],
  ['000000ff01', '020300ff01'],
])('the integer %s is written in its shortest form', (magnitude, der) => {
  expect(Buffer.from(integer(Buffer.from(magnitude, 'hex'))).toString('hex')).toBe(der);
});

test.each([
  [127, '7f'],
  [128, '8180'],
  [255, '81ff'],
  [256, '820100'],
])('a length of %i is written in its shortest form', (length, der) => {
  const bytes = utf8String('x'.repeat(length));
  expect(Buffer.from(bytes.subarray(1, bytes.length - length)).toString('hex')).toBe(der);
});

test('OpenSSL verifies it', (context) => {
  if (!hasOpenssl()) context.skip('no openssl command here');
  const folder = mkdtempSync(join(tmpdir(), 'freshet-certificate-'));
  try {
    const file = join(folder, 'certificate.pem');
    writeFileSync(file, new X509Certificate(createCertificate().der).toString());
    const said = execFileSync('openssl', ['verify', '-CAfile', file, '-check_ss_sig', file], { encoding: 'utf8' });
    expect(said).toContain('OK');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

function hasOpenssl(): boolean {
  try {
    execFileSync('openssl', ['version']);
    return true;
  } catch {
    return false;
  }
}

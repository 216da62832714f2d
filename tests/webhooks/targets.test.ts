import { describe, expect, it } from 'vitest';
import { checkTarget, mayReach, resolveTarget } from '../../src/webhooks/targets.ts';

const isTaken = (url: string, isPrivateAllowed: boolean) => {
  try {
    checkTarget(url, isPrivateAllowed);
    return true;
  } catch {
    return false;
  }
};

describe('where a webhook may go', () => {
  it.each(['93.184.215.14', '8.8.8.8', '2606:4700::1111', '172.32.0.1', '100.128.0.1'])('%s: always', (address) => {
    expect([mayReach(address, false), mayReach(address, true)]).toEqual([true, true]);
  });

  it.each([
    '127.0.0.1',
    '127.8.8.8',
    '10.0.0.1',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '100.64.0.1',
    '192.0.0.8',
    '198.18.0.1',
    '::1',
    'fc00::1',
    'fd12:3456::1',
    '::ffff:127.0.0.1',
    '::ffff:10.0.0.1',
    '::ffff:c0a8:101',
  ])('%s: where the operator allows his own network', (address) => {
    expect([mayReach(address, false), mayReach(address, true)]).toEqual([false, true]);
  });

  it.each([
    '169.254.169.254',
    '::ffff:169.254.169.254',
    'fd00:ec2::254',
    '0.0.0.0',
    '::',
    'fe80::1',
    '224.0.0.1',
    '255.255.255.255',
    'ff02::1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    'not an address',
    '',
  ])('%s: never', (address) => {
    expect([mayReach(address, false), mayReach(address, true)]).toEqual([false, false]);
  });
});

describe('an address typed in', () => {
  it.each(['https://example.org/hooks?a=b', 'http://example.org', 'https://93.184.215.14/x'])('%s is taken', (url) => {
    expect(isTaken(url, false)).toBe(true);
  });

  it.each([
    'ftp://example.org',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'example.org',
    'https://',
    'https://user:password@example.org',
    `https://example.org/${'x'.repeat(2000)}`,
    'http://169.254.169.254/latest/meta-data',
    'http://[::ffff:a9fe:a9fe]/',
  ])('%s is refused, whatever is allowed', (url) => {
    expect([isTaken(url, false), isTaken(url, true)]).toEqual([false, false]);
  });

  it.each([
    'http://localhost:8080',
    'http://LOCALHOST.',
    'http://a.localhost',
    'http://127.1/',
    'http://0x7f000001/',
    'http://2130706433/',
    'http://[::1]:9000/',
    'http://[::ffff:7f00:1]/',
    'http://192.168.0.5/hook',
  ])('%s is refused, unless the own network is allowed', (url) => {
    expect([isTaken(url, false), isTaken(url, true)]).toEqual([false, true]);
  });
});

describe('a name that is looked up', () => {
  it('is refused where it leads home, and followed where that is allowed', async () => {
    await expect(resolveTarget(new URL('http://localhost/'), false)).rejects.toThrow('may not reach');
    expect((await resolveTarget(new URL('http://localhost/'), true)).length).toBeGreaterThan(0);
  });

  it('is no name where it is an address', async () => {
    expect(await resolveTarget(new URL('http://[2606:4700::1111]/'), false)).toEqual([
      { address: '2606:4700::1111', family: 6 },
    ]);
  });
});

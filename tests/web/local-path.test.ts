import { expect, test } from 'vitest';
import { localPath } from '../../web/src/lib/local-path.ts';

test('a path of the site is kept with its query', () => {
  expect(localPath('/studio?x=1#y', '/')).toBe('/studio?x=1#y');
});

test.each([
  null,
  '',
  'studio',
  'https://evil.example/',
  '//evil.example',
  '/\\evil.example',
  '/\t/evil.example',
  '/.//evil.example',
  '/a/..//evil.example',
  'javascript:alert(1)',
])('a login never leads elsewhere: %s', (wanted) => {
  expect(localPath(wanted, '/dashboard')).toBe('/dashboard');
});

import { expect, test } from 'vitest';
import { links } from '../../web/src/lib/links.ts';

test('a Link header gives its targets, each with its own parameters', () => {
  const header =
    '</whep/sessions/1/sse>; rel="urn:ietf:params:whep:ext:core:server-sent-events"; events="active,layers", ' +
    '<layer>;REL=urn:ietf:params:whep:ext:core:layer';
  expect(links(header).map(({ target, parameters }) => [target, Object.fromEntries(parameters)])).toEqual([
    ['/whep/sessions/1/sse', { rel: 'urn:ietf:params:whep:ext:core:server-sent-events', events: 'active,layers' }],
    ['layer', { rel: 'urn:ietf:params:whep:ext:core:layer' }],
  ]);
});

test.each([null, '', 'garbage'])('what is no link is none: %s', (header) => {
  expect(links(header)).toEqual([]);
});

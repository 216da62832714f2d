import type { Level } from './check.ts';

/** What can not be seen by HTTP alone, and where it is seen instead. */
export const UNTESTED: readonly { item: string; level: Level; requirement: string; where: string }[] = [
  { item: 'A1.11', level: 'M', requirement: 'HTTPS in deployment', where: 'README.md: a proxy with a certificate' },
  { item: 'A1.12', level: 'S', requirement: '503 with Retry-After at capacity', where: 'tests/http/whip.test.ts' },
  {
    item: 'A2.8',
    level: 'S',
    requirement: 'ICE-lite only where the server can be reached',
    where: 'docs/architecture.md',
  },
  { item: 'A2.11', level: 'O', requirement: 'SVC is found in the packets', where: 'tests/e2e/scalability.test.ts' },
  {
    item: 'A2.13',
    level: 'M',
    requirement: 'Lapsed consent and close_notify end a session',
    where: 'tests/transport/peer-connection.test.ts',
  },
  {
    item: 'A3.2',
    level: 'M',
    requirement: '422 where only one of trickle and restart is supported',
    where: 'both are',
  },
  {
    item: 'A3.8',
    level: 'M',
    requirement: 'A restart replaces the remote candidates',
    where: 'tests/transport/ice-lite.test.ts',
  },
  {
    item: 'A6.2',
    level: 'S',
    requirement: 'Limits by rate on POST, PATCH and DELETE',
    where: 'tests/http/limits.test.ts',
  },
  {
    item: 'A6.3',
    level: 'S',
    requirement: 'Sessions that never connect end',
    where: 'tests/transport/peer-connection.test.ts',
  },
  {
    item: 'B6',
    level: 'S',
    requirement: 'Codecs may change among those agreed on',
    where: 'tests/e2e/codec-changes.test.ts',
  },
  {
    item: 'A4.1, B18',
    level: 'O',
    requirement: 'Links to ICE servers, with credentials that coturn takes',
    where: 'tests/http/whip.test.ts, tests/e2e/turn.test.ts',
  },
  {
    item: 'B17',
    level: 'S',
    requirement: 'POSTs are redirected by 307',
    where: 'tests/http/redirect.test.ts, tests/e2e/redirect.test.ts',
  },
  {
    item: 'B8',
    level: 'O',
    requirement: 'Who waits sees the stream when it begins',
    where: 'tests/e2e/waiting-viewers.test.ts',
  },
  {
    item: 'B3',
    level: 'M',
    requirement: 'Who takes our offer sees the stream',
    where: 'tests/e2e/counter-offers.test.ts',
  },
  { item: 'B19', level: 'M', requirement: 'Bearer tokens of viewers', where: 'tests/http/whep.test.ts' },
  { item: 'B21', level: 'M', requirement: 'Consent of both sides', where: 'tests/transport/peer-connection.test.ts' },
  { item: 'B22', level: 'I', requirement: 'A first picture at once', where: 'tests/e2e/joining.test.ts' },
];

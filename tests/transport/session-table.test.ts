import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { EgressPlan, IceCredentials } from '../../src/media/plan.ts';
import { createCertificate } from '../../src/transport/certificate.ts';
import { DtlsContext } from '../../src/transport/dtls.ts';
import { FanOut } from '../../src/transport/fan-out.ts';
import { MediaMemory } from '../../src/transport/media-memory.ts';
import { PeerConnection } from '../../src/transport/peer-connection.ts';
import { SessionTable } from '../../src/transport/session-table.ts';
import { createCipherScratch } from '../../src/transport/srtp-transform.ts';
import { UdpPort } from '../../src/transport/udp-port.ts';
import { ViewerSession } from '../../src/transport/viewer-session.ts';

let port: UdpPort;
let table: SessionTable;
const dtls = new DtlsContext(createCertificate());

beforeAll(async () => {
  port = await UdpPort.open({ port: 0, mode: 'dgram', reader: { onDatagram: () => {}, onBatchEnd: () => {} } });
});

afterAll(() => port.close());

beforeEach(() => {
  table = new SessionTable();
});

const ice = (ufrag: string): IceCredentials => ({ ufrag, pwd: 'p'.repeat(22) });

function sessionCalled(ufrag: string, id = ufrag): ViewerSession {
  const plan: EgressPlan = {
    peer: { localIce: ice(ufrag), remoteIce: ice('them'), fingerprints: [], dtlsRole: 'server' },
    tracks: [],
  };
  const peer = new PeerConnection({ port, dtls, scratch: createCipherScratch() }, plan.peer, 0);
  return new ViewerSession({ id, streamId: 's', plan, peer, fanOut: new FanOut({ port, memory: new MediaMemory() }) });
}

test('a session is found by its id and by what STUN calls it', () => {
  const session = sessionCalled('u1', 'id1');
  table.add(session);
  expect([table.byId('id1'), table.byUfrag('u1'), table.byId('u1'), table.size]).toEqual([
    session,
    session,
    undefined,
    1,
  ]);
});

test('an address belongs to whoever proved it last, and is forgotten only by him', () => {
  const [first, second] = [sessionCalled('u1'), sessionCalled('u2')];
  table.add(first);
  table.add(second);
  table.proven(first, 1);
  table.proven(second, 1);
  table.proven(second, 'v6');
  expect(table.bySource(1)).toBe(second);
  table.forget(first, 1);
  expect(table.bySource(1)).toBe(second);
  table.forget(second, 1);
  expect([table.bySource(1), table.bySource('v6')]).toEqual([undefined, second]);
});

test('during an ICE restart both names are known, after it only the new one', () => {
  const session = sessionCalled('old');
  table.add(session);
  const before = session.peer.localUfrags;
  session.peer.restartIce(ice('new'), ice('them'));
  table.nameAnew(session, before);
  expect([table.byUfrag('old'), table.byUfrag('new')]).toEqual([session, session]);
  const between = session.peer.localUfrags;
  session.peer.restartIce(ice('newer'), ice('them'));
  table.nameAnew(session, between);
  expect(['old', 'new', 'newer'].map((name) => table.byUfrag(name) !== undefined)).toEqual([true, false, true]);
});

test('removing a session leaves nothing of it, and nothing of others is lost', () => {
  const [first, second] = [sessionCalled('same', 'a'), sessionCalled('same', 'b')];
  table.add(first);
  table.add(second);
  table.remove(first);
  expect([table.byId('a'), table.byId('b'), table.byUfrag('same'), table.size]).toEqual([undefined, second, second, 1]);
  table.remove(second);
  expect([table.byUfrag('same'), table.size, [...table.all()]]).toEqual([undefined, 0, []]);
});

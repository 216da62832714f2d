import { expect, test } from 'vitest';
import { allocateMemory } from '../../src/native/memory.ts';
import type { MediaEvent } from '../../src/streams/ports.ts';
import { createCertificate } from '../../src/transport/certificate.ts';
import { sourceOfText } from '../../src/transport/datagram-source.ts';
import { MediaEngine } from '../../src/transport/media-engine.ts';
import { writeBindingRequest } from '../../src/transport/stun-write.ts';
import { RtcClient, SSRCS } from '../support/rtc-client.ts';
import { until } from '../support/until.ts';

const certificate = createCertificate();
const OPUS_PT = 111;
const ICE = { ufrag: 'thief', pwd: 'p'.repeat(24) };
const THEIR_ICE = { ufrag: 'them', pwd: 'q'.repeat(24) };

test('a check with a forged source, from a viewer with a session of his own, takes no address from the publisher', async () => {
  const events: MediaEvent[] = [];
  const engine = await MediaEngine.open({
    thread: 0,
    rings: [],
    wantKeyframe: () => {},
    port: 0,
    mode: 'dgram',
    certificate,
    emit: (event) => events.push(event),
    report: (error) => expect.unreachable(String(error)),
    drops: () => {},
  });
  const { fingerprint } = certificate;
  const publisher = await RtcClient.publish({ engine, fingerprint, sessionId: 'publisher', streamId: 'stream' });
  const viewer = await RtcClient.play({ engine, fingerprint, sessionId: 'viewer', streamId: 'stream' });
  await Promise.all([publisher.connected(), viewer.connected()]);
  const peer = { localIce: ICE, remoteIce: THEIR_ICE, fingerprints: [], dtlsRole: 'server' } as const;
  engine.openViewer({ sessionId: 'thief', streamId: 'stream', thread: 0, plan: { peer, tracks: [] } });

  const memory = allocateMemory(256);
  const check = writeBindingRequest({
    transactionId: new Uint8Array(12),
    username: `${ICE.ufrag}:${THEIR_ICE.ufrag}`,
    password: ICE.pwd,
    priority: 1,
    useCandidate: true,
    controlling: 1n,
  });
  for (let frame = 0; frame < 50; frame += 1) {
    memory.bytes.set(check);
    engine.router.receive(memory, 0, check.length, sourceOfText('127.0.0.1', publisher.ownPort));
    const packet = { ssrc: SSRCS.audio, payloadType: OPUS_PT, extSeq: frame, timestamp: frame * 960 };
    publisher.sendRtp(packet, Buffer.alloc(50, frame));
  }
  await until('the viewer got every packet', () => viewer.received.length === 50);
  expect(events.filter(({ type }) => type === 'ended')).toEqual([]);
  publisher.vanish();
  viewer.vanish();
  engine.close();
});

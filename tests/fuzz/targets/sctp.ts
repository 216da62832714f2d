import assert from 'node:assert/strict';
import fc from 'fast-check';
import { CHUNK, writeSack } from '../../../src/sctp/chunks.ts';
import { DataChannels } from '../../../src/sctp/data-channels.ts';
import { words, writeChunk, writeParameter } from '../../../src/sctp/packet.ts';
import { dcepOpen, SctpClient, typesOf } from '../../sctp/sctp-client.ts';
import { mutatedBytes } from '../mutated-bytes.ts';
import { bounded, type FuzzTarget } from '../target.ts';

const FIRST_TSN = 1000;
const OUR_FIRST_TSN = 502;
const MAX_ANSWER = 40;

const dataHeader = (tsn: number, streamId: number, protocol: number) => words(tsn, streamId << 16, protocol);
const chunks = [
  writeChunk(CHUNK.data, 3, dataHeader(FIRST_TSN, 0, 50), dcepOpen('chat')),
  writeChunk(CHUNK.data, 3, dataHeader(FIRST_TSN + 1, 2, 50), dcepOpen('files')),
  writeChunk(CHUNK.data, 3, dataHeader(FIRST_TSN + 2, 0, 51), Buffer.from('{"type":"message","text":"hello"}')),
  writeChunk(CHUNK.data, 2, dataHeader(FIRST_TSN + 3, 0, 51), Buffer.alloc(600, 'x')),
  writeChunk(CHUNK.data, 1, dataHeader(FIRST_TSN + 4, 0, 51), Buffer.alloc(600, 'x')),
  writeChunk(CHUNK.data, 3, dataHeader(FIRST_TSN + 5, 0, 53), Buffer.alloc(30)),
  writeSack({ cumulativeTsn: OUR_FIRST_TSN, window: 9000, gaps: [{ start: 2, end: 3 }] }),
  writeSack({ cumulativeTsn: OUR_FIRST_TSN - 1, window: 0, gaps: [{ start: 2, end: 0xffff }] }),
  writeChunk(CHUNK.heartbeat, 0, writeParameter(1, words(1, 2))),
  writeChunk(CHUNK.reconfig, 0, writeParameter(13, Buffer.concat([words(FIRST_TSN, 0, FIRST_TSN), Buffer.alloc(2)]))),
  writeChunk(CHUNK.reconfig, 0, writeParameter(16, words(OUR_FIRST_TSN, 1))),
  writeChunk(192, 0, words(FIRST_TSN + 9), words(0)),
  writeChunk(CHUNK.init, 0, words(9, 9000, 0x0010_0010, FIRST_TSN)),
];

/** Chunks of an authentic peer, spoilt and sealed with the right checksum: as the association meets them. */
const step = fc.oneof(
  fc.record({ chunks: fc.array(mutatedBytes(chunks, { maxLength: 1100 }), { minLength: 1, maxLength: 3 }) }),
  fc.record({ said: fc.constantFrom('hello', 'x'.repeat(3000)), waitMs: fc.constantFrom(0, 50, 700, 20_000) }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

function converse(steps: readonly Step[]): void {
  let number = OUR_FIRST_TSN - 2;
  let nowMs = 0;
  const random = () => ++number;
  const channels = new DataChannels({ port: 5000, maxMessageSize: 4096, label: 'chat', peerMaxMessageSize: 0, random });
  const client = new SctpClient({ firstTsn: FIRST_TSN });
  channels.receive(client.init(), nowMs);
  const [initAck] = channels.takePackets(nowMs);
  channels.receive(client.cookieEcho(initAck), nowMs);
  for (const taken of steps) {
    if ('said' in taken) {
      nowMs += taken.waitMs;
      channels.send(taken.said);
    } else {
      channels.receive(client.packet(taken.chunks), nowMs);
    }
    const sent = channels.takePackets(nowMs);
    assert(sent.length <= MAX_ANSWER && sent.every(({ length }) => length <= 1160));
  }
  channels.receive(client.chunk(CHUNK.heartbeat), nowMs);
  const isAlive = typesOf(channels.takePackets(nowMs)).includes(CHUNK.heartbeatAck);
  assert(isAlive !== channels.isOver);
}

export const sctpTargets: readonly FuzzTarget[] = [
  {
    name: 'SCTP of authentic peers',
    property: fc.property(fc.array(step, { minLength: 1, maxLength: 20 }), bounded(converse)),
    runsASecond: 1500,
  },
];

import { CHUNK, readData, readSack, writeData, writeSack } from '../../src/sctp/chunks.ts';
import { type Chunk, readPacket, readParameters, words, writeChunk, writePacket } from '../../src/sctp/packet.ts';
import { next } from '../../src/sctp/serial.ts';

const STATE_COOKIE = 7;
const OUR_TAG = 77;

/** The other end of an association, by hand: it does what a test says, right or wrong. */
export class SctpClient {
  tsn: number;
  /** Of the server's, from its INIT ACK on. */
  tag = 0;
  #cookie = new Uint8Array();

  constructor({ firstTsn = 1000 }: { firstTsn?: number } = {}) {
    this.tsn = firstTsn;
  }

  init({ window = 65_536, tag = OUR_TAG } = {}): Uint8Array {
    return this.packet([writeChunk(CHUNK.init, 0, words(tag, window, 0x0010_0010, this.tsn))], 0);
  }

  /** Takes the INIT ACK, and answers it. */
  cookieEcho(initAck: Uint8Array | undefined): Uint8Array {
    const [chunk] = chunksOf(initAck);
    if (chunk?.type !== CHUNK.initAck) throw new Error('this is no INIT ACK');
    this.tag = Buffer.from(chunk.value).readUInt32BE(0);
    const cookie = readParameters(chunk.value.subarray(16)).find(({ type }) => type === STATE_COOKIE);
    this.#cookie = Uint8Array.from(cookie?.value ?? []);
    return this.echoAgain();
  }

  echoAgain(): Uint8Array {
    return this.packet([writeChunk(CHUNK.cookieEcho, 0, this.#cookie)]);
  }

  /** The next chunk of a message. */
  data(bytes: Uint8Array, { streamId = 0, protocol = 51, isFirst = true, isLast = true } = {}): Uint8Array {
    const chunk = writeData({ tsn: this.tsn, streamId, protocol, isFirst, isLast, bytes }, 0);
    this.tsn = next(this.tsn);
    return this.packet([chunk]);
  }

  sack(cumulativeTsn: number, window = 65_536): Uint8Array {
    return this.packet([writeSack({ cumulativeTsn, window, gaps: [] })]);
  }

  chunk(type: number, flags = 0, value: Uint8Array = new Uint8Array(), tag = this.tag): Uint8Array {
    return this.packet([writeChunk(type, flags, value)], tag);
  }

  packet(chunks: readonly Uint8Array[], tag = this.tag): Uint8Array {
    return writePacket({ sourcePort: 5000, destinationPort: 5000, tag }, chunks);
  }
}

export function chunksOf(packet: Uint8Array | undefined): readonly Chunk[] {
  return (packet && readPacket(packet)?.chunks) ?? [];
}

export function typesOf(packets: readonly Uint8Array[]): readonly number[] {
  return packets.flatMap((packet) => chunksOf(packet).map(({ type }) => type));
}

/** The chunks of data in these packets. */
export function dataOf(packets: readonly Uint8Array[]) {
  const chunks = packets.flatMap(chunksOf).filter(({ type }) => type === CHUNK.data);
  return chunks.flatMap((chunk) => readData(chunk) ?? []);
}

export function sackOf(packets: readonly Uint8Array[]) {
  const chunk = packets.flatMap(chunksOf).find(({ type }) => type === CHUNK.sack);
  return chunk && readSack(chunk);
}

/** What opens a channel (RFC 8832). */
export function dcepOpen(label: string): Uint8Array {
  const name = Buffer.from(label);
  const header = Buffer.alloc(12);
  header[0] = 3;
  header.writeUInt16BE(name.length, 8);
  return Buffer.concat([header, name]);
}

/** IVF: frames one after another, each with its size and time. What ffmpeg writes to pipes, and takes for AV1. */
export interface IvfHeader {
  readonly fourCc: string;
  readonly width: number;
  readonly height: number;
  /** Of one unit of `pts`, as a fraction of a second. */
  readonly timeBase: { readonly numerator: number; readonly denominator: number };
}

export interface IvfFrame {
  /** In milliseconds, rounded. */
  readonly ms: number;
  readonly data: Uint8Array;
}

const HEADER_BYTES = 32;
const FRAME_HEAD_BYTES = 12;
/** No picture is larger; a size that is says that these are not the bytes they were taken for. */
const MAX_FRAME_BYTES = 16 << 20;

/** Bytes in as they come, whole frames out. Throws where they are not IVF. */
export class IvfReader {
  header: IvfHeader | undefined;
  #pending: Buffer = Buffer.alloc(0);

  push(chunk: Uint8Array): IvfFrame[] {
    this.#pending = this.#pending.length > 0 ? Buffer.concat([this.#pending, chunk]) : Buffer.from(chunk);
    this.header ??= this.#readHeader();
    const frames: IvfFrame[] = [];
    if (!this.header) return frames;
    const { numerator, denominator } = this.header.timeBase;
    let at = 0;
    while (this.#pending.length - at >= FRAME_HEAD_BYTES) {
      const size = this.#pending.readUInt32LE(at);
      if (size > MAX_FRAME_BYTES) throw new Error(`an IVF frame of ${size} bytes`);
      const end = at + FRAME_HEAD_BYTES + size;
      if (end > this.#pending.length) break;
      const pts = Number(this.#pending.readBigUInt64LE(at + 4));
      const ms = Math.round((pts * numerator * 1_000) / denominator);
      frames.push({ ms, data: this.#pending.subarray(at + FRAME_HEAD_BYTES, end) });
      at = end;
    }
    this.#pending = this.#pending.subarray(at);
    return frames;
  }

  #readHeader(): IvfHeader | undefined {
    const bytes = this.#pending;
    if (bytes.length < HEADER_BYTES) return undefined;
    const length = bytes.readUInt16LE(6);
    if (bytes.toString('latin1', 0, 4) !== 'DKIF' || length < HEADER_BYTES) throw new Error('not IVF');
    const denominator = bytes.readUInt32LE(16);
    if (denominator === 0) throw new Error('IVF without a time base');
    if (bytes.length < length) return undefined;
    this.#pending = bytes.subarray(length);
    return {
      fourCc: bytes.toString('latin1', 8, 12),
      width: bytes.readUInt16LE(12),
      height: bytes.readUInt16LE(14),
      timeBase: { numerator: bytes.readUInt32LE(20), denominator },
    };
  }
}

/** What an endless IVF of AV1 begins with; times are in milliseconds. */
export function ivfHead({ width, height }: { readonly width: number; readonly height: number }): Uint8Array {
  const head = Buffer.alloc(HEADER_BYTES);
  head.write('DKIF', 0, 'latin1');
  head.writeUInt16LE(HEADER_BYTES, 6);
  head.write('AV01', 8, 'latin1');
  head.writeUInt16LE(width, 12);
  head.writeUInt16LE(height, 14);
  head.writeUInt32LE(1_000, 16);
  head.writeUInt32LE(1, 20);
  return head;
}

export function ivfFrame({ ms, data }: IvfFrame): Uint8Array {
  const head = Buffer.alloc(FRAME_HEAD_BYTES);
  head.writeUInt32LE(data.length, 0);
  head.writeBigUInt64LE(BigInt(ms), 4);
  return Buffer.concat([head, data]);
}

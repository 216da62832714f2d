import { concat } from './bytes.ts';

const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 12;
/** More than any picture of a rendition has. */
const MAX_FRAME_BYTES = 2 * 1024 * 1024;
const AV1 = 'AV01';
const NOTHING: Uint8Array = new Uint8Array(0);

export interface IvfFrame {
  /** From the file's own zero. */
  readonly ms: number;
  readonly data: Uint8Array;
}

/** What was read is no IVF of AV1, or no longer one. */
export class IvfError extends Error {
  override readonly name = 'IvfError';
}

/** Reads IVF as it comes, in pieces that are cut anywhere. Holds one frame at most. */
export class IvfReader {
  #rest = NOTHING;
  /** Milliseconds of a unit of its times; 0 before the header. */
  #unitMs = 0;

  /** Throws `IvfError`; nothing may be pushed afterwards. */
  push(bytes: Uint8Array): readonly IvfFrame[] {
    let rest = this.#rest.length === 0 ? bytes : concat([this.#rest, bytes]);
    if (this.#unitMs === 0) {
      if (rest.length < HEADER_BYTES) return this.#keep(rest);
      const headerBytes = this.#readHeader(viewOf(rest));
      if (rest.length < headerBytes) throw new IvfError('The header is longer than it can be.');
      rest = rest.subarray(headerBytes);
    }
    const frames: IvfFrame[] = [];
    for (let end = frameEnd(rest); end <= rest.length; end = frameEnd(rest)) {
      frames.push({ ms: this.#msOf(viewOf(rest)), data: rest.subarray(FRAME_HEADER_BYTES, end) });
      rest = rest.subarray(end);
    }
    this.#keep(rest);
    return frames;
  }

  #keep(rest: Uint8Array): readonly IvfFrame[] {
    this.#rest = rest.length === 0 ? NOTHING : rest.slice();
    return [];
  }

  #readHeader(view: DataView): number {
    const magic = String.fromCharCode(view.getUint8(0), view.getUint8(1), view.getUint8(2), view.getUint8(3));
    const codec = String.fromCharCode(view.getUint8(8), view.getUint8(9), view.getUint8(10), view.getUint8(11));
    if (magic !== 'DKIF') throw new IvfError('This is no IVF.');
    if (codec !== AV1) throw new IvfError('This is no IVF of AV1.');
    const [perSecond, unit] = [view.getUint32(16, true), view.getUint32(20, true)];
    if (perSecond === 0 || unit === 0) throw new IvfError('The time base is none.');
    this.#unitMs = (unit * 1000) / perSecond;
    const headerBytes = view.getUint16(6, true);
    if (headerBytes !== HEADER_BYTES) throw new IvfError('The header has a length that is not known.');
    return headerBytes;
  }

  #msOf(view: DataView): number {
    const time = view.getUint32(4, true) + view.getUint32(8, true) * 2 ** 32;
    return time * this.#unitMs;
  }
}

/** Where the first frame ends, or would; beyond all bytes as long as that is not known. */
function frameEnd(bytes: Uint8Array): number {
  if (bytes.length < FRAME_HEADER_BYTES) return Number.POSITIVE_INFINITY;
  const size = viewOf(bytes).getUint32(0, true);
  if (size > MAX_FRAME_BYTES) throw new IvfError('A frame is larger than any picture.');
  return FRAME_HEADER_BYTES + size;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

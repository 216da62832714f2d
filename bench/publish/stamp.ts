const MAGIC = 0xf4e5_71a3;
const LENGTH = 12;

/** The bench's publisher ends each payload with when it was sent: a mark and microseconds since 1970. */
export function writeStamp(view: DataView, end: number, nowUs: number): void {
  view.setUint32(end - LENGTH, MAGIC);
  view.setFloat64(end - 8, nowUs);
}

/** 0 where there is none. */
export function readStamp(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < LENGTH) return 0;
  const view = new DataView(bytes.buffer, bytes.byteOffset + end - LENGTH, LENGTH);
  return view.getUint32(0) === MAGIC ? view.getFloat64(4) : 0;
}

const HEAD_END = '\r\n\r\n';
const LAST_CHUNK = '0\r\n\r\n';
const STATUS_AT = 'HTTP/1.1 '.length;

/** The status of an HTTP answer once all of it is there. Nothing may follow it: one request at a time on its connection. */
export function statusOfWhole(bytes: Buffer): number | undefined {
  const headEnd = bytes.indexOf(HEAD_END);
  if (headEnd < 0) return undefined;
  const head = bytes.toString('latin1', 0, headEnd);
  const status = Number(head.slice(STATUS_AT, STATUS_AT + 3));
  const bodyBytes = bytes.length - headEnd - HEAD_END.length;
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  if (length !== undefined) return bodyBytes >= Number(length) ? status : undefined;
  if (!/\r\ntransfer-encoding: *chunked/i.test(head)) return status;
  return bytes.toString('latin1', bytes.length - LAST_CHUNK.length) === LAST_CHUNK ? status : undefined;
}

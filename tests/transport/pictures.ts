const SPS = [0x67, 0x4d, 0x40, 0x1f, 0x96, 0x54, 0x02, 0x80, 0x2d, 0xc8];

/** STAP-A of SPS and PPS, then an IDR slice, or a plain slice: each filled so that it can be told from all others. */
export function videoPayload(frame: number, part: number, isKeyframe: boolean, length = 700): Buffer {
  const head =
    isKeyframe && part === 0
      ? [0x78, 0, SPS.length, ...SPS, 0, 4, 0x68, 0xee, 0x3c, 0x80, 0, 255, 0x65]
      : [isKeyframe ? 0x65 : 0x41];
  const payload = Buffer.alloc(length, (frame * 7 + part) & 0xff);
  payload.set(head);
  payload.writeUInt32BE(frame * 100 + part, length - 4);
  return payload;
}

/** Of which picture it is a part. */
export function frameOf(payload: Buffer): number {
  return Math.floor(payload.readUInt32BE(payload.length - 4) / 100);
}

import koffi from 'koffi';

/**
 * Bytes at an address that never changes, so that C may use it. The garbage collector frees them: whoever keeps the
 * address keeps this object too.
 */
export interface NativeMemory {
  readonly address: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

// An ArrayBuffer of its own is never inside V8's moving heap, as a small typed array would be.
// Addresses fit a double: user space ends below 2^47 on x64 and 2^48 on arm64.
export function allocateMemory(size: number): NativeMemory {
  const bytes = new Uint8Array(new ArrayBuffer(size));
  return { address: Number(koffi.address(bytes)), bytes };
}

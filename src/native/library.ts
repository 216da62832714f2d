import koffi from 'koffi';

// The process itself: libc, and the OpenSSL that Node was built with and exports.
const process = koffi.load(null);

/** A C function of this process; `undefined` where this platform has none. Pointers are numbers (`uint64`). */
export function bindOptional<F extends (...args: never[]) => unknown>(prototype: string): F | undefined {
  try {
    return process.func(prototype) as unknown as F;
  } catch {
    return undefined;
  }
}

export class MissingSymbolError extends Error {
  override readonly name = 'MissingSymbolError';
}

export function bind<F extends (...args: never[]) => unknown>(prototype: string): F {
  const bound = bindOptional<F>(prototype);
  if (!bound) {
    throw new MissingSymbolError(
      `This Node has no "${prototype}". Freshet needs Node's own OpenSSL with DTLS-SRTP: use the official Node for Linux or macOS, Docker, or WSL.`,
    );
  }
  return bound;
}

/** `errno` of the last native call on this thread. */
export function lastErrno(): number {
  return koffi.errno();
}

/** A C function pointer that calls back into this thread. Lives as long as the thread. */
export function registerCallback<F extends (...args: never[]) => unknown>(
  result: string,
  parameters: readonly string[],
  callback: F,
): number {
  return Number(koffi.register(callback, koffi.pointer(koffi.proto(null, result, [...parameters]))));
}

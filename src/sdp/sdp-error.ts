export type SdpErrorCode =
  /** Not SDP, or SDP that breaks its own rules. */
  | 'bad_offer'
  /** Well formed, but nothing this server can answer. */
  | 'unsupported_offer';

/** The message is shown to the client, so it says what is wrong in plain words and repeats nothing secret. */
export class SdpError extends Error {
  override readonly name = 'SdpError';
  readonly code: SdpErrorCode;

  constructor(code: SdpErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

export function badOffer(message: string): SdpError {
  return new SdpError('bad_offer', message);
}

export function unsupportedOffer(message: string): SdpError {
  return new SdpError('unsupported_offer', message);
}

import type { CodecName, MediaKind } from '../media/plan.ts';

export type SdpErrorCode =
  /** Not SDP, or SDP that breaks its own rules. */
  | 'bad_offer'
  /** Well formed, but nothing this server can answer. */
  | 'unsupported_offer'
  /** What should answer an offer of ours does not. */
  | 'bad_answer'
  /** A player that can not decode what is published now. */
  | 'codec_not_offered';

/** What a player lacks, for the client to act on or to show. */
export interface MissingCodec {
  readonly kind: MediaKind;
  readonly codec: CodecName;
  readonly offered: readonly CodecName[];
}

/** The message is shown to the client, so it says what is wrong in plain words and repeats nothing secret. */
export class SdpError extends Error {
  override readonly name = 'SdpError';
  readonly code: SdpErrorCode;
  /** With `codec_not_offered`. */
  readonly missing: MissingCodec | undefined;

  constructor(code: SdpErrorCode, message: string, missing?: MissingCodec) {
    super(message);
    this.code = code;
    this.missing = missing;
  }
}

export function badOffer(message: string): SdpError {
  return new SdpError('bad_offer', message);
}

export function unsupportedOffer(message: string): SdpError {
  return new SdpError('unsupported_offer', message);
}

export function codecNotOffered(missing: MissingCodec): SdpError {
  const { kind, codec } = missing;
  const words = `the ${kind} of this stream is ${codec.toUpperCase()}, which this player did not offer`;
  return new SdpError('codec_not_offered', words, missing);
}

export type StreamErrorCode =
  | 'not_live'
  | 'no_session'
  | 'no_stream'
  | 'no_layer'
  | 'at_capacity'
  /** As many watch with this token as it lets in. */
  | 'token_in_use'
  | 'etag_missing'
  | 'etag_mismatch'
  | 'bad_fragment'
  | 'interrupted'
  /** A viewer who has not answered our offer yet. */
  | 'unanswered'
  /** A second answer, or one to an offer that was his. */
  | 'already_agreed';

export class StreamError extends Error {
  readonly code: StreamErrorCode;

  constructor(code: StreamErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StreamError';
    this.code = code;
  }
}

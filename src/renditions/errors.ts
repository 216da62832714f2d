export type RenditionErrorCode =
  | 'stream_over'
  | 'layer_taken'
  | 'bad_layer'
  | 'not_adaptive'
  | 'ladder_starting'
  | 'ladder_full';

/** What a transcoder is told, in words it may log. */
export class RenditionError extends Error {
  readonly code: RenditionErrorCode;

  constructor(message: string, { code, ...options }: ErrorOptions & { code: RenditionErrorCode }) {
    super(message, options);
    this.name = 'RenditionError';
    this.code = code;
  }
}

export type ChannelErrorCode =
  | 'no_channel'
  | 'slug_taken'
  | 'bad_slug'
  | 'no_key'
  | 'bad_key'
  | 'no_viewer_token'
  | 'no_user'
  | 'no_image'
  | 'bad_image'
  | 'storage_full'
  | 'storage_failed';

export class ChannelError extends Error {
  readonly code: ChannelErrorCode;

  constructor(code: ChannelErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ChannelError';
    this.code = code;
  }
}

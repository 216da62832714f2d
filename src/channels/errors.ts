export type ChannelErrorCode =
  | 'no_channel'
  | 'slug_taken'
  | 'bad_slug'
  | 'no_key'
  | 'bad_key'
  | 'no_viewer_token'
  | 'no_user';

export class ChannelError extends Error {
  readonly code: ChannelErrorCode;

  constructor(code: ChannelErrorCode, message: string) {
    super(message);
    this.name = 'ChannelError';
    this.code = code;
  }
}

export type ChatErrorCode =
  | 'bad_message'
  | 'bad_guest_name'
  | 'name_needed'
  | 'name_taken'
  | 'chat_off'
  | 'accounts_only'
  | 'banned'
  | 'too_fast'
  | 'no_message'
  | 'no_author'
  | 'no_ban'
  | 'not_yours_to_moderate';

export class ChatError extends Error {
  readonly code: ChatErrorCode;
  /** When it may be tried again. */
  readonly retryAfterSeconds: number | undefined;

  constructor(code: ChatErrorCode, message: string, { retryAfterSeconds }: { retryAfterSeconds?: number } = {}) {
    super(message);
    this.name = 'ChatError';
    this.code = code;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

export type WebhookErrorCode = 'no_webhook' | 'no_delivery' | 'bad_url' | 'too_many_webhooks';

export class WebhookError extends Error {
  readonly code: WebhookErrorCode;

  constructor(code: WebhookErrorCode, message: string) {
    super(message);
    this.name = 'WebhookError';
    this.code = code;
  }
}

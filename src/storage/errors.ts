export type StorageErrorCode = 'storage_full' | 'storage_failed';

/** Why something was not kept or not found again; the message names no secret and no address. */
export class StorageError extends Error {
  readonly code: StorageErrorCode;

  constructor(code: StorageErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StorageError';
    this.code = code;
  }
}

/** A job that can not be done; the message is for people. */
export class JobFailure extends Error {
  override readonly name = 'JobFailure';
  /** Another try would end no better. */
  readonly isFinal: boolean;

  constructor(message: string, { isFinal = false, ...options }: ErrorOptions & { isFinal?: boolean } = {}) {
    super(message, options);
    this.isFinal = isFinal;
  }
}

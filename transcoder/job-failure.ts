export const NO_ROOM = 'there is no room left on the disk of the transcoder';

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

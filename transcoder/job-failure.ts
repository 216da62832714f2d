export const NO_ROOM = 'there is no room left on the disk of the transcoder';

/** What it needs is on its way to where this transcoder finds it: another look in a moment, which is no failure. */
export class NotYet extends Error {
  override readonly name = 'NotYet';
}

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

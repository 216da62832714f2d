export type JobErrorCode = 'no_job' | 'nothing_recorded' | 'job_open' | 'not_to_retry' | 'bad_rungs';

export class JobError extends Error {
  readonly code: JobErrorCode;

  constructor(code: JobErrorCode, message: string) {
    super(message);
    this.name = 'JobError';
    this.code = code;
  }
}

import { StorageError } from '../errors.ts';
import type { S3Options } from './options.ts';

type Where = Pick<S3Options, 'endpoint' | 'bucket'>;

/** What the service calls it, or else the status it answered, or what became of the connection. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const { Code, code, $metadata } = error as {
    Code?: unknown;
    code?: unknown;
    $metadata?: { httpStatusCode?: number };
  };
  for (const named of [Code, code]) if (typeof named === 'string' && named !== '') return named;
  if (error.name !== 'Error' && error.name !== 'UnknownError' && error.name !== 'Unknown') return error.name;
  return String($metadata?.httpStatusCode ?? 'unknown');
}

export function isAbsent(error: unknown): boolean {
  return ['NoSuchKey', 'NotFound', 'NoSuchUpload', '404'].includes(codeOf(error));
}

/** One sentence for the operator: which variable to look at, and never what is secret in it. */
export function s3Problem(error: unknown, { endpoint, bucket }: Where): string {
  const host = URL.parse(endpoint)?.host ?? 'S3_ENDPOINT';
  const code = codeOf(error);
  switch (code) {
    case 'NoSuchBucket':
      return `there is no bucket ${bucket} at ${host}: look at S3_BUCKET`;
    case 'InvalidAccessKeyId':
      return `${host} does not know the key of S3_ACCESS_KEY_ID`;
    case 'SignatureDoesNotMatch':
      return `${host} refuses the signature: look at S3_SECRET_ACCESS_KEY`;
    case 'AccessDenied':
    case 'AllAccessDisabled':
    case '403':
      return `the key of S3_ACCESS_KEY_ID may not do this in the bucket ${bucket}`;
    case 'AuthorizationHeaderMalformed':
    case 'PermanentRedirect':
    case '301':
      return `the bucket ${bucket} is in another region: look at S3_REGION and S3_ENDPOINT`;
    case 'RequestTimeTooSkewed':
      return `the clocks of this machine and of ${host} differ too much`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `the name of S3_ENDPOINT, ${host}, is not known`;
    default:
      return `the bucket at ${host} can not be used (${code})`;
  }
}

/** What the caller of a storage is told. Who gave up by himself hears his own reason. */
export function explained(cause: unknown, where: Where, signal?: AbortSignal): unknown {
  if (signal?.aborted || cause instanceof StorageError || cause instanceof RangeError) return cause;
  const code = codeOf(cause);
  // What broke off by itself is not the bucket's doing.
  if (code === 'unknown') return cause;
  return code === 'QuotaExceeded' || code === 'XMinioStorageFull' || code === '507'
    ? new StorageError('storage_full', `There is no room left in the bucket ${where.bucket}.`, { cause })
    : new StorageError('storage_failed', s3Problem(cause, where), { cause });
}

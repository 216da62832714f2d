import { S3Client } from '@aws-sdk/client-s3';
import type { S3Options } from './options.ts';

const CONNECT_MS = 5_000;
/** From the request to its answer: a piece of an upload has to go out meanwhile. */
const ANSWER_MS = 120_000;
/** Nothing comes and nothing goes. */
const IDLE_MS = 60_000;
/** A viewer who is sent a file holds one. */
const MAX_SOCKETS = 500;
const ATTEMPTS = 5;

export function createS3Client({ endpoint, bucket, region, accessKeyId, secretAccessKey }: S3Options): S3Client {
  const isAmazon = new URL(endpoint).hostname.endsWith('.amazonaws.com');
  return new S3Client({
    endpoint,
    region,
    credentials: { accessKeyId, secretAccessKey },
    // Others seldom have a name for each bucket, and a certificate has none for a bucket with dots.
    forcePathStyle: !isAmazon || bucket.includes('.'),
    // Not every service knows them. Every one knows Content-MD5, which we send, and tags pieces by it.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    retryMode: 'standard',
    maxAttempts: ATTEMPTS,
    requestHandler: {
      connectionTimeout: CONNECT_MS,
      requestTimeout: ANSWER_MS,
      throwOnRequestTimeout: true,
      socketTimeout: IDLE_MS,
      httpAgent: { keepAlive: true, maxSockets: MAX_SOCKETS },
      httpsAgent: { keepAlive: true, maxSockets: MAX_SOCKETS },
    },
  });
}

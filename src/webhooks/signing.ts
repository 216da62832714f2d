import { createHmac, randomBytes } from 'node:crypto';

const PREFIX = 'whsec_';
const SECRET_BYTES = 32;

/** As Standard Webhooks writes it: the prefix, then the key's bytes in base64. */
export function mintSigningSecret(): string {
  return PREFIX + randomBytes(SECRET_BYTES).toString('base64');
}

/**
 * The three headers by which a receiver knows who sent it, when, and that nothing was changed. One signature for each
 * secret: a receiver that knows any of them is content.
 */
export function signedHeaders(options: { id: string; at: Date; body: string; secrets: readonly string[] }) {
  const { id, at, body, secrets } = options;
  const timestamp = String(Math.floor(at.getTime() / 1000));
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.slice(PREFIX.length), 'base64');
    return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
  });
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') };
}

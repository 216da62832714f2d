import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

const CIPHER = 'aes-256-gcm';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const FILE = 'secrets.key';

/**
 * Encrypts secrets that have to be read again, with a key that is not kept beside them: who reads the database, or a
 * backup of it, reads none of them. AES-256-GCM; nonce, tag and ciphertext in one.
 */
export class SecretBox {
  readonly #key: Uint8Array;

  constructor(secret: Uint8Array | string) {
    this.#key = new Uint8Array(hkdfSync('sha256', secret, '', 'freshet secret box', KEY_BYTES));
  }

  /** A key for one purpose, always the same; whoever has it learns nothing of any other. */
  derive(purpose: string): Uint8Array {
    return new Uint8Array(hkdfSync('sha256', this.#key, '', `freshet: ${purpose}`, KEY_BYTES));
  }

  seal(secret: string): Uint8Array {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, this.#key, nonce);
    const sealed = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
  }

  /** `undefined` where another key sealed it, or where it was changed since. */
  open(sealed: Uint8Array): string | undefined {
    const nonce = sealed.subarray(0, NONCE_BYTES);
    const tag = sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES);
    if (tag.length < TAG_BYTES) return undefined;
    const decipher = createDecipheriv(CIPHER, this.#key, nonce).setAuthTag(tag);
    try {
      const opened = [decipher.update(sealed.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()];
      return Buffer.concat(opened).toString('utf8');
    } catch {
      return undefined;
    }
  }
}

/** `given` by the operator, where servers share a database; else a file of this server alone, made at its first start. */
export async function openSecretBox({ dataDir, given }: { dataDir: string; given?: string | undefined }) {
  if (given !== undefined) return new SecretBox(given);
  const path = join(dataDir, FILE);
  const key = (await readKey(path)) ?? (await makeKey(path));
  return new SecretBox(key);
}

async function readKey(path: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Whole or not at all, whatever happens meanwhile. */
async function makeKey(path: string): Promise<Uint8Array> {
  const key = randomBytes(KEY_BYTES);
  await mkdir(dirname(path), { recursive: true });
  const draft = `${path}.${process.pid}`;
  await writeFile(draft, key, { mode: 0o600, flush: true });
  await rename(draft, path);
  return key;
}

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Certificate } from '../../src/transport/certificate.ts';

export const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

const EXPORT = ['-keymatexport', 'EXTRACTOR-dtls_srtp', '-keymatexportlen', '60'];

/** `openssl s_client` or `s_server` speaking DTLS with a certificate of ours. */
export class OpensslCommand {
  readonly #child: ChildProcess;
  readonly #folder = mkdtempSync(join(tmpdir(), 'dtls-'));
  output = '';

  constructor(options: { certificate: Certificate; args: readonly string[]; srtpProfiles?: string }) {
    const { certificate, args, srtpProfiles } = options;
    const files = this.#write(certificate);
    const srtp = srtpProfiles === undefined ? [] : ['-use_srtp', srtpProfiles];
    this.#child = spawn('openssl', [...args, '-dtls1_2', ...files, ...srtp, ...EXPORT]);
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.output += chunk.toString('latin1');
      });
    }
  }

  get isOver(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** What it exported, once it is connected. */
  get keyingMaterial(): Buffer | undefined {
    const hex = /Keying material: ([0-9A-F]{120})/.exec(this.output)?.[1];
    return hex === undefined ? undefined : Buffer.from(hex, 'hex');
  }

  get srtpProfile(): string | undefined {
    return /SRTP Extension negotiated, profile=(\S+)/.exec(this.output)?.[1];
  }

  /** Typed at its prompt: `Q` says goodbye. */
  type(line: string): void {
    this.#child.stdin?.write(`${line}\n`);
  }

  close(): void {
    this.#child.kill('SIGKILL');
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #write({ der, privateKeyDer }: Certificate): string[] {
    const certificate = join(this.#folder, 'certificate.pem');
    const key = join(this.#folder, 'key.pem');
    writeFileSync(certificate, pem('CERTIFICATE', der));
    writeFileSync(key, pem('PRIVATE KEY', privateKeyDer));
    return ['-cert', certificate, '-key', key];
  }
}

function pem(label: string, der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}

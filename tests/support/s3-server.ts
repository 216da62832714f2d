import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, HeadBucketCommand, ListMultipartUploadsCommand, S3Client } from '@aws-sdk/client-s3';
import type { S3Options } from '#src/storage/s3/options.ts';
import { isSkipped, requireTool, seaweed } from './tools.ts';
import { until } from './until.ts';

export const hasNoS3Server = isSkipped(seaweed);

const BUCKET = 'freshet';
const KEY = { accessKeyId: 'tests', secretAccessKey: 'a-secret-of-the-tests' };
const PORTS = ['master', 'volume', 'filer', 's3'] as const;

/** SeaweedFS on loopback, with one bucket. It can be killed and started again with what it keeps. */
export class S3Server {
  readonly #folder = mkdtempSync(join(tmpdir(), 'freshet-s3-'));
  readonly #flags: readonly string[];
  readonly #port: number;
  readonly #client: S3Client;
  #child: ChildProcess | undefined;

  private constructor(ports: readonly number[]) {
    this.#port = ports[3] ?? 0;
    const named = PORTS.flatMap((name, i) => [`-${name}.port=${ports[i]}`, `-${name}.port.grpc=${ports[i + 4]}`]);
    const identities = join(this.#folder, 's3.json');
    const credentials = [{ accessKey: KEY.accessKeyId, secretKey: KEY.secretAccessKey }];
    const actions = ['Admin', 'Read', 'Write', 'List'];
    writeFileSync(identities, JSON.stringify({ identities: [{ name: 'tests', credentials, actions }] }));
    this.#flags = [
      ...['server', `-dir=${this.#folder}`, '-ip=127.0.0.1', '-ip.bind=127.0.0.1', '-filer', '-s3'],
      ...['-volume.max=0', '-master.volumeSizeLimitMB=128', `-filer.localSocket=${join(this.#folder, 'filer.sock')}`],
      ...[`-s3.config=${identities}`, `-s3.localSocket=${join(this.#folder, 's3.sock')}`],
      ...named,
    ];
    const { endpoint, region } = this.options;
    this.#client = new S3Client({ endpoint, region, credentials: KEY, forcePathStyle: true, maxAttempts: 1 });
  }

  static async start(): Promise<S3Server> {
    const server = new S3Server(await freePorts(PORTS.length * 2));
    await server.run();
    await until('SeaweedFS has a bucket', () =>
      server.#client.send(new CreateBucketCommand({ Bucket: BUCKET })).then(() => true),
    );
    return server;
  }

  get options(): S3Options {
    return { endpoint: `http://127.0.0.1:${this.#port}`, bucket: BUCKET, region: 'us-east-1', ...KEY };
  }

  async run(): Promise<void> {
    this.#child = spawn(requireTool(seaweed), this.#flags, { stdio: 'ignore' });
    const isUp = () =>
      this.#client
        .send(new HeadBucketCommand({ Bucket: BUCKET }))
        .then(() => true)
        .catch((error: { name?: string }) => error.name === 'NotFound');
    await until('SeaweedFS answers', isUp, { timeoutMs: 30_000 });
  }

  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (!child || child.exitCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  /** Begun and not over. */
  async openUploads(): Promise<number> {
    const { Uploads = [] } = await this.#client.send(new ListMultipartUploadsCommand({ Bucket: BUCKET }));
    return Uploads.length;
  }

  async close(): Promise<void> {
    this.#client.destroy();
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** All held at once, so that they differ. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => server.listening || once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

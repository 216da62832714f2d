/** The transcoders beside the server: processes of their own, started again when they end by themselves. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { z } from 'zod';
import { type Config, GB } from './config.ts';
import { JOB_KINDS } from './jobs/ports.ts';
import type { Log } from './log.ts';

const PROGRAM = join(import.meta.dirname, '../transcoder/main.ts');
const STOP_MS = 6_000;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;
/** One that ran for so long may be started again at once. */
const STEADY_MS = 60_000;

/** Of our environment, which holds secrets, what a program needs to find its things. */
const PASSED_ON = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'TZ', 'NODE_ENV', 'NODE_EXTRA_CA_CERTS'] as const;

const report = z.object({
  type: z.literal('worked'),
  kind: z.enum(JOB_KINDS),
  outcome: z.enum(['done', 'failed', 'again', 'handed_back', 'lost']),
  seconds: z.number(),
});

export type JobReport = Omit<z.output<typeof report>, 'type'>;

export interface TranscodersOptions {
  readonly config: Config;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly databaseUrl: string;
  /** Where they reach this server, without a slash at the end. */
  readonly serverUrl: string;
  readonly log: Log;
  readonly worked: (job: JobReport) => void;
}

export class Transcoders {
  readonly #options: TranscodersOptions;
  readonly #ended: readonly Promise<void>[];
  readonly #running = new Set<ChildProcess>();
  readonly #closing = Promise.withResolvers<'closing'>();
  #isClosing = false;

  private constructor(options: TranscodersOptions) {
    this.#options = options;
    this.#ended = Array.from({ length: options.config.transcoders }, () => this.#keepRunning());
  }

  static start(options: TranscodersOptions): Transcoders {
    return new Transcoders(options);
  }

  /** They hand back what they do, and end. Idempotent. */
  async close(): Promise<void> {
    this.#isClosing = true;
    this.#closing.resolve('closing');
    for (const child of this.#running) if (child.connected) child.disconnect();
    const impatient = setTimeout(() => this.#running.forEach(killGroup), STOP_MS);
    await Promise.all(this.#ended).finally(() => clearTimeout(impatient));
  }

  async #keepRunning(): Promise<void> {
    const { log } = this.#options;
    let pauseMs = FIRST_PAUSE_MS;
    while (!this.#isClosing) {
      const startMs = performance.now();
      const reason = await this.#run();
      if (this.#isClosing) return;
      pauseMs = performance.now() - startMs > STEADY_MS ? FIRST_PAUSE_MS : pauseMs;
      log.error({ reason, pauseMs }, 'transcoder ended by itself');
      await Promise.race([after(pauseMs), this.#closing.promise]);
      pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
    }
  }

  /** Resolves with why it ended. */
  async #run(): Promise<string> {
    const { log, worked } = this.#options;
    const child = spawn(process.execPath, [PROGRAM], {
      env: this.#environment(),
      // It ends when this channel does: with us, however we end. It makes itself a process group, but stays in our session:
      // between sessions niceness counts for nothing where Linux shares cores among them first (sched_autogroup).
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.#running.add(child);
    child.on('message', (message) => {
      const told = report.safeParse(message);
      if (told.success) worked(told.data);
    });
    log.info({ pid: child.pid }, 'transcoder started');
    try {
      const [code, signal] = await once(child, 'exit');
      return signal ?? `exit code ${code}`;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    } finally {
      this.#running.delete(child);
      killGroup(child);
    }
  }

  #environment(): Record<string, string> {
    const { config, environment, databaseUrl, serverUrl } = this.#options;
    const { s3 } = config;
    const passedOn = PASSED_ON.flatMap((name) => (environment[name] === undefined ? [] : [[name, environment[name]]]));
    return {
      ...Object.fromEntries(passedOn),
      DATA_DIR: config.dataDir,
      DATABASE_URL: databaseUrl,
      INTERNAL_URL: serverUrl,
      LOG_LEVEL: config.logLevel,
      RECORDINGS_RESERVE_GB: String(config.recordings.reserveBytes / GB),
      ...(config.ffmpegPath !== undefined && { FFMPEG_PATH: config.ffmpegPath }),
      ...(s3 && {
        S3_ENDPOINT: s3.endpoint,
        S3_BUCKET: s3.bucket,
        S3_REGION: s3.region,
        S3_ACCESS_KEY_ID: s3.accessKeyId,
        S3_SECRET_ACCESS_KEY: s3.secretAccessKey,
      }),
    };
  }
}

/** With its ffmpeg, whether it is there itself or not. */
function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It had not come so far as to be a group, or all of it is gone.
    child.kill('SIGKILL');
  }
}

async function after(ms: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  setTimeout(resolve, ms).unref();
  await promise;
}

/** `npm run transcoder`: does what a server wants encoded, beside it or on another machine. */
import { setFlagsFromString } from 'node:v8';
import { type Config, ConfigError, readConfig } from '#src/config.ts';
import { createLog } from '#src/log.ts';
import { forbidRealTime, leadGroup } from '#src/native/own-process.ts';
import { JOB_KIND_RUNS } from './job-kinds.ts';
import { Transcoder } from './transcoder.ts';

const STOP_MS = 9_000;
/**
 * Pictures pass through, little stays: by itself V8 marks the whole heap every few seconds of a live stream, for a third
 * of this process's CPU time. It costs some tens of megabytes.
 */
setFlagsFromString('--heap-growing-percent=100');

async function main(config: Config): Promise<void> {
  const log = createLog({ level: config.logLevel, pretty: process.stdout.isTTY }).child({ room: 'transcoder' });
  const starting = Transcoder.start({
    config,
    log,
    kinds: JOB_KIND_RUNS,
    isElsewhere: process.send === undefined && config.databaseUrl !== undefined,
    // Only a server that started it listens.
    worked: (report) => process.send?.({ type: 'worked', ...report }, undefined, undefined, () => {}),
  });
  let isStopping = false;

  async function stop(why: string): Promise<void> {
    if (isStopping) return;
    isStopping = true;
    log.info({ why }, 'transcoder stopping');
    setTimeout(() => process.exit(1), STOP_MS).unref();
    const transcoder = await starting.catch(() => undefined);
    await transcoder?.close();
    process.exit(0);
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop(signal));
  // The server that started it is gone, even by kill -9.
  process.on('disconnect', () => void stop('the server is gone'));

  try {
    await starting;
  } catch (error) {
    if (isStopping) return;
    log.fatal({ err: error }, 'transcoder not started');
    process.exit(1);
  }
}

// Ctrl-C at the server's terminal is for the server, which ends us, and can end all that we started.
if (process.send) leadGroup();
// As root SVT-AV1 takes the highest real-time priority for its threads, and no stream gets anywhere beside it.
forbidRealTime();
try {
  await main(readConfig(process.env));
} catch (error) {
  process.stderr.write(`${error instanceof ConfigError ? error.message : String(error)}\n`);
  process.exit(1);
}

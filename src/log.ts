import { type DestinationStream, type Logger, pino } from 'pino';
import { prettyFactory } from 'pino-pretty';

export type Log = Logger;

/** A safety net only: no secret is given to a log call in the first place. */
const SECRETS = ['authorization', 'cookie', 'key', 'token', 'password', 'passwordHash', 'secret'];

interface LogOptions {
  readonly level: string;
  readonly pretty: boolean;
  readonly destination?: DestinationStream;
  /** Hears the level of each line. */
  readonly onLine?: (level: string) => void;
}

/**
 * The root log: for a reader at a terminal when `pretty`, else one JSON object a line.
 * It writes to standard output, unless a destination is given.
 */
export function createLog(options: LogOptions): Log {
  // Synchronous, so that the last words before a crash are not lost.
  const destination = options.destination ?? pino.destination({ fd: 1, sync: true });
  return pino(
    {
      level: options.level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      hooks: {
        logMethod(args, method, level) {
          options.onLine?.(pino.levels.labels[level] ?? '');
          method.apply(this, args);
        },
      },
      redact: {
        paths: SECRETS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]),
        censor: '[redacted]',
      },
    },
    options.pretty ? readable(destination) : destination,
  );
}

function readable(destination: DestinationStream): DestinationStream {
  const colorize = process.stdout.isTTY && process.stdout.hasColors();
  const format = prettyFactory({ colorize, ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss.l' });
  return { write: (line) => destination.write(format(line)) };
}

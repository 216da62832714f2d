import type { OfferedAddresses } from './offered-addresses.ts';
import type { FfmpegFacts } from './server-facts.ts';

/** What can be seen of a server that does not run. */
export interface StartFacts {
  readonly nodeVersion: string;
  /** What is wrong with the environment; each names its variable. */
  readonly configProblems: readonly string[];
  /** Absent where the configuration itself cannot be read. */
  readonly configured?: ConfiguredFacts;
}

export interface ConfiguredFacts {
  /** Ports that the server wants and cannot have, each with its protocol and why. */
  readonly closedPorts: readonly ClosedPort[];
  readonly dataDir: string;
  /** `ok`, or why it cannot be used. */
  readonly dataDirState: string;
  readonly freeBytes?: number | undefined;
  /** Of DATABASE_URL; absent where the database is our own. */
  readonly databaseHost?: { readonly host: string; readonly isReached: boolean };
  readonly isBuilt: boolean;
  readonly ffmpeg: FfmpegFacts;
  readonly offered: OfferedAddresses;
}

export interface ClosedPort {
  readonly name: 'PORT' | 'MEDIA_PORT';
  readonly port: number;
  readonly protocol: 'TCP' | 'UDP';
  /** The system's code, such as EADDRINUSE. */
  readonly code: string;
}

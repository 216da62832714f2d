import { accessSync, constants, existsSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import type { Config } from './config.ts';
import { DataLock } from './db/data-lock.ts';
import { findFfmpeg } from './ffmpeg.ts';
import { whyClosed } from './health/free-port.ts';
import { freeBytesOf, isInContainer } from './health/machine.ts';
import type { ClosedPort, ConfiguredFacts } from './health/start-facts.ts';
import { candidateAddresses } from './transport/candidate-addresses.ts';

const ROOT = join(import.meta.dirname, '..');
/** What `npm run prestart` makes. */
const BUILT = ['web/build/handler.js', 'src/db/generated'];
const CONNECT_MS = 3_000;

/** What a server with this configuration would meet if it were started here and now. */
export async function configuredFacts(config: Config): Promise<ConfiguredFacts> {
  const { dataDir, media, publicUrl, databaseUrl, ffmpegPath } = config;
  const { announcedAddresses: announced, port } = media;
  const candidates = candidateAddresses({ announced, thread: 0, port, hasIpv6: true });
  return {
    closedPorts: await closedPorts(config),
    dataDir,
    dataDirState: stateOfFolder(dataDir),
    freeBytes: await freeBytesOf(nearestFolder(dataDir)),
    ...(databaseUrl !== undefined && { databaseHost: await reachDatabase(databaseUrl) }),
    isBuilt: BUILT.every((path) => existsSync(join(ROOT, path))),
    ffmpeg: await findFfmpeg(ffmpegPath),
    offered: {
      addresses: candidates.map(({ address }) => address),
      isAnnounced: announced.length > 0,
      isInContainer: isInContainer(),
      ...(publicUrl !== undefined && { publicHost: new URL(publicUrl).hostname }),
    },
  };
}

async function closedPorts({ http, media }: Config): Promise<ClosedPort[]> {
  const mediaPorts = media.port === 0 ? [] : Array.from({ length: media.threads }, (_, thread) => media.port + thread);
  const wanted = [
    ...(http.port === 0 ? [] : [{ name: 'PORT', port: http.port, protocol: 'TCP', host: http.host } as const]),
    ...mediaPorts.flatMap((port) => [
      { name: 'MEDIA_PORT', port, protocol: 'UDP', host: '0.0.0.0' } as const,
      { name: 'MEDIA_PORT', port, protocol: 'TCP', host: '0.0.0.0' } as const,
    ]),
  ];
  const tried = wanted.map(async ({ name, port, protocol, host }) => {
    const code = await whyClosed(protocol, port, host);
    return code === undefined ? [] : [{ name, port, protocol, code }];
  });
  return (await Promise.all(tried)).flat();
}

/** Takes the lock of a folder that is in use, for a moment. Nothing is made: it might belong to the wrong user then. */
function stateOfFolder(folder: string): string {
  try {
    if (existsSync(join(folder, 'lock'))) new DataLock(folder).close();
    else accessSync(nearestFolder(folder), constants.W_OK);
    return 'ok';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Itself, or the first one above it that is there. */
function nearestFolder(folder: string): string {
  return existsSync(folder) || dirname(folder) === folder ? folder : nearestFolder(dirname(folder));
}

function reachDatabase(databaseUrl: string): Promise<{ host: string; isReached: boolean }> {
  const { hostname, port, host } = new URL(databaseUrl);
  const socket = connect({ host: hostname, port: Number(port) || 5432, timeout: CONNECT_MS });
  return new Promise((resolve) => {
    const end = (isReached: boolean) => {
      socket.destroy();
      resolve({ host, isReached });
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
    socket.once('timeout', () => end(false));
  });
}

import { type Finding, fault, ok, warning } from './finding.ts';
import { offeredAddressesFinding } from './offered-addresses.ts';
import type { FfmpegFacts, MachineFacts, ServerFacts } from './server-facts.ts';

const GIB = 1024 ** 3;
const MIB = 1024 ** 2;
const LITTLE_SPACE_BYTES = 2 * GIB;
const NO_SPACE_BYTES = 200 * MIB;
/** Each viewer of the site holds a connection for events; the rest is sockets and files of our own. */
const FEW_OPEN_FILES = 8_192;

/** What the server can say of itself, without anybody trying. */
export function serverFindings(facts: ServerFacts): Finding[] {
  return [
    databaseFinding(facts.database),
    mediaFinding(facts.media),
    offeredAddressesFinding(facts.offered),
    ...proxyFindings(facts),
    storageFinding(facts.storage),
    ...diskFindings(facts.machine),
    ...bufferFindings(facts.machine),
    ...openFilesFindings(facts.machine),
    ffmpegFinding(facts.ffmpeg),
  ];
}

function databaseFinding(state: string): Finding {
  if (state === 'ok') return ok('Database', 'It answers.');
  return fault(
    'Database',
    `It ${state === 'failed' ? 'does not answer' : state}. Nobody can log in or start a stream until it does.`,
    'Look for `postgres` in the log. With DATABASE_URL: see that the server there runs, and that its password is right.',
  );
}

function mediaFinding(state: string): Finding {
  if (state === 'ok') return ok('Media threads', 'All of them run.');
  return fault(
    'Media threads',
    `Not all of them run: ${state}. Its streams are interrupted.`,
    'It is started again by itself. Where it is not: see in the log why it ended, and whether another program has its port.',
  );
}

function storageFinding(state: string): Finding {
  if (state === 'ok') return ok('Storage', 'Recordings are kept and found.');
  return warning(
    'Storage',
    `Recordings are not kept where they should be: ${state}. New ones stay on this machine until they can be.`,
    'Set the S3 variables right and restart the server, or see that the bucket can be reached from here.',
  );
}

/** Whoever reaches the server past its proxy may claim to be anybody. */
function proxyFindings({ publicUrl, httpHost, httpPort, offered }: ServerFacts): Finding[] {
  const isOpen = httpHost === '0.0.0.0' || httpHost === '::';
  if (publicUrl === undefined || !isOpen || offered.isInContainer) return [];
  return [
    warning(
      'Proxy',
      `PUBLIC_URL is set, so what the proxy says about clients is believed; but port ${httpPort} is open to everybody, past the proxy.`,
      `Set HOST=127.0.0.1 where the proxy runs on this machine, or let a firewall close port ${httpPort} to all others.`,
    ),
  ];
}

export function diskFindings({ dataDir, freeBytes }: Pick<MachineFacts, 'dataDir' | 'freeBytes'>): Finding[] {
  if (freeBytes === undefined) return [];
  const free = `${dataDir} has ${bytesInWords(freeBytes)} left`;
  if (freeBytes >= LITTLE_SPACE_BYTES) return [ok('Disk', `${free}.`)];
  const cure = 'Make room on that disk, or move DATA_DIR to a larger one.';
  if (freeBytes >= NO_SPACE_BYTES) return [warning('Disk', `${free}.`, cure)];
  return [fault('Disk', `${free}. When it is full the database stops.`, cure)];
}

function bufferFindings({ sendBuffer }: MachineFacts): Finding[] {
  if (sendBuffer === undefined) return [];
  const { grantedBytes, wantedBytes } = sendBuffer;
  const granted = bytesInWords(grantedBytes);
  if (grantedBytes >= wantedBytes / 2) return [ok('Send buffer', `The system grants ${granted}.`)];
  return [
    warning(
      'Send buffer',
      `The system grants ${granted} of ${bytesInWords(wantedBytes)}. A keyframe for hundreds of viewers does not fit: packets are dropped, and come again late.`,
      `As root: sysctl -w net.core.wmem_max=${wantedBytes} net.core.rmem_max=${wantedBytes}, the same into a file in /etc/sysctl.d, and restart the server.`,
    ),
  ];
}

function openFilesFindings({ openFilesLimit }: MachineFacts): Finding[] {
  if (openFilesLimit === undefined) return [];
  if (openFilesLimit >= FEW_OPEN_FILES) return [ok('Open files', 'The server may have as many as it needs.')];
  return [
    warning(
      'Open files',
      `The server may have ${openFilesLimit} open, and everybody who looks at a page holds one.`,
      'LimitNOFILE=65536 in the systemd unit; `ulimit -n 65536` in a shell; `ulimits: { nofile: 65536 }` in compose.yaml.',
    ),
  ];
}

export function ffmpegFinding({ problem, path, version, encoders = [] }: FfmpegFacts): Finding {
  if (problem === undefined) return ok('ffmpeg', `${path} is version ${version} and has ${encoders.join(', ')}.`);
  return warning(
    'ffmpeg',
    `${version === undefined ? problem : `${path}, version ${version}: ${problem}`}. Streams come and go without it; renditions cannot be made.`,
    'Install ffmpeg (Debian and Ubuntu: apt-get install ffmpeg), or set FFMPEG_PATH to one that has these encoders.',
  );
}

function bytesInWords(bytes: number): string {
  if (bytes >= GIB) return `${(bytes / GIB).toFixed(1)} GiB`;
  if (bytes >= MIB) return `${Math.floor(bytes / MIB)} MiB`;
  return `${Math.floor(bytes / 1024)} KiB`;
}

import { reachOf } from '../addresses.ts';
import type { BrowserFacts, PathFacts } from './browser-facts.ts';
import { type Finding, fault, ok, warning } from './finding.ts';
import type { OfferedAddresses } from './offered-addresses.ts';

interface Surroundings {
  /** The host of the page that tried. */
  readonly pageHost: string;
  readonly offered: OfferedAddresses;
  readonly hasTurn: boolean;
  readonly paths: BrowserFacts['paths'];
}

/** Which ways media has from the server to this browser, and what closes the others. */
export function pathFindings(surroundings: Surroundings): Finding[] {
  const { paths, hasTurn } = surroundings;
  const findings = paths.map((path) =>
    path.kind === 'relay' ? relayFinding(path, surroundings) : directFinding(path, surroundings),
  );
  return hasTurn ? findings : [...findings, withoutRelay(surroundings)];
}

function directFinding(path: PathFacts, surroundings: Surroundings): Finding {
  const { kind, port } = path;
  const subject = `${kind.toUpperCase()} ${port}`;
  if (path.isConnected) return ok(subject, `Media gets through from here${roundTrip(path)}.`);
  const isDirect = (other: PathFacts) => other.kind !== 'relay' && other.port === port && other.isConnected;
  const hasOther = surroundings.paths.some(isDirect);
  const cure = addressCure(path, surroundings) ?? portCure(path, surroundings);
  const found = `${subject} does not reach this server from here. The browser was told to go to ${path.addresses.join(', ')}.`;
  if (!hasOther) return fault(subject, found, cure);
  const cost =
    kind === 'udp'
      ? 'Viewers get through by other ways, with more delay where packets are lost.'
      : 'Whoever is in a network that drops UDP sees nothing.';
  return warning(subject, `${found} ${cost}`, cure);
}

/** Where the address itself can not be right, opening a port would not help. */
function addressCure({ addresses }: PathFacts, surroundings: Surroundings): string | undefined {
  const { pageHost, offered, paths } = surroundings;
  // Something came through to these addresses: it is not their fault.
  if (paths.some(({ kind, isConnected }) => kind !== 'relay' && isConnected)) return undefined;
  const reaches = new Set(addresses.map(reachOf));
  const set = `Set ANNOUNCED_ADDRESS to ${addressToAnnounce(surroundings)}, and restart the server.`;
  if (!offered.isAnnounced && offered.isInContainer && !reaches.has('world')) {
    return `${addresses.join(', ')} is the address of a container, which only its own machine can reach. ${set}`;
  }
  if (reaches.size === 1 && reaches.has('machine') && !isThisMachine(pageHost)) {
    return `${addresses.join(', ')} means the browser's own machine. ${set}`;
  }
  if (!reaches.has('world') && isPublicAddress(pageHost)) {
    return `${addresses.join(', ')} is reached in its own network only, and this page came from ${pageHost}. ${set}`;
  }
  if (reaches.size === 1 && reaches.has('world') && isNearby(pageHost)) {
    const own = isThisMachine(pageHost) ? "the machine's own address" : bare(pageHost);
    return `This browser is in the server's own network, and many routers do not lead their public address back inside. Try it from outside, with a telephone without Wi-Fi for instance. For people inside, let ANNOUNCED_ADDRESS have ${own} beside ${addresses.join(', ')}.`;
  }
  if (offered.isAnnounced && isAddress(pageHost) && !isThisMachine(pageHost) && !addresses.includes(bare(pageHost))) {
    return `ANNOUNCED_ADDRESS is ${addresses.join(', ')}, but this page came from ${pageHost}: is the former right?`;
  }
  return undefined;
}

function portCure({ kind, port }: PathFacts, { offered, paths }: Surroundings): string {
  const isFurtherThread = paths.some((path) => path.kind === kind && path.port !== port && path.isConnected);
  const many = isFurtherThread ? ' Each media thread has a port of its own; with MEDIA_THREADS=1 one is enough.' : '';
  const docker = offered.isInContainer
    ? `publish it with \`-p ${port}:${port}/${kind}\` (in compose.yaml: "${port}:${port}/${kind}")`
    : 'on a router, forward it to this machine';
  return `Open ${kind.toUpperCase()} ${port} in the firewall of the machine and of its provider (for example \`ufw allow ${port}/${kind}\`); ${docker}. If that is done, see that ANNOUNCED_ADDRESS is the address that people reach it by.${many}`;
}

function relayFinding(path: PathFacts, { paths }: Surroundings): Finding {
  const subject = 'TURN relay';
  if (path.isConnected) return ok(subject, `Media gets through from here by TURN${roundTrip(path)}.`);
  const level = paths.some(({ kind, isConnected }) => kind !== 'relay' && isConnected) ? warning : fault;
  if (path.hasRelayAddress) {
    return level(
      subject,
      'coturn answers and gives addresses, but what it forwards does not reach this server.',
      `Let coturn forward to ${path.addresses.join(', ')}: \`allowed-peer-ip\` for each of them that a \`denied-peer-ip\` covers, and a firewall that lets UDP of coturn in.`,
    );
  }
  if (path.relayError === 401 || path.relayError === 403 || path.relayError === 431) {
    return level(
      subject,
      `coturn does not take the credentials of this server (error ${path.relayError}).`,
      'TURN_SECRET must be the same as its `static-auth-secret`, `use-auth-secret` must be on, and both machines must agree on the time.',
    );
  }
  return level(
    subject,
    'The TURN server gives no address from here: it can not be reached, or refuses.',
    'See that coturn runs at the addresses of TURN_URLS and that UDP and TCP 3478 (443 for `turns:`) are open to everybody.',
  );
}

function withoutRelay({ paths }: Surroundings): Finding {
  const subject = 'TURN relay';
  if (paths.some(({ isConnected }) => isConnected)) {
    return ok(subject, 'There is none. Hardly anybody needs one: this server is reached over UDP and TCP.');
  }
  return warning(
    subject,
    'There is none.',
    'Mend the ways above first. A relay helps only those whose own network lets nothing but port 443 out: see TURN in docs/operations.md.',
  );
}

function roundTrip({ roundTripMs }: PathFacts): string {
  return roundTripMs === undefined
    ? ''
    : `, ${roundTripMs < 1 ? 'less than 1' : Math.round(roundTripMs)} ms there and back`;
}

function addressToAnnounce({ pageHost }: Surroundings): string {
  if (isAddress(pageHost) && !isThisMachine(pageHost)) return bare(pageHost);
  if (isThisMachine(pageHost)) return 'the IP address that people reach this machine by';
  return `the IP address that ${pageHost} stands for`;
}

const bare = (host: string) => host.replace(/^\[|\]$/g, '');
const isAddress = (host: string) => /^[\d.]+$|:/.test(bare(host));
const isPublicAddress = (host: string) => isAddress(host) && reachOf(bare(host)) === 'world';
const isNearby = (host: string) => isThisMachine(host) || (isAddress(host) && reachOf(bare(host)) === 'network');
const isThisMachine = (host: string) => host === 'localhost' || (isAddress(host) && reachOf(bare(host)) === 'machine');

import { reachOf } from '../addresses.ts';
import { type Finding, ok, warning } from './finding.ts';

/** What clients are told about where media is to be sent. */
export interface OfferedAddresses {
  /** Without ports, best first. */
  readonly addresses: readonly string[];
  /** By ANNOUNCED_ADDRESS, and not the machine's own. */
  readonly isAnnounced: boolean;
  readonly isInContainer: boolean;
  /** The host of PUBLIC_URL, where that is set. */
  readonly publicHost?: string;
}

const SUBJECT = 'Addresses for media';

/** What can be said of them without trying. */
export function offeredAddressesFinding(offered: OfferedAddresses): Finding {
  const { addresses, isAnnounced, isInContainer, publicHost } = offered;
  const list = addresses.join(', ');
  const reaches = new Set(addresses.map(reachOf));
  if (reaches.has('world')) return ok(SUBJECT, `Clients are told to send media to ${list}.`);
  if (!reaches.has('network')) {
    return warning(
      SUBJECT,
      `Clients are told to send media to ${list}: only browsers on this machine can do that, and few of them will.`,
      'Set ANNOUNCED_ADDRESS to the IP address that people reach this machine by.',
    );
  }
  if (!isAnnounced && isInContainer) {
    return warning(
      SUBJECT,
      `Clients are told to send media to ${list}: a container's own address, which nobody outside this machine reaches.`,
      'Set ANNOUNCED_ADDRESS to the IP address that people reach the machine by on which the container runs.',
    );
  }
  if (publicHost !== undefined && isForTheWorld(publicHost)) {
    return warning(
      SUBJECT,
      `Clients are told to send media to ${list}, which is reached from its own network only, but PUBLIC_URL is for everybody.`,
      `Set ANNOUNCED_ADDRESS to the public IP address that leads here; ${list} may stand beside it, for people nearby.`,
    );
  }
  return ok(SUBJECT, `Clients are told to send media to ${list}: whoever is in the same network gets through.`);
}

/** A name with a dot may mean anything; those that mean a network at home say so. */
function isForTheWorld(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, '');
  if (/^[\d.]+$|:/.test(bare)) return reachOf(bare) === 'world';
  return bare.includes('.') && !/\.(local|lan|home|internal|home\.arpa|localhost|test)$/i.test(bare);
}

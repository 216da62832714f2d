import type { BrowserFacts } from './browser-facts.ts';
import { type Finding, fault, ok, warning } from './finding.ts';
import { pathFindings } from './path-findings.ts';
import type { ServerFacts } from './server-facts.ts';

/** An event that takes longer than this was held back by somebody. */
const LATE_EVENT_MS = 1_000;
const CLOCKS_APART_MS = 30_000;

/** What a browser saw, judged with what the server knows. */
export function browserFindings(seen: BrowserFacts, facts: ServerFacts): Finding[] {
  const { offered, hasTurn } = facts;
  const pageHost = URL.parse(seen.origin)?.hostname ?? '';
  return [
    ...pathFindings({ pageHost, offered, hasTurn, paths: seen.paths }),
    httpsFinding(seen),
    addressFinding(seen, facts),
    eventsFinding(seen),
    uploadFinding(seen),
    clockFinding(seen),
  ];
}

function httpsFinding({ isSecureContext, origin }: BrowserFacts): Finding {
  if (isSecureContext) return ok('Camera and microphone', 'The studio gets them: this page is on https or localhost.');
  return warning(
    'Camera and microphone',
    `The studio gets neither from here: ${origin} is not https, and browsers give them to https and localhost only. Watching and OBS do without.`,
    'Put a proxy with a certificate (Caddy needs two lines) before the server, and set PUBLIC_URL.',
  );
}

function addressFinding({ origin }: BrowserFacts, { publicUrl }: ServerFacts): Finding {
  if (publicUrl === origin) return ok('Address of the site', `PUBLIC_URL is ${origin}, where this page is.`);
  if (publicUrl !== undefined) {
    return warning(
      'Address of the site',
      `PUBLIC_URL is ${publicUrl}, but this page came from ${origin}. ${
        publicUrl.startsWith('https:') && origin.startsWith('http:')
          ? 'Logins do not last here: their cookie goes to https only.'
          : 'Links that the server gives lead there.'
      }`,
      `Use ${publicUrl}, or set PUBLIC_URL=${origin}.`,
    );
  }
  if (!origin.startsWith('https:'))
    return ok('Address of the site', `PUBLIC_URL is not set, and ${origin} needs none.`);
  return warning(
    'Address of the site',
    'A proxy speaks https for this server, but PUBLIC_URL is not set: all clients count as one, and logins are not kept to https.',
    `Set PUBLIC_URL=${origin}.`,
  );
}

function eventsFinding({ firstEventMs }: BrowserFacts): Finding {
  if (firstEventMs !== undefined && firstEventMs <= LATE_EVENT_MS) {
    return ok('Events', `They come at once (${Math.round(firstEventMs)} ms).`);
  }
  const cure =
    'Let the proxy pass on `text/event-stream` as it comes: `proxy_buffering off` in nginx, `flush_interval -1` in Caddy; no cache, no compression of it.';
  if (firstEventMs === undefined) {
    return fault('Events', 'None comes: pages show who is live only when they are loaded anew.', cure);
  }
  return warning('Events', `They come late (${(firstEventMs / 1000).toFixed(1)} s): a proxy holds them back.`, cure);
}

function uploadFinding({ uploadStatus }: BrowserFacts): Finding {
  if (uploadStatus >= 200 && uploadStatus < 300) return ok('Long requests', 'They get through.');
  return warning(
    'Long requests',
    uploadStatus === 0
      ? 'A request of 50 KB got no answer: offers of encoders may not get through.'
      : `A request of 50 KB was refused with status ${uploadStatus}: offers of encoders may be refused too.`,
    'Let the proxy take bodies of at least 128 KB (`client_max_body_size 1m` in nginx).',
  );
}

function clockFinding({ clockAheadMs }: BrowserFacts): Finding {
  if (Math.abs(clockAheadMs) <= CLOCKS_APART_MS) return ok('Clock', 'The server and this browser agree on the time.');
  const minutes = Math.max(1, Math.round(Math.abs(clockAheadMs) / 60_000));
  return warning(
    'Clock',
    `The server's clock is ${minutes} min ${clockAheadMs > 0 ? 'behind' : 'ahead of'} this browser's. TURN credentials are valid by the clock, for ten minutes.`,
    'Set the clock of whichever is wrong, and keep it right by NTP (`timedatectl set-ntp true`).',
  );
}

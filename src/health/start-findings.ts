import { type Finding, fault, ok } from './finding.ts';
import { offeredAddressesFinding } from './offered-addresses.ts';
import { diskFindings, ffmpegFinding } from './server-findings.ts';
import type { ClosedPort, ConfiguredFacts, StartFacts } from './start-facts.ts';

/** The first release of Node that runs TypeScript as it stands. */
const NODE_NEEDED = [22, 18] as const;

/** What would keep a server from starting, or from being of use once it has. */
export function startFindings({ nodeVersion, configProblems, configured }: StartFacts): Finding[] {
  return [
    nodeFinding(nodeVersion),
    ...configFindings(configProblems),
    ...(configured === undefined ? [] : configuredFindings(configured)),
  ];
}

function configuredFindings(facts: ConfiguredFacts): Finding[] {
  const { closedPorts, dataDir, dataDirState, freeBytes, isBuilt, databaseHost, ffmpeg, offered } = facts;
  return [
    builtFinding(isBuilt),
    dataDirFinding(dataDir, dataDirState),
    ...diskFindings({ dataDir, freeBytes }),
    ...(databaseHost === undefined ? [] : [databaseFinding(databaseHost)]),
    ...(closedPorts.length === 0 ? [ok('Ports', 'All that are wanted are free.')] : closedPorts.map(portFinding)),
    offeredAddressesFinding(offered),
    ffmpegFinding(ffmpeg),
  ];
}

function nodeFinding(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [neededMajor, neededMinor] = NODE_NEEDED;
  if (major > neededMajor || (major === neededMajor && minor >= neededMinor)) return ok('Node', `It is ${version}.`);
  return fault(
    'Node',
    `It is ${version}, and ${NODE_NEEDED.join('.')} is the least that will do.`,
    'Install a newer one (nodejs.org), or start by `npm start`, which brings one along on Linux.',
  );
}

function configFindings(problems: readonly string[]): Finding[] {
  if (problems.length === 0) return [ok('Configuration', 'Every variable can be read.')];
  return problems.map((problem) =>
    fault('Configuration', problem, 'Mend that environment variable, or leave it out. The README has all of them.'),
  );
}

function builtFinding(isBuilt: boolean): Finding {
  if (isBuilt) return ok('Site', 'It is built.');
  return fault(
    'Site',
    'It is not built yet, or the database client is missing.',
    '`npm run prestart` makes both; `npm start` does so by itself.',
  );
}

function dataDirFinding(dataDir: string, state: string): Finding {
  if (state === 'ok') return ok('Data folder', `${dataDir} can be used.`);
  return fault(
    'Data folder',
    state,
    'Stop the other server if there is one; give the folder to the user that runs this one (`chown -R`); or set DATA_DIR to another folder.',
  );
}

function databaseFinding({ host, isReached }: { readonly host: string; readonly isReached: boolean }): Finding {
  if (isReached) return ok('Database', `${host} of DATABASE_URL answers.`);
  return fault(
    'Database',
    `${host} of DATABASE_URL does not answer.`,
    'See that PostgreSQL runs there, listens to this machine and is not behind a firewall.',
  );
}

function portFinding({ name, port, protocol, code }: ClosedPort): Finding {
  const subject = `${protocol} ${port}`;
  const list = `${protocol === 'TCP' ? 'ss -ltnp' : 'ss -lunp'} 'sport = :${port}'`;
  if (code === 'EADDRINUSE') {
    return fault(
      subject,
      'Another program has it already.',
      `\`${list}\` shows which; stop it, or set ${name} to another port.`,
    );
  }
  if (code === 'EACCES') {
    return fault(
      subject,
      'Only root may have ports below 1024.',
      `Set ${name} to a higher port, and put a proxy before it.`,
    );
  }
  return fault(subject, `It cannot be had (${code}).`, `Set ${name}, or HOST, to what this machine has.`);
}

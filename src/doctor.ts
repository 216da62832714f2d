/** `npm run doctor [-- address]`: what stands in the way of a server that runs, or does not start. Exit code 1: a fault. */
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { type Config, ConfigError, readConfig } from './config.ts';
import { type Finding, fault } from './health/finding.ts';
import { findingTable } from './health/finding-table.ts';
import { startFindings } from './health/start-findings.ts';
import { configuredFacts } from './start-facts.ts';

const DEFAULT_PORT = 8080;
const ANSWER_MS = 5_000;
const COLUMNS = 100;

const told = z.object({
  findings: z.array(
    z.object({
      subject: z.string(),
      level: z.enum(['ok', 'warning', 'fault']),
      found: z.string(),
      cure: z.string().optional(),
    }),
  ),
});

async function main(address: string | undefined): Promise<void> {
  const config = tryConfig();
  const port = config instanceof ConfigError ? DEFAULT_PORT : config.http.port;
  const url = URL.parse(address ?? `http://localhost:${port}`)?.origin;
  if (url === undefined) throw new Error(`${address} is no address; one is http://localhost:8080`);
  if ((await ask(`${url}/healthz`))?.ok) {
    print(`The server at ${url} says:`, await askServer(url, config));
    say(`\nWhether media gets through, only a browser can tell. Open this page where viewers are:\n  ${url}/admin\n`);
  } else if (address === undefined) {
    print(`No server answers at ${url}. What one would meet here:`, await startFindingsOf(config));
    say('\nA server elsewhere, or on another port: npm run doctor -- https://live.example.org\n');
  } else {
    const cure =
      'See that it runs there, and that no firewall or proxy is in between. On its machine: `npm run doctor`.';
    print('', [fault('Server', `Nothing that is Freshet answers at ${url}.`, cure)]);
  }
}

function tryConfig(): Config | ConfigError {
  try {
    return readConfig(process.env);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
}

async function startFindingsOf(config: Config | ConfigError): Promise<Finding[]> {
  const nodeVersion = process.versions.node;
  if (config instanceof ConfigError) return startFindings({ nodeVersion, configProblems: config.problems });
  return startFindings({ nodeVersion, configProblems: [], configured: await configuredFacts(config) });
}

async function askServer(url: string, config: Config | ConfigError): Promise<readonly Finding[]> {
  const token = config instanceof ConfigError ? undefined : config.adminToken;
  const response = await ask(`${url}/api/v1/health`, token);
  const parsed = told.safeParse(await response?.json().catch(() => undefined));
  if (response?.ok && parsed.success) return parsed.data.findings;
  const cure =
    'Run this on its machine, as `npm run doctor -- http://localhost:8080`, or with its ADMIN_TOKEN in the environment.';
  return [fault('Server', `It runs, and does not tell us how it is (status ${response?.status ?? 'none'}).`, cure)];
}

async function ask(url: string, token?: string): Promise<Response | undefined> {
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return fetch(url, { headers, signal: AbortSignal.timeout(ANSWER_MS) }).catch(() => undefined);
}

function print(title: string, findings: readonly Finding[]): void {
  const { columns = COLUMNS, isTTY } = process.stdout;
  say(`${title}\n\n${findingTable(findings, { columns, isColored: isTTY === true && process.stdout.hasColors() })}`);
  if (findings.some(({ level }) => level === 'fault')) process.exitCode = 1;
}

function say(text: string): void {
  process.stdout.write(text);
}

try {
  await main(parseArgs({ allowPositionals: true }).positionals[0]);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

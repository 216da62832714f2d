import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type Check, judge, type Result, wordsOf } from './check.ts';
import { Endpoint, type EndpointOptions, type Reply } from './endpoint.ts';
import { summary } from './report.ts';
import { whepChecks } from './whep-checks.ts';
import { whipChecks } from './whip-checks.ts';

const USAGE = `Checks a server against WHIP (RFC 9725) and WHEP (draft-ietf-wish-whep), by HTTP and SDP alone: no media is sent.

npm run conformance
    checks Freshet itself, and writes docs/conformance.md
npm run conformance -- [options]
    checks any server

  --whip URL            where to publish
  --token T             the bearer token (stream key) for it
  --whep URL            where to watch; somebody has to publish there, H264 or VP8 and Opus
  --whep-token T        the bearer token for it, where it wants one
  --whep-offline URL    where to watch a channel on which nobody publishes
  --whep-waiting URL    the same, of a channel that takes viewers nevertheless
  --help

Each check makes sessions of its own and deletes them. One line each: verdict, item of docs/conformance.md, level (M: MUST,
S: SHOULD, O: MAY, I: what real clients need), requirement; then what was seen instead.
Exit code: 0 all is met but for MAYs, 1 something is not, 2 nothing could be checked.`;

/** What to look at first where a good offer is refused. */
const HINTS: Readonly<Record<number, string>> = {
  401: 'Is the token right?',
  403: 'Is the token right?',
  404: 'Is this the right address?',
  405: 'Is this the right address?',
  409: 'Does somebody publish there?',
};

const OPTIONS = {
  whip: { type: 'string' },
  token: { type: 'string' },
  whep: { type: 'string' },
  'whep-token': { type: 'string' },
  'whep-offline': { type: 'string' },
  'whep-waiting': { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

const offerOf = (name: string) => readFileSync(new URL(`../offers/${name}.sdp`, import.meta.url), 'utf8');

interface Subject {
  readonly title: string;
  readonly checks: readonly Check[];
  readonly options: EndpointOptions;
}

/** One line a check. Returns whether all is met. */
async function check({ title, checks, options }: Subject): Promise<boolean> {
  const endpoint = new Endpoint(options);
  const first = await firstReply(endpoint);
  console.log(`\n${title}: ${options.url}\n`);
  warnWhereRefused(first);
  const results: Result[] = [];
  for (const one of checks) {
    const result = await judge(one, endpoint);
    results.push(result);
    const detail = result.detail && `\n${' '.repeat(28)}${result.detail}`;
    console.log(
      `${result.verdict.padEnd(15)} ${result.item.padEnd(10)} ${result.level}  ${result.requirement}${detail}`,
    );
  }
  console.log(`\n${summary(results)}`);
  return results.every(({ verdict, level }) => verdict !== 'not met' || level === 'O');
}

async function firstReply(endpoint: Endpoint): Promise<Reply> {
  try {
    return await endpoint.post();
  } catch (error) {
    throw new Error(`${endpoint.url} can not be checked: ${wordsOf(error)}`, { cause: error });
  } finally {
    await endpoint.closeAll();
  }
}

function warnWhereRefused({ status, headers, body }: Reply): void {
  if (status === 201) return;
  const said = /^application\/(problem\+)?json\b/.test(headers.get('content-type') ?? '')
    ? ` (${body.slice(0, 300)})`
    : '';
  console.log(`A good offer is answered ${status}${said}, so most checks will fail. ${HINTS[status] ?? ''}\n`);
}

function subjects(): Subject[] {
  const { values } = parseArgs({ options: OPTIONS });
  const { whip, token, whep } = values;
  const found: Subject[] = [];
  if (whip !== undefined) {
    const checks = whipChecks({ simulcastOffer: offerOf('chromium-156-simulcast-3') });
    const offer = offerOf('chromium-156-publish-h264');
    found.push({ title: 'WHIP', checks, options: { kind: 'whip', url: address('whip', whip), token, offer } });
  }
  if (whep !== undefined) {
    const options = {
      kind: 'whep',
      url: address('whep', whep),
      token: values['whep-token'],
      offer: offerOf('chromium-156-play'),
      offlineUrl: values['whep-offline'] && address('whep-offline', values['whep-offline']),
      waitingUrl: values['whep-waiting'] && address('whep-waiting', values['whep-waiting']),
    } as const;
    found.push({ title: 'WHEP', checks: whepChecks(), options });
  }
  if (found.length === 0) throw new Error('Neither --whip nor --whep is given; --help says more.');
  return found;
}

function address(option: string, value: string): string {
  const url = URL.parse(value);
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url.href;
  throw new Error(`--${option} must be an http(s) address, such as https://live.example.org/whep/channel: ${value}`);
}

async function checkOthers(): Promise<number> {
  if (parseArgs({ options: OPTIONS, strict: false }).values.help) {
    console.log(USAGE);
    return 0;
  }
  let isMet = true;
  for (const subject of subjects()) isMet = (await check(subject)) && isMet;
  return isMet ? 0 : 1;
}

function checkFreshet(): number {
  const test = ['vitest', 'run', '--project', 'e2e', 'tests/interop/conformance.test.ts', '--update'];
  return spawnSync('npx', test, { stdio: 'inherit' }).status ?? 1;
}

if (process.argv.length === 2) {
  process.exitCode = checkFreshet();
} else {
  try {
    process.exitCode = await checkOthers();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 2;
  }
}

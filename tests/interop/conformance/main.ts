import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { judge, type Result } from './check.ts';
import { Endpoint, type EndpointOptions } from './endpoint.ts';
import { summary } from './report.ts';
import { whepChecks } from './whep-checks.ts';
import { whipChecks } from './whip-checks.ts';

const USAGE = `npm run conformance
    checks Freshet itself, and writes docs/conformance.md
npm run conformance -- [--whip URL --token T] [--whep URL [--whep-token T] [--whep-offline URL] [--whep-waiting URL]]
    checks any server; somebody has to publish H264 or VP8 at the WHEP URL, and nobody at the offline one, nor at the
    one where viewers may wait`;

const offerOf = (name: string) => readFileSync(new URL(`../offers/${name}.sdp`, import.meta.url), 'utf8');

/** One line a check. Returns whether all is met. */
async function check(title: string, checks: ReturnType<typeof whepChecks>, options: EndpointOptions): Promise<boolean> {
  console.log(`\n${title}: ${options.url}\n`);
  const endpoint = new Endpoint(options);
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

async function checkOthers(): Promise<boolean> {
  const { values } = parseArgs({
    options: {
      whip: { type: 'string' },
      token: { type: 'string' },
      whep: { type: 'string' },
      'whep-token': { type: 'string' },
      'whep-offline': { type: 'string' },
      'whep-waiting': { type: 'string' },
    },
  });
  const { whip, token, whep } = values;
  if (whip === undefined && whep === undefined) throw new Error('neither --whip nor --whep');
  let isMet = true;
  if (whip !== undefined) {
    const checks = whipChecks({ simulcastOffer: offerOf('chromium-156-simulcast-3') });
    isMet = await check('WHIP', checks, {
      kind: 'whip',
      url: whip,
      token,
      offer: offerOf('chromium-156-publish-h264'),
    });
  }
  if (whep !== undefined) {
    const offlineUrl = values['whep-offline'];
    const offer = offerOf('chromium-156-play');
    const waitingUrl = values['whep-waiting'];
    const options = { kind: 'whep', url: whep, token: values['whep-token'], offer, offlineUrl, waitingUrl } as const;
    isMet = (await check('WHEP', whepChecks(), options)) && isMet;
  }
  return isMet;
}

function checkFreshet(): number {
  const test = ['vitest', 'run', '--project', 'e2e', 'tests/interop/conformance.test.ts', '--update'];
  return spawnSync('npx', test, { stdio: 'inherit' }).status ?? 1;
}

if (process.argv.length === 2) {
  process.exitCode = checkFreshet();
} else {
  try {
    process.exitCode = (await checkOthers()) ? 0 : 1;
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${USAGE}`);
    process.exitCode = 2;
  }
}

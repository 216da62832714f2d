import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import openapiTS, { astToString } from 'openapi-typescript';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type HttpServer, serveHttp } from '../../src/http/server.ts';
import { FakeApp } from '../support/fake-app.ts';
import { curl, requireTool } from '../support/tools.ts';

const run = promisify(execFile);
const README = join(import.meta.dirname, '../../README.md');
const TSC = join(import.meta.dirname, '../../node_modules/typescript/bin/tsc');

let fake: FakeApp;
let server: HttpServer;
let token: string;
let folder: string;

beforeAll(async () => {
  fake = new FakeApp();
  server = await serveHttp({ app: fake.app, host: '127.0.0.1', port: 0 });
  ({ token } = await fake.account('owner', 'owner'));
  // Within the project, where `openapi-fetch` is found.
  folder = await mkdtemp(join(import.meta.dirname, '.readme-'));
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

/** What the README's section on the API shows in this language, for the server of this test. */
async function shown(language: 'sh' | 'ts'): Promise<string> {
  const section = (await readFile(README, 'utf8')).split('\n## API\n')[1]?.split('\n## ')[0] ?? '';
  const found = new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 's').exec(section)?.[1];
  if (found === undefined) throw new Error(`the README shows no ${language}`);
  return found.replaceAll('localhost:8080', `127.0.0.1:${server.port}`);
}

it('the README’s client in TypeScript compiles against the description, and does what it says', async () => {
  const example = join(folder, 'example.ts');
  const document = await (await fetch(`http://127.0.0.1:${server.port}/api/v1/openapi.json`)).text();
  await writeFile(join(folder, 'freshet.d.ts'), astToString(await openapiTS(document)));
  await writeFile(example, await shown('ts'));
  const options = [
    '--ignoreConfig',
    '--noEmit',
    '--strict',
    '--module',
    'nodenext',
    '--target',
    'esnext',
    '--allowImportingTsExtensions',
  ];
  const { stdout: problems } = await run(process.execPath, [TSC, ...options, '--types', 'node', example]).catch(
    (failed: { stdout: string }) => failed,
  );
  expect(problems).toBe('');
  const { stdout } = await run(process.execPath, [example], { env: { ...process.env, FRESHET_TOKEN: token } });
  expect(stdout).toMatch(/^Autumn is published with fr_\S+\nautumn: offline, 0 watch\n$/);
}, 60_000);

it('the README’s lines of curl do what they say', async () => {
  const commands = (await shown('sh')).replaceAll('\\\n', ' ').trim().split('\n');
  const path = `${dirname(requireTool(curl))}:${process.env['PATH'] ?? ''}`;
  const answers: string[] = [];
  for (const command of commands) {
    const { stdout } = await run('sh', ['-c', command], { env: { PATH: path, FRESHET_TOKEN: token } });
    answers.push(stdout);
  }
  const [made = '', live = '', deleted] = answers;
  expect(JSON.parse(made)).toMatchObject({ slug: 'spring', title: 'Spring' });
  expect(JSON.parse(live)).toEqual({ items: [], nextCursor: null });
  expect(deleted).toBe('');
  expect([...fake.channelStore.rows.values()].map(({ slug }) => slug)).not.toContain('spring');
});

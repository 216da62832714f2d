import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const breaches: readonly [file: string, imported: string][] = [
  ['src/media/x.ts', 'node:crypto'],
  ['src/media/x.ts', '../log.ts'],
  ['src/media/x.ts', '../streams/ports.ts'],
  ['src/media/codecs/x.ts', '../../sdp/offer.ts'],
  ['src/sctp/x.ts', 'node:crypto'],
  ['src/sctp/x.ts', '../transport/dtls.ts'],
  ['src/sdp/x.ts', 'node:fs'],
  ['src/sdp/x.ts', '../streams/ports.ts'],
  ['src/native/x.ts', '../media/plan.ts'],
  ['src/transport/x.ts', 'koffi'],
  ['src/transport/x.ts', '../streams/registry.ts'],
  ['src/transport/x.ts', '../http/app.ts'],
  ['src/renditions/x.ts', '../transport/media-plane.ts'],
  ['src/renditions/x.ts', '../http/app.ts'],
  ['src/streams/x.ts', '../transport/media-plane.ts'],
  ['src/streams/x.ts', '../db/database.ts'],
  ['src/streams/x.ts', '../http/app.ts'],
  ['src/streams/x.ts', 'hono'],
  ['src/metrics/x.ts', '../streams/registry.ts'],
  ['src/metrics/x.ts', 'hono'],
  ['src/analytics/x.ts', '../db/analytics.ts'],
  ['src/analytics/x.ts', '../streams/registry.ts'],
  ['src/accounts/x.ts', '../db/users.ts'],
  ['src/channels/x.ts', '../http/app.ts'],
  ['src/images/x.ts', '../http/app.ts'],
  ['src/webhooks/x.ts', '../db/webhooks.ts'],
  ['src/webhooks/x.ts', '../streams/registry.ts'],
  ['src/chat/x.ts', '../db/chat-messages.ts'],
  ['src/chat/x.ts', '../streams/registry.ts'],
  ['src/db/x.ts', '../streams/registry.ts'],
  ['src/db/x.ts', '../http/app.ts'],
  ['src/db/x.ts', '../media/packet.ts'],
  ['src/http/x.ts', '../db/database.ts'],
  ['src/http/x.ts', '../transport/media-plane.ts'],
  ['src/http/api/x.ts', '../../native/openssl.ts'],
  ['src/http/x.ts', '@prisma/client'],
  ['src/http/x.ts', 'pg'],
  ['src/health/x.ts', '../streams/registry.ts'],
  ['src/backup/x.ts', '../db/dump.ts'],
  ['src/storage/x.ts', '../db/database.ts'],
  ['src/dash/x.ts', 'node:fs'],
  ['src/dash/x.ts', '../recording/recordings.ts'],
  ['src/config.ts', './db/database.ts'],
  ['src/ffmpeg.ts', './config.ts'],
  ['src/jobs/x.ts', '../db/jobs.ts'],
  ['transcoder/x.ts', '../src/http/app.ts'],
  ['transcoder/x.ts', '#src/http/app.ts'],
  ['transcoder/x.ts', '#src/transport/media-plane.ts'],
  ['web/src/lib/x.ts', '../../../src/streams/registry.ts'],
  ['tests/x.ts', '../src/main.ts'],
];

const allowed: readonly [file: string, imported: string][] = [
  ['src/media/codecs/x.ts', '../packet.ts'],
  ['src/sdp/x.ts', '../media/plan.ts'],
  ['src/dash/x.ts', '../recording/matroska.ts'],
  ['src/native/x.ts', 'koffi'],
  ['src/transport/x.ts', '../streams/ports.ts'],
  ['src/transport/x.ts', '../sctp/data-channels.ts'],
  ['src/renditions/x.ts', '../streams/ports.ts'],
  ['src/streams/x.ts', '../sdp/offer.ts'],
  ['src/metrics/x.ts', '../media/stats.ts'],
  ['src/metrics/x.ts', 'prom-client'],
  ['src/health/x.ts', '../addresses.ts'],
  ['src/images/x.ts', '../channels/ports.ts'],
  ['src/db/x.ts', '../backup/ports.ts'],
  ['src/webhooks/x.ts', '../streams/ports.ts'],
  ['src/analytics/x.ts', '../streams/ports.ts'],
  ['src/chat/x.ts', '../channels/ports.ts'],
  ['src/db/x.ts', '../channels/ports.ts'],
  ['src/db/x.ts', '@prisma/adapter-pg'],
  ['src/db/x.ts', 'node:fs/promises'],
  ['src/db/x.ts', '../media/plan.ts'],
  ['src/http/api/x.ts', '../../streams/registry.ts'],
  ['src/main.ts', './db/database.ts'],
  ['src/http/x.ts', '../storage/ports.ts'],
  ['transcoder/x.ts', '#src/config.ts'],
  ['transcoder/x.ts', '#src/recording/ports.ts'],
  ['src/jobs/x.ts', '../recording/ports.ts'],
  ['transcoder/x.ts', '../src/storage/open-storage.ts'],
];

const rules: readonly [rule: string, file: string, text: string][] = [
  ['style/noProcessEnv', 'src/http/env.ts', 'export const port = process.env.PORT;'],
  ['suspicious/noConsole', 'src/http/console.ts', 'console.log(1);'],
  ['suspicious/noExplicitAny', 'src/http/any.ts', 'export function f(x: any): void {}'],
  ['style/noNonNullAssertion', 'src/http/bang.ts', 'export const f = (x?: string) => x!.length;'],
  ['style/noDefaultExport', 'src/http/default.ts', 'export default 1;'],
  ['style/noEnum', 'src/http/enum.ts', 'export enum X { A }'],
  ['style/noParameterProperties', 'src/http/property.ts', 'export class X { constructor(readonly a: number) {} }'],
  ['style/useFilenamingConvention', 'src/http/someFile.ts', 'export const a = 1;'],
  ['nursery/noFloatingPromises', 'src/http/floating.ts', 'async function f(): Promise<void> {}\nf();'],
  ['suspicious/noImportCycles', 'src/http/cycle-a.ts', "import './cycle-b.ts';\nexport const a = 1;"],
];

/** All rows as files of one throwaway project, linted at once by the rules of this repository. */
class LintedProject {
  readonly #root = mkdtempSync(join(tmpdir(), 'freshet-lint-'));
  readonly #found = new Map<string, string[]>();

  write(file: string, text: string): void {
    mkdirSync(dirname(join(this.#root, file)), { recursive: true });
    writeFileSync(join(this.#root, file), text);
  }

  lint(): void {
    for (const file of ['biome.json', 'package.json', '.gitignore']) cpSync(file, join(this.#root, file));
    const run = spawnSync('biome', ['lint', '--reporter=json', '--max-diagnostics=none'], {
      cwd: this.#root,
      encoding: 'utf8',
    });
    if (run.error) throw run.error;
    const report = JSON.parse(run.stdout) as { diagnostics: { category: string; location: { path: string } }[] };
    for (const { category, location } of report.diagnostics) {
      this.#found.set(location.path, [...(this.#found.get(location.path) ?? []), category]);
    }
  }

  rulesBrokenIn(file: string): readonly string[] {
    return this.#found.get(file) ?? [];
  }

  remove(): void {
    rmSync(this.#root, { recursive: true });
  }
}

const project = new LintedProject();

/** `src/http/x.ts` with a number, so that every row has its own file. */
function numbered(file: string, kind: string, row: number): string {
  return file.replace('/x.ts', `/${kind}-${row}.ts`);
}

beforeAll(() => {
  for (const [row, [file, imported]] of breaches.entries()) {
    project.write(numbered(file, 'import', row), `import '${imported}';\n`);
    project.write(numbered(file, 'type', row), `export type { X } from '${imported}';\n`);
  }
  for (const [row, [file, imported]] of allowed.entries()) {
    project.write(numbered(file, 'allowed', row), `import '${imported}';\n`);
  }
  for (const [, file, text] of rules) project.write(file, `${text}\n`);
  project.write('src/http/cycle-b.ts', "import './cycle-a.ts';\n");
  project.lint();
});

afterAll(() => project.remove());

describe('who may import whom', () => {
  test.each(breaches.map((row, index) => [...row, index] as const))('%s may not import %s', (file, _imported, row) => {
    expect(project.rulesBrokenIn(numbered(file, 'import', row))).toContain('lint/style/noRestrictedImports');
    expect(project.rulesBrokenIn(numbered(file, 'type', row))).toContain('lint/style/noRestrictedImports');
  });

  test.each(allowed.map((row, index) => [...row, index] as const))('%s may import %s', (file, _imported, row) => {
    expect(project.rulesBrokenIn(numbered(file, 'allowed', row))).toEqual([]);
  });
});

test.each(rules)('%s is an error', (rule, file) => {
  expect(project.rulesBrokenIn(file)).toContain(`lint/${rule}`);
});

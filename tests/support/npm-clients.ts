import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { build } from 'vite';

const ENTRY = join(import.meta.dirname, 'page/npm-clients.js');

export type NpmClient = 'whip-whep' | 'eyevinn';

/** `page/npm-clients.js` and what it imports, as one script. */
export async function bundleNpmClients(): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: 'error',
    build: { write: false, minify: false, lib: { entry: ENTRY, formats: ['iife'], name: 'bundle' } },
  });
  const [bundle] = [built].flat();
  if (!bundle || !('output' in bundle)) throw new Error('vite built nothing');
  return bundle.output[0].code;
}

/** Starts a session in a page that has the bundle; `session` there is what it can be asked. */
export async function startNpmClient(
  page: Page,
  client: NpmClient,
  call: 'publish' | 'play',
  options: object,
): Promise<void> {
  const started = `npmClients['${client}'].${call}(${JSON.stringify(options)})`;
  await page.evaluate(`${started}.then((session) => { globalThis.session = session; })`);
}

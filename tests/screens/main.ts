/** `npm run screens`: pictures of every page, in both themes, on a desktop and on a phone, into docs/screens. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { newVisitor, openBrowser, type Visitor } from '../support/browser.ts';
import { TestPostgres, urlOf } from '../support/database.ts';
import { logIn } from '../support/log-in.ts';
import { Server } from '../support/server.ts';
import { album } from './album.ts';
import { photograph, SCREENS, type Screen } from './camera.ts';
import { RIVER, type Scene, STUDIO_LOOK, setScene } from './scene.ts';
import { FRESH, SHOTS, type Shot } from './shots.ts';

const folder = join(import.meta.dirname, '../../docs/screens');
/** Names of shots: only these are taken anew. */
const wanted = process.argv.slice(2);
const isWanted = ({ name }: Shot) => wanted.length === 0 || wanted.includes(name);

if (wanted.length === 0) await rm(folder, { recursive: true, force: true });
await mkdir(folder, { recursive: true });
const postgres = await TestPostgres.start();
const database = await postgres.newDatabase();
const env = { REGISTRATION: 'open', TRANSCODERS: '1', DATABASE_URL: urlOf(database) };
const [server, browser] = await Promise.all([Server.start({ env }), openBrowser()]);
try {
  const stranger = await newVisitor(browser);
  const untouched: Pick<Scene, 'server'> = { server };
  for (const shot of FRESH.filter(isWanted)) await take(shot, untouched as Scene, stranger);
  const scene = await setScene({ server, browser, database });
  const owner = await openOwner(browser);
  for (const shot of SHOTS.filter(isWanted)) await take(shot, scene, shot.isStranger ? stranger : owner);
  await writeFile(join(folder, 'README.md'), album([...FRESH, ...SHOTS]));
  await scene.close();
} finally {
  await browser.close();
  await server.stop();
  await postgres.close();
}

async function openOwner(of: Browser): Promise<Visitor> {
  const owner = await newVisitor(of);
  await owner.context.addInitScript({ path: RIVER });
  await owner.context.addInitScript(`useAsCamera(${JSON.stringify(STUDIO_LOOK)})`);
  await (await logIn(owner, server.url)).close();
  return owner;
}

async function take({ name, path, arrange, isOneScreen = false }: Shot, scene: Scene, visitor: Visitor): Promise<void> {
  const address = path(scene);
  if (address === undefined) return console.error(`${name}: there is nothing to show`);
  for (const screen of Object.keys(SCREENS) as Screen[]) {
    const page = await visitor.context.newPage();
    try {
      await page.setViewportSize(SCREENS[screen]);
      await page.goto(server.url + address, { waitUntil: 'load' });
      await page.getByRole('heading').first().waitFor({ state: 'attached' });
      await arrange?.(page);
      await page.waitForLoadState('networkidle', { timeout: 1500 }).catch(() => {});
      await photograph(page, name, screen, folder, !isOneScreen);
    } catch (error) {
      console.error(`${name} on a ${screen}:`, error);
      process.exitCode = 1;
    } finally {
      await page.close();
      await visitor.context.setOffline(false);
    }
  }
  console.log(name);
}

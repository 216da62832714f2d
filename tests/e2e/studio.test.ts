import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { fixture } from '../images/pictures.ts';
import { Api } from '../support/api.ts';
import { keepPicture, newVisitor, openBrowser, picture, pictureChange, type Visitor } from '../support/browser.ts';
import { logIn } from '../support/log-in.ts';
import { Server } from '../support/server.ts';
import { endStream, goLive } from '../support/studio.ts';
import { until } from '../support/until.ts';
import { hearsSound, seesMovingPicture, tapForSound } from '../support/watching.ts';

const PLAYER = '[data-testid=player]';
const PREVIEW = 'video[aria-label="What you send"]';
/** Of 255: another scene, not another moment of the same. */
const OTHER_SCENE = 12;

let server: Server;
let browser: Browser;
let api: Api;
let slug: string;
let streamer: Visitor;

beforeAll(async () => {
  [server, browser] = await Promise.all([Server.start(), openBrowser()]);
  api = await Api.setUp(server);
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

beforeEach(async () => {
  ({ slug } = await api.createChannel('creek'));
  streamer = await newVisitor(browser);
  await (await logIn(streamer, server.url)).close();
});

afterEach(async () => {
  await streamer?.leave();
});

async function openStudio(): Promise<Page> {
  const page = await streamer.open(`${server.url}/studio?channel=${slug}`);
  await until('the preview shows something', () => picture(page, PREVIEW));
  return page;
}

async function openWatch(visitor: Visitor): Promise<Page> {
  const page = await visitor.open(`${server.url}/${slug}`);
  await seesMovingPicture(page, PLAYER);
  return page;
}

const scene = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

/** The picture that `selector` shows once it differs from all of `others` as another scene does. */
function otherThan(page: Page, selector: string, others: readonly (readonly number[])[]): Promise<readonly number[]> {
  return until('another scene is seen', async () => {
    const now = await picture(page, selector);
    return now && others.every((other) => pictureChange(other, now) > OTHER_SCENE) && now;
  });
}

test('scenes change under the eyes of a viewer, without a new connection', async () => {
  const studio = await openStudio();
  await goLive(studio);
  const viewer = await newVisitor(browser);
  const watch = await openWatch(viewer);
  await tapForSound(watch);
  await until('the studio shows what it sends', () => studio.getByText(/\d+×\d+ · \d+ fps/).isVisible());
  await keepPicture(studio, 'studio-1-camera');

  const camera = await otherThan(watch, PLAYER, []);
  await studio.keyboard.press('2');
  await until(
    'the screen is chosen',
    async () => (await scene(studio, 'Screen').getAttribute('aria-pressed')) === 'true',
  );
  await seesMovingPicture(watch, PLAYER);
  await hearsSound(watch);

  await studio.keyboard.press('3');
  await studio.getByTestId('inset').waitFor();
  await seesMovingPicture(watch, PLAYER);
  await keepPicture(studio, 'studio-2-both');
  await keepPicture(watch, 'studio-3-both-watched');

  await studio
    .getByLabel('Choose an image')
    .setInputFiles({ name: 'card.png', mimeType: 'image/png', buffer: Buffer.from(fixture('plain.png')) });
  await otherThan(watch, PLAYER, [camera]);
  await keepPicture(studio, 'studio-4-image');
  await keepPicture(watch, 'studio-5-image-watched');

  await studio.keyboard.press('1');
  await seesMovingPicture(watch, PLAYER);
  expect(await studio.evaluate('probe.peers()')).toBe(1);
  expect(await watch.evaluate('probe.peers()')).toBe(1);
  await endStream(studio);
  expect([...streamer.errors, ...viewer.errors]).toEqual([]);
  await viewer.leave();
});

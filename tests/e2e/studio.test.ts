import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { fixture } from '../images/pictures.ts';
import { seriousFaults } from '../support/accessibility.ts';
import { Api } from '../support/api.ts';
import {
  keepPicture,
  newVisitor,
  openBrowser,
  picture,
  pictureChange,
  received,
  type Visitor,
} from '../support/browser.ts';
import { logIn } from '../support/log-in.ts';
import { Server } from '../support/server.ts';
import { shapePage } from '../support/shaped-page.ts';
import { endStream, goLive } from '../support/studio.ts';
import { UdpShaper } from '../support/udp-shaper.ts';
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
  const lines = () => studio.locator(PREVIEW).evaluate((video) => ('videoHeight' in video ? video.videoHeight : 0));
  await until('the whole screen is seen', async () => (await received(watch)).height === (await lines()));

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
  await until('the whole camera is seen', async () => (await received(watch)).height === (await lines()));
  expect(await studio.evaluate('probe.peers()')).toBe(1);
  expect(await watch.evaluate('probe.peers()')).toBe(1);
  await endStream(studio);
  expect([...streamer.errors, ...viewer.errors]).toEqual([]);
  await viewer.leave();
});

test('browsers that give a worker no frames compose on the page, and it moves too', async () => {
  await streamer.context.addInitScript('delete globalThis.MediaStreamTrackGenerator');
  const studio = await openStudio();
  await goLive(studio);
  await studio.keyboard.press('3');
  await studio.getByTestId('inset').waitFor();
  const viewer = await newVisitor(browser);
  await openWatch(viewer);
  await viewer.leave();
});

test('the camera in the picture is dragged, moved by keys, and stays where it was put', async () => {
  const studio = await openStudio();
  await studio.keyboard.press('3');
  const inset = studio.getByTestId('inset');
  const place = async () => (await inset.getAttribute('aria-label')) ?? '';
  const isAt = (where: RegExp) => until(`it is at ${where}`, async () => where.test(await place()));
  await inset.waitFor();
  await isAt(/100 % across, 100 % down, 25 % wide/);

  await studio.getByRole('button', { name: 'Top left' }).click();
  await isAt(/ 0 % across, 0 % down/);
  await inset.focus();
  for (const key of ['ArrowRight', 'ArrowRight', 'ArrowDown', '+']) await studio.keyboard.press(key);
  await isAt(/10 % across, 5 % down, 27 % wide/);

  const box = await inset.boundingBox();
  const preview = await studio.locator(PREVIEW).boundingBox();
  if (!box || !preview) throw new Error('nothing is shown');
  await studio.mouse.move(box.x + 10, box.y + 10);
  await studio.mouse.down();
  await studio.mouse.move(preview.x + preview.width - 20, preview.y + preview.height / 2, { steps: 5 });
  await studio.mouse.up();
  await isAt(/100 % across, (4|5|6)\d % down, 27 % wide/);

  const kept = await place();
  await studio.reload();
  await until('the preview shows something', () => picture(studio, PREVIEW));
  await studio.keyboard.press('3');
  await inset.waitFor();
  expect(await place()).toBe(kept);
});

/** `getUserMedia` that fails as it is told to: `refuse = { video: 'NotAllowedError' }`. */
const REFUSING = `
  globalThis.refuse ??= {};
  const { mediaDevices } = navigator;
  const open = mediaDevices.getUserMedia.bind(mediaDevices);
  mediaDevices.getUserMedia = async (wanted) => {
    for (const kind of Object.keys(wanted)) {
      const name = refuse[kind];
      if (wanted[kind] && name) throw Object.assign(new Error('refused'), { name });
    }
    const media = await open(wanted);
    globalThis.opened = media;
    return media;
  };
`;

test.each([
  ['NotAllowedError', 'denied', 'The browser may not use the camera'],
  ['NotFoundError', 'missing', 'No camera was found'],
  ['NotReadableError', 'busy', 'The camera is in use by another program'],
])('a camera that is refused by %s is told of as such, and does without', async (name, reason, words) => {
  await streamer.context.addInitScript(`globalThis.refuse = { video: '${name}' }; ${REFUSING}`);
  // What is not allowed together is opened apart where it is allowed: as in a browser that forbids the camera alone.
  await streamer.context.addInitScript(`
    const query = navigator.permissions.query.bind(navigator.permissions);
    navigator.permissions.query = async (asked) =>
      asked.name === 'camera' ? Object.assign(new EventTarget(), { state: '${reason}' }) : query(asked);
  `);
  const studio = await streamer.open(`${server.url}/studio?channel=${slug}`);
  const trouble = studio.locator(`[data-problem=camera-${reason}]`);
  await trouble.waitFor();
  expect(await trouble.innerText()).toContain(words);
  await keepPicture(studio, `studio-trouble-${reason}`);
  await goLive(studio);
  await until('sound alone is live', async () => (await api.live(slug)).state === 'live');

  await studio.evaluate('refuse.video = undefined');
  await trouble.getByRole('button', { name: 'Try again' }).click();
  await trouble.waitFor({ state: 'detached' });
  const viewer = await newVisitor(browser);
  await openWatch(viewer);
  expect(await studio.evaluate('probe.peers()')).toBe(1);
  await viewer.leave();
});

test('a camera that is pulled out while live is told of, and another takes its place', async () => {
  await streamer.context.addInitScript(REFUSING);
  const studio = await openStudio();
  await goLive(studio);
  const viewer = await newVisitor(browser);
  const watch = await openWatch(viewer);
  await studio.evaluate(
    'for (const track of opened.getVideoTracks()) { track.stop(); track.dispatchEvent(new Event("ended")); }',
  );
  const trouble = studio.locator('[data-problem=camera-unplugged]');
  await trouble.waitFor();
  expect(await trouble.innerText()).toMatch(/The camera was unplugged\s+“fake_device_0” is used now/);
  await seesMovingPicture(watch, PLAYER);
  await trouble.getByRole('button', { name: 'Dismiss' }).click();
  await trouble.waitFor({ state: 'detached' });
  await viewer.leave();
});

test('the choice of codec, size and layers is sent, the size also while live, and this browser remembers it', async () => {
  const studio = await openStudio();
  await studio.keyboard.press(',');
  const dialog = studio.getByRole('dialog', { name: 'Settings' });
  await dialog.getByLabel('Codec').selectOption({ label: 'VP8' });
  await keepPicture(studio, 'studio-6-settings');
  expect(await seriousFaults(studio)).toEqual([]);
  await dialog.getByRole('button', { name: 'Done' }).click();
  await goLive(studio);
  const heights = async () => {
    const layers = (await api.live(slug)).stream?.layers ?? [];
    return layers.flatMap(({ height = 0, bitrateBps }) => (bitrateBps > 0 ? [height] : [])).toSorted((a, b) => b - a);
  };
  await until('three layers arrive', async () => String(await heights()) === '720,360,180');

  const viewer = await newVisitor(browser);
  const watch = await openWatch(viewer);
  expect((await received(watch)).videoCodec).toBe('video/VP8');
  await studio.keyboard.press(',');
  expect(await dialog.getByLabel('Codec').isDisabled()).toBe(true);
  await dialog.getByLabel('Resolution').selectOption({ label: '480p' });
  await dialog.getByRole('button', { name: 'Done' }).click();
  await until('two layers arrive, the larger of them of 480 lines', async () => String(await heights()) === '480,240');
  await seesMovingPicture(watch, PLAYER);
  expect(await studio.evaluate('probe.peers()')).toBe(1);

  await endStream(studio);
  await studio.reload();
  await until('the preview shows something', () => picture(studio, PREVIEW));
  await studio.keyboard.press(',');
  expect(await dialog.getByLabel('Resolution').inputValue()).toBe('480');
  expect(await dialog.getByLabel('Codec').inputValue()).toBe('vp8');
  await viewer.leave();
});

test('who is muted is not heard, and heard again once he is not', async () => {
  const studio = await openStudio();
  await goLive(studio);
  const viewer = await newVisitor(browser);
  const watch = await openWatch(viewer);
  await tapForSound(watch);
  await hearsSound(watch);
  await studio.keyboard.press('m');
  await studio.getByRole('button', { name: 'Unmute' }).waitFor();
  const energy = async () => (await received(watch)).audioEnergy;
  let before = -1;
  await until(
    'nothing more is heard',
    async () => {
      const now = await energy();
      const isSilent = now - before < 1e-4;
      before = now;
      return isSilent;
    },
    { everyMs: 2500 },
  );
  await studio.keyboard.press('m');
  await hearsSound(watch);
  await viewer.leave();
});

test('leaving the page asks first, closing it too, and so does taking over from another device', async () => {
  const studio = await openStudio();
  await goLive(studio);
  await until('it is live', async () => (await api.live(slug)).state === 'live');
  const question = studio.getByRole('dialog');
  await studio.getByRole('link', { name: 'Dashboard' }).click();
  await question.getByText('Leaving the studio ends the stream').waitFor();
  await question.getByRole('button', { name: 'Cancel' }).click();
  const [asked] = await Promise.all([studio.waitForEvent('dialog'), studio.close({ runBeforeUnload: true })]);
  expect(asked.type()).toBe('beforeunload');
  await asked.dismiss();
  expect((await api.live(slug)).state).toBe('live');

  const other = await newVisitor(browser);
  await (await logIn(other, server.url)).close();
  const second = await other.open(`${server.url}/studio?channel=${slug}`);
  await until('the preview shows something', () => picture(second, PREVIEW));
  await until('the take-over is asked', async () => {
    await second.getByTestId('go-live').click();
    return second.getByRole('dialog', { name: 'This channel is live already' }).isVisible();
  });
  await second.getByRole('button', { name: 'Take over' }).click();
  await second.getByTestId('stop').waitFor();
  await studio.getByText('Somebody else went live on this channel.').waitFor();

  await second.getByRole('link', { name: 'Dashboard' }).click();
  await second.getByRole('button', { name: 'End and leave' }).click();
  await second.waitForURL('**/dashboard');
  await until('it is over', async () => (await api.live(slug)).state === 'offline');
  await other.leave();
});

test('a guest is answered and banned from the studio', async () => {
  const studio = await openStudio();
  await goLive(studio);
  const guest = await newVisitor(browser);
  const watch = await openWatch(guest);
  await watch.getByLabel('Your name in the chat').fill('Nora');
  await watch.getByRole('button', { name: 'Join' }).click();
  await watch.getByLabel('Message', { exact: true }).fill('something rude');
  await watch.keyboard.press('Enter');

  const said = studio.getByRole('log').locator('[data-message]').filter({ hasText: 'something rude' });
  await said.waitFor();
  await studio.getByLabel('Message', { exact: true }).fill('1 m 3 g');
  await studio.keyboard.press('Enter');
  await watch.getByRole('log').getByText('1 m 3 g').waitFor();
  await said.hover();
  await said.getByRole('button', { name: /^Moderate/ }).click();
  await said.getByRole('button', { name: 'Ban for 10 minutes' }).click();
  await watch.getByText(/You may not write here until/).waitFor();
  // What is typed into the chat is no shortcut.
  await studio.getByRole('button', { name: 'Mute', exact: true }).waitFor();
  expect(await scene(studio, 'Camera').getAttribute('aria-pressed')).toBe('true');
  await guest.leave();
});

test('a network that is lost and comes back costs a moment, not the stream', async () => {
  const link = await UdpShaper.open({ seed: 11, serverPort: server.mediaPort });
  const studio = await openStudio();
  await shapePage(studio, link);
  await goLive(studio);
  const viewer = await newVisitor(browser);
  const watch = await openWatch(viewer);
  await watch.evaluate('globalThis.sameDocument = true');
  link.change({ up: { loss: 1 }, down: { loss: 1 } });
  await studio.getByText(/Connection lost/).waitFor();
  await studio.getByText('You stay live').waitFor();
  await keepPicture(studio, 'studio-7-reconnecting');
  link.change({ up: {}, down: {} });
  await until('it is live again', async () => (await studio.locator('[data-state=live]').count()) > 0, {
    timeoutMs: 30_000,
  });
  await seesMovingPicture(watch, PLAYER);
  expect(await watch.evaluate('globalThis.sameDocument')).toBe(true);
  await viewer.leave();
  link.close();
});

test('it can be used by everybody, in both themes, on a phone and at a desk, live or not', async () => {
  const studio = await openStudio();
  for (const isLive of [false, true]) {
    if (isLive) {
      await goLive(studio);
      await until('the charts have figures', () =>
        studio
          .getByText(/\d+ fps/)
          .first()
          .isVisible(),
      );
    }
    for (const [look, size] of [
      ['desk', { width: 1440, height: 900 }],
      ['phone', { width: 390, height: 844 }],
    ] as const) {
      await studio.setViewportSize(size);
      for (const colorScheme of ['light', 'dark'] as const) {
        await studio.emulateMedia({ colorScheme });
        expect(await seriousFaults(studio), `${look} ${colorScheme}`).toEqual([]);
        await studio.screenshot({
          path: `tests/.output/studio-${isLive ? 'live' : 'ready'}-${look}-${colorScheme}.png`,
          fullPage: look === 'phone',
        });
      }
    }
  }
  await studio.keyboard.press('?');
  await studio.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
  expect(await seriousFaults(studio)).toEqual([]);
});

import type { Page } from 'playwright-core';
import { until } from '../support/until.ts';
import type { Scene } from './scene.ts';

export interface Shot {
  readonly name: string;
  readonly title: string;
  readonly path: (scene: Scene) => string | undefined;
  /** A stranger's; otherwise the owner's, who is logged in. */
  readonly isStranger?: boolean;
  /** Only what is on the screen at once: what lies on top of the page, or fills it. */
  readonly isOneScreen?: boolean;
  /** Until it looks as it shall. */
  readonly arrange?: (page: Page) => Promise<void>;
}

/** Asked again and again from outside: the page's policy lets nothing be evaluated within. */
const playing = (page: Page) =>
  until('it plays', () =>
    page.evaluate<boolean>(
      "[...document.querySelectorAll('video')].some((video) => video.videoWidth > 0 && !video.paused)",
    ),
  );

const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name }).first();

/** What is taken before anybody set the server up. */
export const FRESH: readonly Shot[] = [
  { name: 'home-fresh', title: 'A server just started', path: () => '/', isStranger: true },
  { name: 'setup', title: 'Set-up', path: ({ server }) => server.setupUrl.slice(server.url.length), isStranger: true },
];

export const SHOTS: readonly Shot[] = [
  {
    name: 'home',
    title: 'Home',
    path: () => '/',
    isStranger: true,
    arrange: (page) => page.locator('main a img').nth(1).waitFor({ timeout: 40_000 }),
  },
  { name: 'home-search', title: 'A search without a match', path: () => '/?q=opera', isStranger: true },
  {
    name: 'watch',
    title: 'Watching',
    path: () => '/brook',
    isStranger: true,
    arrange: async (page) => void (await playing(page)),
  },
  {
    name: 'watch-stats',
    title: 'Statistics of the player',
    path: () => '/brook',
    isStranger: true,
    isOneScreen: true,
    arrange: async (page) => {
      await playing(page);
      await page.keyboard.press('s');
      await page.getByTestId('stats').getByText('Received').waitFor();
    },
  },
  {
    name: 'watch-shortcuts',
    title: 'Keyboard shortcuts',
    path: () => '/brook',
    isStranger: true,
    isOneScreen: true,
    arrange: async (page) => {
      await playing(page);
      await page.keyboard.press('?');
      await page.getByRole('dialog').waitFor();
    },
  },
  {
    name: 'watch-share',
    title: 'Sharing a channel',
    path: () => '/brook',
    isStranger: true,
    isOneScreen: true,
    arrange: (page) => button(page, 'Share').click(),
  },
  {
    name: 'watch-quality',
    title: 'Choosing a quality',
    path: () => '/brook',
    isStranger: true,
    isOneScreen: true,
    arrange: async (page) => {
      await playing(page);
      await page.locator('[data-testid=player]').hover();
      await button(page, /^Quality/).click();
      await page.getByRole('menuitemradio', { name: /^180p/ }).waitFor();
    },
  },
  { name: 'watch-private', title: 'A private channel', path: () => '/rehearsal', isStranger: true },
  { name: 'watch-offline', title: 'A channel that is not live', path: () => '/night-radio', isStranger: true },
  {
    name: 'recording',
    title: 'A recording',
    path: ({ recordingId }) => recordingId && `/brook/recordings/${recordingId}`,
    isStranger: true,
  },
  {
    name: 'embed',
    title: 'The player on another site',
    path: () => '/embed/brook?muted=true&autoplay=true',
    isStranger: true,
    isOneScreen: true,
    arrange: async (page) => void (await playing(page)),
  },
  { name: 'not-there', title: 'Nothing here', path: () => '/no-such-channel', isStranger: true },
  {
    name: 'out-of-reach',
    title: 'Without a network',
    path: () => '/night-radio',
    isStranger: true,
    isOneScreen: true,
    arrange: async (page) => {
      await page.evaluate('navigator.serviceWorker.ready.then(() => undefined)');
      await page.reload();
      await page.context().setOffline(true);
      await page.reload();
      await page.getByRole('link', { name: 'Try again' }).waitFor();
    },
  },
  { name: 'login', title: 'Login', path: () => '/login', isStranger: true },
  { name: 'register', title: 'A new account', path: () => '/register', isStranger: true },
  {
    name: 'invite',
    title: 'An invitation',
    path: ({ server, inviteUrl }) => inviteUrl.slice(server.url.length),
    isStranger: true,
  },
  { name: 'reset-password', title: 'A new password', path: () => '/reset-password?token=none', isStranger: true },
  { name: 'studio', title: 'Studio', path: () => '/studio?channel=chess-club' },
  { name: 'dashboard', title: 'Your channels', path: () => '/dashboard' },
  {
    name: 'dashboard-channel',
    title: 'A channel that is live',
    path: () => '/dashboard/brook',
    arrange: async (page) =>
      void (await page
        .getByTestId('live-now')
        .getByText('fps')
        .or(page.getByTestId('live-now').getByText('/s'))
        .first()
        .waitFor()),
  },
  {
    name: 'dashboard-key',
    title: 'A new stream key',
    path: () => '/dashboard/town-hall',
    isOneScreen: true,
    arrange: async (page) => {
      await button(page, 'New key').click();
      await page.getByRole('dialog').getByText('Bearer token').waitFor();
    },
  },
  {
    name: 'dashboard-delete',
    title: 'Before a channel is deleted',
    path: () => '/dashboard/town-hall',
    isOneScreen: true,
    arrange: (page) => button(page, 'Delete…').click(),
  },
  {
    name: 'dashboard-recordings',
    title: 'Recordings and their versions',
    path: () => '/dashboard/brook',
    isOneScreen: true,
    arrange: (page) =>
      page.locator('#recordings').evaluate((title: { scrollIntoView(): void }) => title.scrollIntoView()),
  },
  { name: 'streams', title: 'Past streams', path: () => '/dashboard/brook/streams' },
  { name: 'stream', title: 'Figures of a stream', path: ({ streamId }) => `/dashboard/brook/streams/${streamId}` },
  { name: 'account', title: 'Your account', path: () => '/account' },
  {
    name: 'admin',
    title: 'Administration: health',
    path: () => '/admin',
    arrange: async (page) => void (await page.locator('[data-level]').nth(8).waitFor()),
  },
  {
    name: 'admin-streams',
    title: 'Administration: live streams',
    path: () => '/admin/streams',
    arrange: async (page) =>
      void (await page.getByTestId('stream').getByRole('rowheader', { name: 'Picture' }).first().waitFor()),
  },
  { name: 'admin-jobs', title: 'Administration: jobs', path: () => '/admin/jobs' },
  { name: 'admin-storage', title: 'Administration: storage', path: () => '/admin/storage' },
  { name: 'admin-people', title: 'Administration: people', path: () => '/admin/people' },
  { name: 'admin-tokens', title: 'Administration: API tokens', path: () => '/admin/tokens' },
  {
    name: 'studio-live',
    title: 'Studio, live',
    path: () => '/studio?channel=chess-club',
    arrange: async (page) => {
      await page.getByTestId('go-live').or(page.getByTestId('stop')).first().waitFor();
      if ((await page.getByTestId('stop').count()) === 0) await page.getByTestId('go-live').click();
      await page.getByTestId('stop').waitFor();
      await page.waitForTimeout(8000);
    },
  },
];

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';

export const THEMES = ['light', 'dark'] as const;
export const SCREENS = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } } as const;

export type Screen = keyof typeof SCREENS;

const QUALITY = 78;
/** A page of a phone goes on below its screen; so much of it is kept. */
const LONGEST = { desktop: 1400, phone: 1500 } as const;

/** Colours that go over into those of another theme have arrived, and are drawn. */
const SETTLED = `new Promise((done) => requestAnimationFrame(() =>
  Promise.allSettled(document.getAnimations().filter((one) => one instanceof CSSTransition).map(({ finished }) => finished))
    .then(() => requestAnimationFrame(() => requestAnimationFrame(done)))))`;

export function fileName(shot: string, screen: Screen, theme: (typeof THEMES)[number]): string {
  return `${shot}-${screen}-${theme}.webp`;
}

/** The page as it stands, in both themes. `isWhole`: with what lies below the screen. */
export async function photograph(
  page: Page,
  shot: string,
  screen: Screen,
  folder: string,
  isWhole: boolean,
): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const { width, height } = SCREENS[screen];
  const content = await page.evaluate<number>('document.documentElement.scrollHeight');
  const seen = isWhole ? Math.min(Math.max(height, content), LONGEST[screen]) : height;
  for (const theme of THEMES) {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
    await page.evaluate(SETTLED);
    const { data } = await session.send('Page.captureScreenshot', {
      format: 'webp',
      quality: QUALITY,
      ...(isWhole && { captureBeyondViewport: true, clip: { x: 0, y: 0, width, height: seen, scale: 1 } }),
    });
    await writeFile(join(folder, fileName(shot, screen, theme)), Buffer.from(data, 'base64'));
  }
  await session.detach();
}

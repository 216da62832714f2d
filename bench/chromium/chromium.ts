import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { openBareSite } from '../../tests/support/bare-site.ts';
import { openBrowser } from '../../tests/support/browser.ts';

const SCRIPT = join(import.meta.dirname, 'page.js');

/** Chromium with pages that know how to measure. */
export async function withChromium<T>(act: (openPage: () => Promise<Page>) => Promise<T>): Promise<T> {
  const [browser, site] = await Promise.all([openBrowser(), openBareSite()]);
  try {
    // As a viewer who was never asked for his camera: one who was has more addresses to try.
    const context = await browser.newContext({ permissions: [] });
    await context.addInitScript({ path: SCRIPT });
    return await act(async () => {
      const page = await context.newPage();
      await page.goto(site.url);
      return page;
    });
  } finally {
    await browser.close();
    site.close();
  }
}

/** Calls `bench.<method>(argument)` in the page. */
export function inPage<T>(page: Page, method: string, argument: unknown): Promise<T> {
  return page.evaluate<T>(`bench.${method}(${JSON.stringify(argument)})`);
}

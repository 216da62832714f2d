import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';

const SCRIPT = join(import.meta.dirname, 'page/screening.js');

/** What a person in front of a page has seen and heard of a film that flashes and beeps, since it was told to forget. */
export interface Screened {
  readonly watchedMs: number;
  /** In the video, in seconds. */
  readonly at: number;
  readonly height: number;
  /** Of the first picture, and then each change. */
  readonly sizes: readonly { readonly height: number; readonly afterMs: number }[];
  /** How long it stood still although it should have gone on; 0 when it never did. */
  readonly longestStallMs: number;
  readonly stalledMs: number;
  /** Of each flash: how much later it was shown than its beep left the element. */
  readonly offsetsMs: readonly number[];
}

/** To be called before the page is opened. */
export async function prepareScreening(context: BrowserContext): Promise<void> {
  await context.addInitScript({ path: SCRIPT });
}

/** Somebody must have clicked on the page before, or there is no sound. */
export async function openScreening(page: Page, selector: string): Promise<void> {
  await page.evaluate(`globalThis.screening = openScreening(${JSON.stringify(selector)})`);
}

export const screened = (page: Page): Promise<Screened> => page.evaluate('screening.look()');

export const forget = (page: Page) => page.evaluate('screening.forget()');

/** The middle one; not a number where there is none. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

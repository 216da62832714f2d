import type { Page } from 'playwright-core';
import type { AnyPage } from './browser.ts';
import { until } from './until.ts';

/** A network of ours in place of the way to the server. */
interface Detour {
  inAnswer(sdp: string): string;
}

/** Sends the media of what this page publishes or plays from now on over a bad network; HTTP goes around it. */
export async function shapePage(page: Page, link: Detour): Promise<void> {
  await page.route(/\/(whip|whep)\b/, async (route) => {
    const response = await route.fetch();
    if (response.status() !== 201) return route.fulfill({ response });
    return route.fulfill({ response, body: link.inAnswer(await response.text()) });
  });
}

/** What a person in front of the page has seen. */
export interface Sight {
  readonly watchedMs: number;
  readonly pictures: number;
  readonly height: number;
  readonly freezes: number;
  /** 0 when there was none. */
  readonly longestFreezeMs: number;
  readonly frozenShare: number;
  /** The median, without sign; absent as long as the browser can not tell. */
  readonly lipOffsetMs?: number;
  /** Packets of the picture that came again. */
  readonly packetsRepaired: number;
  /** As the browser knows it; absent where nobody told. */
  readonly roundTripMs?: number;
}

/** Watches the page's `<video>` for some time; `whenHalf` is done in the middle of it. */
export async function watchFor(page: Page, ms: number, whenHalf?: () => void): Promise<Sight> {
  await page.evaluate('globalThis.eye = openEye()');
  if (whenHalf) {
    await seen(page, ms / 2);
    whenHalf();
  }
  const sight = await seen(page, ms);
  await page.evaluate('eye.close()');
  return sight;
}

/** What was seen while `act` was done, and until then. */
export async function sightDuring(page: AnyPage, act: () => Promise<void>): Promise<Sight> {
  await page.evaluate('globalThis.eye = openEye()');
  await act();
  const sight = await page.evaluate<Sight>('eye.look()');
  await page.evaluate('eye.close()');
  return sight;
}

function seen(page: Page, ms: number): Promise<Sight> {
  const look = async () => {
    const sight = await page.evaluate<Sight>('eye.look()');
    return sight.watchedMs >= ms && sight;
  };
  return until(`${ms} ms are watched`, look, { timeoutMs: ms + 15_000, everyMs: 250 });
}

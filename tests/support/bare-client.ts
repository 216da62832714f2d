import type { Page } from 'playwright-core';
import type { Visitor } from './browser.ts';
import { shapePage } from './shaped-page.ts';
import type { UdpShaper } from './udp-shaper.ts';

/** A page on the bare site with one WHIP or WHEP session; its media goes over `link`, where there is one. */
export async function openBareClient(
  { visitor, siteUrl, link }: { visitor: Visitor; siteUrl: string; link?: UdpShaper | undefined },
  call: 'publish' | 'play' | 'takeOffer',
  options: object,
): Promise<Page> {
  const page = await visitor.open(siteUrl);
  await page.waitForFunction('globalThis.client');
  if (link) await shapePage(page, link);
  // Browsers play sound only where somebody has clicked.
  await page.locator('video').click();
  await page.evaluate(`client.${call}(${JSON.stringify(options)}).then((stop) => { globalThis.stop = stop; })`);
  return page;
}

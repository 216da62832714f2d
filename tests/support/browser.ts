import { join } from 'node:path';
import { type Browser, type BrowserContext, type Page, chromium as playwright } from 'playwright-core';
import { afterTest } from './after-test.ts';
import { chromium, requireTool } from './tools.ts';

export const outputDir = join(import.meta.dirname, '../.output');

const PROBE = join(import.meta.dirname, 'page/probe.js');

/** Chromium with a moving picture for a camera and a beep for a microphone. */
export async function openBrowser(): Promise<Browser> {
  return playwright.launch({
    executablePath: requireTool(chromium),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
      '--disable-quic',
      '--allow-loopback-in-peer-connection',
      '--use-fake-device-for-media-stream',
      '--use-fake-ui-for-media-stream',
      // Pages in the background are throttled otherwise, and all but one are.
      '--disable-background-timer-throttling',
      '--disable-backgrounding-occluded-windows',
      '--disable-renderer-backgrounding',
    ],
  });
}

const DESK = { viewport: { width: 1280, height: 800 } };
const PHONE = { viewport: { width: 360, height: 640 }, isMobile: true, hasTouch: true };

/** A visitor of his own: cookies apart from all others, errors of the page kept, `probe` in every page. */
export async function newVisitor(browser: Browser, { hasPhone = false } = {}): Promise<Visitor> {
  const context = await browser.newContext({
    ...(hasPhone ? PHONE : DESK),
    permissions: ['camera', 'microphone', 'clipboard-read', 'clipboard-write'],
    reducedMotion: 'reduce',
  });
  await context.addInitScript({ path: PROBE });
  return new Visitor(context);
}

export class Visitor {
  readonly context: BrowserContext;
  /** Uncaught errors and console errors of all his pages. */
  readonly errors: string[] = [];

  constructor(context: BrowserContext) {
    this.context = context;
    context.on('weberror', (event) => this.errors.push(String(event.error())));
    context.on('console', (message) => {
      if (message.type() === 'error') this.errors.push(`${message.text()} (${message.location().url})`);
    });
  }

  async open(url: string): Promise<Page> {
    const page = await this.context.newPage();
    afterTest(() => page.close());
    await page.goto(url);
    return page;
  }

  async leave(): Promise<void> {
    await this.context.close();
  }
}

/** A picture of the page in tests/.output, for people to look at. */
export async function keepPicture(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(outputDir, `${name}.png`) });
}

/** A page of any browser, with `probe` in it. */
export interface AnyPage {
  evaluate<T>(expression: string): Promise<T>;
}

/** What all open peer connections of a page received, summed. */
export interface Received {
  readonly framesDecoded: number;
  readonly width: number;
  readonly height: number;
  readonly videoCodec: string;
  readonly audioCodec: string;
  /** Energy of the decoded sound so far, before any volume control. */
  readonly audioEnergy: number;
  readonly freezes: number;
}

export function received(page: AnyPage): Promise<Received> {
  return page.evaluate<Received>('probe.received()');
}

/** The packets that came, and those that never did. */
export function arrived(page: AnyPage): Promise<{ readonly packets: number; readonly lost: number }> {
  return page.evaluate('probe.arrived()');
}

export interface Sent {
  readonly framesEncoded: number;
  readonly videoPackets: number;
  readonly audioPackets: number;
}

export function sent(page: AnyPage): Promise<Sent> {
  return page.evaluate<Sent>('probe.sent()');
}

/** The mean difference of a point between two pictures (0..255). */
export function pictureChange(before: readonly number[], after: readonly number[]): number {
  const total = before.reduce((sum, value, index) => sum + Math.abs(value - (after[index] ?? 0)), 0);
  return total / before.length;
}

/** The brightness of 64 x 36 points of a `<video>`; `undefined` before its first frame. */
export function picture(page: AnyPage, selector: string): Promise<readonly number[] | undefined> {
  return page.evaluate<readonly number[] | undefined>(`probe.picture(${JSON.stringify(selector)})`);
}

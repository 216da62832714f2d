import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, type TestContext, test } from 'vitest';
import { Api } from '../support/api.ts';
import { newVisitor, openBrowser } from '../support/browser.ts';
import { Coturn, hasCoturn } from '../support/coturn.ts';
import { logIn } from '../support/log-in.ts';
import { outsideAddress } from '../support/outside-address.ts';
import { Server } from '../support/server.ts';

const SECRET = 'of-the-relay-and-the-server';
const address = outsideAddress();
const missing = hasCoturn ? address === undefined && 'an address but loopback' : 'coturn (apt-get install coturn)';
if (missing) console.log(`The relay is not tested: this machine has no ${missing}.`);

describe.skipIf(missing)('the relay of compose.yaml', () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await openBrowser();
  });

  afterAll(async () => {
    await browser?.close();
  });

  /** What the owner's page finds of the relay. */
  async function examine(context: TestContext, env: Readonly<Record<string, string>>): Promise<Finding> {
    const relay = await Coturn.start({ TURN_SECRET: SECRET, TURN_ADDRESS: address ?? '' });
    context.onTestFinished(() => relay.stop());
    const at = `turn:${address}:${relay.port}?transport=`;
    const server = await Server.start({ env: { TURN_URLS: `${at}udp,${at}tcp`, TURN_SECRET: SECRET, ...env } });
    context.onTestFinished(async () => void (await server.stop()));
    await Api.setUp(server);
    const visitor = await newVisitor(browser);
    context.onTestFinished(() => visitor.leave());
    const page = await logIn(visitor, server.url);
    await page.goto(`${server.url}/admin`);
    return relayFinding(page);
  }

  test('takes the credentials of this server, and media comes through it', async (context) => {
    const { level, words } = await examine(context, { ANNOUNCED_ADDRESS: address ?? '' });
    expect(words).toMatch(/gets through from here by TURN, .* ms there and back/);
    expect(level).toBe('ok');
  });

  test('with another secret gives nothing, and the page says why', async (context) => {
    const { level, words } = await examine(context, { ANNOUNCED_ADDRESS: address ?? '', TURN_SECRET: 'another' });
    expect(level).toBe('warning');
    expect(words).toContain('TURN_SECRET must be the same');
  });

  test('forwards nothing to loopback, and the page says what to allow', async (context) => {
    const { level, words } = await examine(context, { ANNOUNCED_ADDRESS: '127.0.0.1' });
    expect(level).toBe('warning');
    expect(words).toContain('`allowed-peer-ip`'.replaceAll('`', ''));
  });

  test('does not start without a secret', async () => {
    const env = { TURN_SECRET: '', TURN_ADDRESS: address ?? '' };
    await expect(Coturn.start(env)).rejects.toThrow('TURN_SECRET is not set');
  });
});

interface Finding {
  readonly level: string | null;
  readonly words: string;
}

async function relayFinding(page: Page): Promise<Finding> {
  const finding = page.locator('[data-subject="TURN relay"]');
  await finding.waitFor();
  return { level: await finding.getAttribute('data-level'), words: await finding.innerText() };
}

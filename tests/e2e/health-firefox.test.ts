import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Api, owner } from '../support/api.ts';
import { Firefox } from '../support/firefox.ts';
import { Server } from '../support/server.ts';
import { isSkipped, firefox as tool } from '../support/tools.ts';

describe.skipIf(isSkipped(tool))('Firefox', () => {
  let server: Server;
  let firefox: Firefox;

  beforeAll(async () => {
    // Firefox in its sandbox has no candidate on loopback: it is met on the machine's own address.
    [server, firefox] = await Promise.all([Server.start({ env: { ANNOUNCED_ADDRESS: '' } }), Firefox.start()]);
    await Api.setUp(server);
  });

  afterAll(async () => {
    await firefox?.close();
    await server?.stop();
  });

  test('finds on the page of health every way of media open, and how far it is', async () => {
    const login = {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(owner),
    };
    const page = await firefox.open(`${server.url}/login`);
    await page.evaluate(`fetch('/api/v1/login', ${JSON.stringify(login)}).then(({ ok }) => ok)`);
    await page.close();

    const health = await firefox.open(`${server.url}/admin`);
    for (const transport of ['UDP', 'TCP']) {
      const selector = `[data-subject="${transport} ${server.mediaPort}"]`;
      await health.waitFor(selector);
      const words = await health.evaluate<string>(`document.querySelector('${selector}').innerText`);
      expect(words).toMatch(/gets through from here, .* ms there and back/);
    }
    expect(firefox.errors).toEqual([]);
    await health.close();
  });
});

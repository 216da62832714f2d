import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, requireTool } from './tools.ts';
import { until } from './until.ts';

interface Reply {
  readonly id?: number;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly message: string };
}

interface Evaluated {
  readonly result?: { readonly value?: unknown };
  readonly exceptionDetails?: unknown;
}

/**
 * Chromium with one page that can really be in the background, slowed down as at a user's: Playwright keeps every page
 * of its own in front. Spoken to by the DevTools protocol.
 */
export class BackgroundChromium {
  readonly #child: ChildProcess;
  readonly #profile: string;
  readonly #replies = new Map<number, (reply: Reply) => void>();
  #socket: WebSocket | undefined;
  #session = '';
  #calls = 0;

  private constructor() {
    this.#profile = mkdtempSync(join(tmpdir(), 'freshet-chromium-'));
    this.#child = spawn(
      requireTool(chromium),
      [
        '--headless=new',
        '--no-sandbox',
        '--disable-gpu',
        '--no-first-run',
        '--allow-loopback-in-peer-connection',
        '--use-fake-device-for-media-stream',
        '--use-fake-ui-for-media-stream',
        '--remote-debugging-port=0',
        `--user-data-dir=${this.#profile}`,
        'about:blank',
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
  }

  static async start(): Promise<BackgroundChromium> {
    const browser = new BackgroundChromium();
    await browser.#connect();
    return browser;
  }

  async open(url: string): Promise<void> {
    await this.#call('Page.navigate', { url });
    await until(`${url} is open`, async () => (await this.evaluate('document.readyState')) === 'complete');
  }

  /** As if somebody had pressed a key just now. */
  async evaluate(expression: string): Promise<unknown> {
    const asked = { expression, awaitPromise: true, returnByValue: true, userGesture: true };
    const { result, exceptionDetails } = (await this.#call('Runtime.evaluate', asked)) as Evaluated;
    if (exceptionDetails) throw new Error(`${expression}: ${JSON.stringify(exceptionDetails)}`);
    return result?.value;
  }

  /** Another tab comes to the front, and stays there. */
  async hide(): Promise<void> {
    await this.#call('Target.createTarget', { url: 'about:blank' }, '');
    await until('it is hidden', async () => (await this.evaluate('document.visibilityState')) === 'hidden');
  }

  async close(): Promise<void> {
    const exited = once(this.#child, 'exit');
    this.#child.kill();
    await exited;
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 5 });
  }

  async #connect(): Promise<void> {
    let said = '';
    this.#child.stderr?.on('data', (text: Buffer) => {
      said += text.toString();
    });
    const url = await until('Chromium listens', () => /ws:\/\/\S+/.exec(said)?.[0]);
    const socket = new WebSocket(url);
    this.#socket = socket;
    socket.addEventListener('message', ({ data }) => {
      const reply = JSON.parse(String(data)) as Reply;
      if (reply.id !== undefined) this.#replies.get(reply.id)?.(reply);
    });
    await until('the DevTools are open', () => socket.readyState === WebSocket.OPEN);
    const { targetInfos } = (await this.#call('Target.getTargets', {}, '')) as {
      targetInfos: readonly { readonly type: string; readonly targetId: string }[];
    };
    const targetId = targetInfos.find(({ type }) => type === 'page')?.targetId;
    const attached = await this.#call('Target.attachToTarget', { targetId, flatten: true }, '');
    this.#session = String(attached['sessionId']);
  }

  async #call(method: string, params: object, sessionId = this.#session): Promise<Readonly<Record<string, unknown>>> {
    const id = ++this.#calls;
    const replied = new Promise<Reply>((resolve) => this.#replies.set(id, resolve));
    this.#socket?.send(JSON.stringify({ id, method, params, ...(sessionId && { sessionId }) }));
    const { result, error } = await replied;
    this.#replies.delete(id);
    if (!result) throw new Error(`${method}: ${error?.message}`);
    return result;
  }
}

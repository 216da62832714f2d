import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { BidiConnection } from './bidi.ts';
import { firefox, requireTool } from './tools.ts';
import { until } from './until.ts';

const PROBE = join(import.meta.dirname, 'page/probe.js');
const START_MS = 60_000;

/** A moving picture for a camera and a tone for a microphone, no questions asked, sound without a click. */
const PREFERENCES: Readonly<Record<string, boolean | number>> = {
  'media.navigator.streams.fake': true,
  'media.navigator.permission.disabled': true,
  'media.autoplay.default': 0,
  'media.autoplay.blocking_policy': 0,
  'media.peerconnection.ice.obfuscate_host_addresses': false,
  // Nothing is fetched behind the tests' back: Firefox is as its package is.
  'media.gmp-manager.updateEnabled': false,
  // Pages in the background are throttled otherwise, and all but one are.
  'dom.min_background_timeout_value': 4,
  'dom.timeout.enable_budget_timer_throttling': false,
  'widget.windows.window_occlusion_tracking.enabled': false,
};

/** Firefox as its package is, on a profile of its own. */
export class Firefox {
  /** Uncaught errors and console errors of all its pages. */
  readonly errors: string[] = [];
  readonly #child: ChildProcess;
  readonly #profile: string;
  #bidi: BidiConnection | undefined;

  private constructor() {
    this.#profile = mkdtempSync(join(tmpdir(), 'freshet-firefox-'));
    const lines = Object.entries(PREFERENCES).map(([name, value]) => `user_pref("${name}", ${value});`);
    writeFileSync(join(this.#profile, 'user.js'), lines.join('\n'));
    const args = ['--headless', '--no-remote', '--profile', this.#profile, '--remote-debugging-port', '0'];
    this.#child = spawn(requireTool(firefox), args, { stdio: ['ignore', 'ignore', 'pipe'] });
  }

  static async start(): Promise<Firefox> {
    const browser = new Firefox();
    try {
      await browser.#connect();
      return browser;
    } catch (error) {
      await browser.close();
      throw error;
    }
  }

  /** Resolves with the page loaded. */
  async open(url: string): Promise<FirefoxPage> {
    const { context } = await this.#call<{ context: string }>('browsingContext.create', { type: 'window' });
    await this.#call('browsingContext.navigate', { context, url, wait: 'complete' });
    return new FirefoxPage(context, (method, params) => this.#call(method, params));
  }

  /** Idempotent. */
  async close(): Promise<void> {
    this.#bidi?.close();
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      this.#child.kill('SIGKILL');
      await once(this.#child, 'exit');
    }
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 5 });
  }

  async #connect(): Promise<void> {
    const url = await announced(this.#child);
    this.#bidi = await BidiConnection.open(`${url}/session`, (method, params) => this.#heard(method, params));
    await this.#call('session.new', { capabilities: {} });
    await this.#call('session.subscribe', { events: ['log.entryAdded'] });
    const functionDeclaration = `() => { ${readFileSync(PROBE, 'utf8')} }`;
    await this.#call('script.addPreloadScript', { functionDeclaration });
  }

  #call<T>(method: string, params: object): Promise<T> {
    if (!this.#bidi) throw new Error('Firefox is not connected');
    return this.#bidi.call<T>(method, params);
  }

  #heard(method: string, params: unknown): void {
    const entry = params as { level?: string; text?: string | null };
    if (method === 'log.entryAdded' && entry.level === 'error') this.errors.push(entry.text ?? '');
  }
}

type Call = <T>(method: string, params: object) => Promise<T>;

type Evaluated =
  | { readonly type: 'success'; readonly result: { readonly value?: string } }
  | { readonly type: 'exception'; readonly exceptionDetails: { readonly text: string } };

/** One tab, with `probe` in its page. */
export class FirefoxPage {
  readonly #context: string;
  readonly #call: Call;

  constructor(context: string, call: Call) {
    this.#context = context;
    this.#call = call;
  }

  /** The value of an expression, once it is settled. */
  async evaluate<T>(expression: string): Promise<T> {
    const answer = await this.#call<Evaluated>('script.evaluate', {
      expression: `Promise.resolve(${expression}).then((value) => JSON.stringify(value))`,
      target: { context: this.#context },
      awaitPromise: true,
    });
    if (answer.type === 'exception') throw new Error(answer.exceptionDetails.text);
    const { value } = answer.result;
    return value === undefined ? (undefined as T) : JSON.parse(value);
  }

  /** Resolves once there is such an element. */
  async waitFor(selector: string): Promise<void> {
    const isThere = `document.querySelector(${JSON.stringify(selector)}) !== null`;
    await until(`${selector} is on the page`, () => this.evaluate<boolean>(isThere));
  }

  async click(selector: string): Promise<void> {
    await this.waitFor(`${selector}:enabled`);
    await this.evaluate(`document.querySelector(${JSON.stringify(selector)}).click()`);
  }

  async close(): Promise<void> {
    await this.#call('browsingContext.close', { context: this.#context });
  }
}

/** Firefox says on its standard error where it listens. */
async function announced(child: ChildProcess): Promise<string> {
  const { stderr } = child;
  if (!stderr) throw new Error('Firefox has no output');
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const timer = setTimeout(() => child.kill('SIGKILL'), START_MS);
  createInterface(stderr)
    .on('line', (line) => {
      const url = /WebDriver BiDi listening on (ws:\S+)/.exec(line)?.[1];
      if (url !== undefined) resolve(url);
    })
    .on('close', () => reject(new Error('Firefox ended before it listened')));
  return promise.finally(() => clearTimeout(timer));
}

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type ApiDocument, expectAsDescribed } from '../../support/api-contract.ts';
import { type FuzzRequest, type FuzzRole, requestsFor } from '../api/requests.ts';
import { type Answer, Sender } from '../api/sender.ts';
import { type World, worldOfFakes, worldOnPostgres } from '../api/world.ts';
import type { FuzzTarget } from '../target.ts';

/** What was deleted is made again every so often. */
const RENEWED_AFTER = 60;
const MAX_IDS = 100;
/** Wall time: other things run on the machine too. */
const SLOWEST_ANSWER_MS = 5_000;

/** Requests made of the API's own description, as everybody who may ask, against a server on a real socket. */
class ApiFuzz {
  readonly #world: World;
  readonly #sender: Sender;
  readonly #document: ApiDocument;
  /** Of what was made, the newest last. */
  readonly #ids: string[] = [];
  readonly requests: fc.Arbitrary<FuzzRequest & { role: FuzzRole }>;
  #runs = 0;

  private constructor(world: World, document: ApiDocument) {
    this.#world = world;
    this.#sender = new Sender(world.server.port);
    this.#document = document;
    this.requests = requestsFor(document, () => this.#ids);
  }

  static async start(newWorld: () => Promise<World>): Promise<ApiFuzz> {
    const world = await newWorld();
    return new ApiFuzz(world, await world.app.document());
  }

  async run({ role, ...request }: FuzzRequest & { role: FuzzRole }): Promise<void> {
    if (this.#runs++ % RENEWED_AFTER === 0) await this.#renew();
    const startMs = performance.now();
    const answer = await this.#sender.send(this.#as(role, request));
    const where = `${request.method} ${request.target.slice(0, 200)} as ${role}: ${answer.status}`;
    assert(performance.now() - startMs < SLOWEST_ANSWER_MS, `${where}, too late`);
    assert(answer.status < 500 || answer.status === 503, `${where} ${answer.text}\n${this.#world.app.log.at(-1)}`);
    assert.doesNotMatch(answer.text, /prisma|postgres|node_modules|\n\s+at /i, where);
    // A head too long for Node to read is refused by it, before anything of ours sees it.
    if (request.method !== 'HEAD' && answer.status !== 431) await this.#check(request, answer, where);
    this.#remember(answer);
  }

  async close(): Promise<void> {
    assert.deepEqual(await this.#world.insane(), []);
    this.#sender.close();
    await this.#world.close();
  }

  async #check({ method, target }: FuzzRequest, { status, headers, text }: Answer, where: string): Promise<void> {
    const type = headers['content-type'] ?? '';
    if (status >= 400) assert.match(type, /^application\/problem\+json/, where);
    if (type.startsWith('text/event-stream')) return;
    // As the server reads it: dots are gone, and a slash at the end makes no difference.
    const path = new URL(target, 'http://localhost').pathname.replace(/\/$/, '').replace(/^\/api\/v1/, '');
    const body = status === 204 || status === 304 ? null : text;
    await expectAsDescribed(
      this.#document,
      method,
      path,
      new Response(body, { status, headers: { 'content-type': type } }),
    );
  }

  /** A channel, what hangs on it, and whoever was there before is there again. */
  async #renew(): Promise<void> {
    for (const slug of ['brook', 'spring']) {
      await this.#call('DELETE', `/channels/${slug}`, 'admin');
      const visibility = slug === 'spring' ? 'private' : 'public';
      await this.#call('POST', '/channels', 'streamer', { slug, title: slug, visibility });
      await this.#call('POST', `/channels/${slug}/keys`, 'streamer', { name: 'fuzz' });
    }
    const hook = await this.#call('POST', '/webhooks', 'streamer', {
      url: 'https://example.org/',
      events: ['stream.ended'],
    });
    const { id } = JSON.parse(hook.text) as { id?: string };
    if (id !== undefined) await this.#call('POST', `/webhooks/${id}/test`, 'streamer');
  }

  async #call(method: string, path: string, role: FuzzRole, body?: object): Promise<Answer> {
    const headers = body ? { 'content-type': 'application/json' } : {};
    const bytes = body && Buffer.from(JSON.stringify(body));
    const answer = await this.#sender.send(this.#as(role, { method, target: `/api/v1${path}`, headers, body: bytes }));
    this.#remember(answer);
    return answer;
  }

  #as(role: FuzzRole, request: FuzzRequest): FuzzRequest {
    const token = this.#world.tokens[role];
    if (token === undefined) return request;
    return { ...request, headers: { ...request.headers, authorization: `Bearer ${token}` } };
  }

  #remember({ text }: Answer): void {
    for (const [, id = ''] of text.matchAll(/"id":"([^"]+)"/g)) this.#ids.push(id);
    this.#ids.splice(0, this.#ids.length - MAX_IDS);
  }
}

/** Opened with the first request; what it makes is described by the server itself, so requests are made in the property. */
function target(name: string, newWorld: () => Promise<World>, runsASecond: number): FuzzTarget {
  let fuzz: Promise<ApiFuzz> | undefined;
  const property = fc.asyncProperty(fc.nat({ max: 0x7fffffff }), async (seed) => {
    fuzz ??= ApiFuzz.start(newWorld);
    const opened = await fuzz;
    const [request] = fc.sample(opened.requests, { seed, numRuns: 1 });
    if (request) await opened.run(request);
  });
  const close = async () => {
    const opened = await fuzz;
    fuzz = undefined;
    await opened?.close();
  };
  return { name, property, runsASecond, close };
}

export const apiTargets: readonly FuzzTarget[] = [
  target('api', worldOfFakes, 150),
  target('api on postgres', worldOnPostgres, 100),
];

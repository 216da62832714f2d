import type { AppEnv } from '../../../src/http/env.ts';
import { codeIn, expectAsDescribed } from '../../support/api-contract.ts';
import { FakeApp } from '../../support/fake-app.ts';
import { type FakeAppOptions, newTown, type SharedTown, sharedTown, type Town } from './town.ts';

export const NOBODYS = '01890a5d-ac96-774b-bcce-b302099a8057';

/** One request to a route. What is not said is as it leads to something, and the owner asks. */
export interface Ask {
  /** `nobody` says nothing of himself; `wrong` has a token that is none. */
  readonly as?: keyof Town['tokens'] | 'nobody' | 'wrong';
  readonly token?: string;
  readonly slug?: string;
  readonly id?: string;
  readonly name?: string;
  readonly deliveryId?: string;
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON, but for a text and for bytes. */
  readonly body?: object | string | Uint8Array<ArrayBuffer>;
  /** In place of a town of its own, where everything may be changed, one that nothing is changed in. */
  readonly town?: SharedTown;
  /** A server of its own with other options than usual. */
  readonly server?: FakeAppOptions;
  /** What has to happen first, and what follows from it for the request. */
  readonly first?: (town: Town) => Promise<Ask>;
}

/** How each answer of a route comes about: by status, or by the code of a problem. */
export type Outcomes = Readonly<Record<string, Ask>>;
/** By method and path, as the API describes them. */
export type Rows = Readonly<Record<string, Outcomes>>;

/** What the API promises. */
export const document = await new FakeApp().document();

/** The answer's status, or the code of its problem. Fails unless the answer is as described. */
export async function outcomeOf(route: string, asked: Ask): Promise<string> {
  const town = await (asked.town ? sharedTown(asked.town) : newTown(asked.server));
  const ask = { ...asked, ...(await asked.first?.(town)) };
  const [method = '', path = ''] = route.split(' ');
  const filled = pathOf(path, ask, town);
  const response = await town.fake.app.request(`http://localhost/api/v1${filled}`, init(method, ask, town), FROM_AFAR);
  if (response.headers.get('content-type')?.startsWith('text/event-stream')) await response.body?.cancel();
  else await expectAsDescribed(document, method, filled.split('?')[0] ?? '', response.clone());
  return response.ok || response.status === 304 ? String(response.status) : (codeIn(await response.json()) ?? '');
}

/** Loopback is spared by limits. */
const FROM_AFAR = { incoming: { socket: { remoteAddress: '203.0.113.7' } } } as AppEnv['Bindings'];

function pathOf(
  path: string,
  { slug = 'brook', id, name = 'stranger', deliveryId, query }: Ask,
  { ids }: Town,
): string {
  const fitting = Object.keys(ids).filter((start) => path.startsWith(start));
  const known = ids[fitting.toSorted((a, b) => b.length - a.length)[0] ?? ''];
  return path
    .replace('{slug}', slug)
    .replace('{name}', name)
    .replace('{deliveryId}', deliveryId ?? ids['deliveryId'] ?? '')
    .replace('{id}', id ?? known ?? NOBODYS)
    .concat(query === undefined ? '' : `?${query}`);
}

function init(method: string, { as = 'owner', token, headers, body }: Ask, { tokens }: Town): RequestInit {
  const bearer = token ?? (as === 'nobody' ? undefined : as === 'wrong' ? 'frt_nonsense' : tokens[as]);
  return {
    method,
    headers: {
      ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && {
      body: typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body),
    }),
  };
}

import { type Problem, problemOf } from '../problem.ts';
import { words } from '../words/words.ts';

export interface Page<Item> {
  readonly items: readonly Item[];
  /** `null` on the last page. */
  readonly nextCursor: string | null;
}

export class ApiError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.message);
    this.problem = problem;
  }

  get status(): number {
    return this.problem.status;
  }
}

export type Calls = ReturnType<typeof callsWith>;

/** Asking the API. What is not answered with success is thrown as `ApiError`. */
export function callsWith(fetch: typeof globalThis.fetch) {
  async function call<Result>(method: string, path: string, body?: unknown): Promise<Result> {
    const response = await fetch(`/api/v1${path}`, {
      method,
      // What a page ends when it is left has to outlive the page.
      keepalive: method === 'DELETE',
      ...(body instanceof Blob && { headers: { 'content-type': body.type }, body }),
      ...(body !== undefined &&
        !(body instanceof Blob) && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    }).catch(() => undefined);
    if (!response) throw new ApiError({ status: 0, message: words.errors.unreachable });
    if (!response.ok) throw new ApiError(await problemOf(response));
    const text = await response.text();
    return (text ? JSON.parse(text) : undefined) as Result;
  }

  async function file(path: string, type: string): Promise<Blob> {
    const response = await fetch(`/api/v1${path}`, { headers: { accept: type } });
    if (!response.ok) throw new ApiError(await problemOf(response));
    return response.blob();
  }

  return { call, file };
}

export const channelPath = (slug: string) => `/channels/${encodeURIComponent(slug)}`;

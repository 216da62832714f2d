import type { Handle, HandleFetch } from '@sveltejs/kit/hooks';
import { EMBEDDABLE } from '#lib/embeddable.ts';

/** Pages show who is logged in: nobody in between may keep them, and only the embedded player may be shown by others. */
export const handle: Handle = async ({ event, resolve }) => {
  const response = await resolve(event);
  response.headers.set('cache-control', 'private, no-cache');
  if (response.headers.has(EMBEDDABLE)) {
    response.headers.delete(EMBEDDABLE);
    allowFrames(response.headers, event.platform?.req.frameAncestors ?? '*');
  } else {
    response.headers.set('x-frame-options', 'DENY');
  }
  return response;
};

function allowFrames(headers: Headers, ancestors: string): void {
  const policy = headers.get('content-security-policy') ?? '';
  headers.set('content-security-policy', policy.replace("frame-ancestors 'none'", `frame-ancestors ${ancestors}`));
  // Whatever stands in the address of the player is nobody else's business.
  headers.set('referrer-policy', 'no-referrer');
}

/** While a page renders on the server its API calls stay in the process; under `vite dev` they go to the server beside it. */
export const handleFetch: HandleFetch = ({ event, request, fetch }) => {
  const url = new URL(request.url);
  if (url.origin !== event.url.origin || !url.pathname.startsWith('/api/')) return fetch(request);

  const cookie = event.request.headers.get('cookie');
  if (cookie) request.headers.set('cookie', cookie);

  const askApi = event.platform?.req.askApi;
  if (askApi) return Promise.resolve(askApi(request));
  return fetch(new Request(new URL(url.pathname + url.search, devServer()), request));
};

// biome-ignore lint/style/noProcessEnv: only in development, where Vite and the server share nothing but their environment.
const devServer = () => `http://localhost:${process.env['PORT'] ?? '8080'}`;

/**
 * Makes the site installable, keeps the built assets that were asked for once, and says so when the server is out of
 * reach. What is the server's to say (pages, API, media, sessions) is never kept.
 */
import { version } from '$app/env';
import { immutable } from '$app/manifest';
import { self } from '$app/service-worker';
import { offlinePage } from './offline-page.ts';

const PREFIX = 'freshet-';
const CACHE = PREFIX + version;

/** Named after their content: what was kept once is right for ever. */
const assets: ReadonlySet<string> = new Set(immutable.map(({ path }) => new URL(path, self.location.origin).pathname));

self.addEventListener('install', () => {
  // Nothing is kept but what is named after its content, so that the new one does right by pages of the old one too.
  void self.skipWaiting();
});

self.addEventListener('activate', (event) => {
  event.waitUntil(Promise.all([dropOldCaches(), self.registration.navigationPreload?.enable()]));
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== self.location.origin) return;
  if (assets.has(pathname)) event.respondWith(kept(request));
  else if (request.mode === 'navigate') event.respondWith(visited(event));
});

async function kept(request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  const found = await cache.match(request.url);
  if (found) return found;
  const response = await fetch(request);
  if (response.ok) await cache.put(request.url, response.clone());
  return response;
}

async function visited({ request, preloadResponse }: FetchEvent): Promise<Response> {
  try {
    // Asked for while this worker was still starting, so that it costs a visit nothing.
    return ((await preloadResponse) as Response | undefined) ?? (await fetch(request));
  } catch {
    return offlinePage();
  }
}

async function dropOldCaches(): Promise<void> {
  const names = await caches.keys();
  await Promise.all(
    names.filter((name) => name.startsWith(PREFIX) && name !== CACHE).map((name) => caches.delete(name)),
  );
}

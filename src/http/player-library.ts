import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { Hono } from 'hono';
import type { AppEnv } from './env.ts';

/** The player for pages of other sites: one file of JavaScript, and what it is when packed. */
export interface PlayerLibrary {
  readonly etag: string;
  readonly plain: Uint8Array<ArrayBuffer>;
  readonly gzip: Uint8Array<ArrayBuffer>;
  readonly br: Uint8Array<ArrayBuffer>;
}

/** As `web/build.ts` leaves it. */
export async function readPlayerLibrary(): Promise<PlayerLibrary> {
  const plain = await readFile(new URL('../../web/build/element/freshet-player.js', import.meta.url));
  const etag = `W/"${createHash('sha256').update(plain).digest('base64url').slice(0, 16)}"`;
  return { etag, plain, gzip: gzipSync(plain, { level: 9 }), br: brotliCompressSync(plain) };
}

/** As a module it is fetched with CORS, by pages of any origin. */
export function playerLibraryRoutes({ etag, ...bodies }: PlayerLibrary): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  app.get('/freshet-player.js', (c) => {
    c.header('Access-Control-Allow-Origin', '*');
    c.header('Cross-Origin-Resource-Policy', 'cross-origin');
    c.header('X-Content-Type-Options', 'nosniff');
    // A new version of the server is met within the hour, and soon after start by asking whether it is the same.
    c.header('Cache-Control', 'public, max-age=3600');
    c.header('ETag', etag);
    c.header('Vary', 'Accept-Encoding');
    if (c.req.header('if-none-match') === etag) return c.body(null, 304);
    const encoding = encodingFor(c.req.header('accept-encoding') ?? '');
    if (encoding !== 'plain') c.header('Content-Encoding', encoding);
    return c.body(bodies[encoding], 200, { 'Content-Type': 'text/javascript; charset=utf-8' });
  });
  return app;
}

function encodingFor(accepted: string): 'br' | 'gzip' | 'plain' {
  const names = accepted.split(',').flatMap((entry) => {
    const [name, weight] = entry.split(';').map((part) => part.trim());
    return weight === 'q=0' ? [] : [name];
  });
  return names.includes('br') ? 'br' : names.includes('gzip') ? 'gzip' : 'plain';
}

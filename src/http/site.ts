import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HttpBindings } from '@hono/node-server';

export interface SiteOptions {
  /** Answers the API calls a page makes while it renders on the server, on behalf of the request that wants the page. */
  readonly api: (request: Request, bindings: HttpBindings) => Response | Promise<Response>;
  readonly publicUrl: URL | undefined;
  /** The sites whose pages may show the embedded player; `*` is all. */
  readonly embedOrigins: readonly string[];
}

/** Writes the whole answer itself. */
export type SiteHandler = (request: IncomingMessage, response: ServerResponse) => void;

type KitHandler = (request: IncomingMessage, response: ServerResponse) => void;

const PROTOCOL_HEADER = 'x-freshet-site-protocol';
const HOST_HEADER = 'x-freshet-site-host';

const SECURITY_HEADERS = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'strict-origin-when-cross-origin',
  'permissions-policy': 'camera=(self), microphone=(self), display-capture=(self), geolocation=()',
} as const;

/** Loads the built site (`web/build.ts` makes it). Call once. */
export async function loadSite({ api, publicUrl, embedOrigins }: SiteOptions): Promise<SiteHandler> {
  // adapter-node reads these when it is imported. The headers are ours: what a client sends under their names is overwritten.
  // biome-ignore lint/style/noProcessEnv: written, not read: there is no other way to tell it.
  Object.assign(process.env, {
    FRESHET_SITE_PROTOCOL_HEADER: PROTOCOL_HEADER,
    FRESHET_SITE_HOST_HEADER: HOST_HEADER,
    FRESHET_SITE_BODY_SIZE_LIMIT: '64K',
  });
  const built = new URL('../../web/build/handler.js', import.meta.url).href;
  const frameAncestors = embedOrigins.length === 0 ? "'none'" : ["'self'", ...embedOrigins].join(' ');
  const { handler }: { handler: KitHandler } = await import(built);

  return (request, response) => {
    request.headers[PROTOCOL_HEADER] = publicUrl?.protocol.slice(0, -1) ?? 'http';
    request.headers[HOST_HEADER] = publicUrl?.host ?? request.headers.host ?? 'localhost';
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value);
    const askApi = (call: Request) => api(call, { incoming: request, outgoing: response } as HttpBindings);
    handler(Object.assign(request, { askApi, frameAncestors }), response);
  };
}

import type { IncomingMessage } from 'node:http';

declare global {
  namespace App {
    interface Platform {
      /**
       * Put there by `src/http/site.ts`. `askApi`: the API in the same process, asked on behalf of this request.
       * `frameAncestors`: whose pages may show the embedded player, as a Content-Security-Policy has it.
       */
      req: IncomingMessage & { askApi?: (request: Request) => Response | Promise<Response>; frameAncestors?: string };
    }
  }
}

import type { IncomingMessage } from 'node:http';

declare global {
  namespace App {
    interface Platform {
      /** `askApi` is put there by `src/http/site.ts`: the API in the same process, asked on behalf of this request. */
      req: IncomingMessage & { askApi?: (request: Request) => Response | Promise<Response> };
    }
  }
}

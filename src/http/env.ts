import type { HttpBindings } from '@hono/node-server';
import type { Access } from './access.ts';
import type { Gate } from './gate.ts';

/** Hono's types for this server. The bindings are absent where a test calls the app without a socket. */
export interface AppEnv {
  Bindings: Partial<HttpBindings> & {
    /** The server's own look at what is to be changed: it needs no scope but that of the change. */
    readonly isPrecondition?: true;
  };
  Variables: {
    readonly gate: Gate;
    /** What the route declares. */
    readonly access: Access;
  };
}

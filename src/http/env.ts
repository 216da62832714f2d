import type { HttpBindings } from '@hono/node-server';
import type { Gate } from './gate.ts';

/** Hono's types for this server. The bindings are absent where a test calls the app without a socket. */
export interface AppEnv {
  Bindings: Partial<HttpBindings>;
  Variables: { readonly gate: Gate };
}

import { Client, type ClientConfig } from 'pg';

/**
 * A connection that may be lost at any time. Whoever waits for a query is told by its failure; but the server also says it
 * to connections that nobody is asking anything just then, between the statements of a transaction for instance, and an
 * `error` that nobody listens to ends the process.
 */
export class SteadyClient extends Client {
  constructor(config?: string | ClientConfig) {
    super(config);
    this.on('error', () => {});
  }
}

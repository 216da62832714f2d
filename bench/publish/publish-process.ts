import { serveParent } from '../child.ts';
import { Publisher, type PublishOptions } from './publisher.ts';

const publishers: Publisher[] = [];

const methods = {
  /** One more stream. */
  async start(options: PublishOptions): Promise<void> {
    publishers.push(await Publisher.start(options));
  },
  /** Packets so far that one viewer of each stream is to get, of all streams together. */
  packets(): number {
    return publishers.reduce((sum, { packets }) => sum + packets, 0);
  },
};

export type PublishMethods = typeof methods;

serveParent(methods);

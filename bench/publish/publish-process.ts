import { serveParent } from '../child.ts';
import { Publisher, type PublishOptions } from './publisher.ts';

let publisher: Publisher | undefined;

const methods = {
  async start(options: PublishOptions): Promise<void> {
    publisher = await Publisher.start(options);
  },
  /** Packets sent so far. */
  packets(): number {
    return publisher?.packets ?? 0;
  },
  async stop(): Promise<void> {
    await publisher?.stop();
    publisher = undefined;
  },
};

export type PublishMethods = typeof methods;

serveParent(methods);

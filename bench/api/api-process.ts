import { serveParent } from '../child.ts';
import { type ApiAnswers, ApiLoad, type ApiLoadOptions } from './api-load.ts';

let load: ApiLoad | undefined;

function running(): ApiLoad {
  if (!load) throw new Error('there is no load yet');
  return load;
}

const methods = {
  /** A former load ends. */
  start(options: ApiLoadOptions): void {
    load?.close();
    load = new ApiLoad(options);
  },
  reset(): void {
    running().reset();
  },
  answers(): ApiAnswers {
    return running().answers();
  },
  stop(): void {
    load?.close();
    load = undefined;
  },
};

export type ApiMethods = typeof methods;

serveParent(methods);

import { serveParent } from '../child.ts';
import { Sink } from './sink.ts';
import { type Counts, type Joined, type JoinOptions, type PoolOptions, ViewerPool } from './viewer-pool.ts';

let pool: ViewerPool | undefined;
let sink: Sink | undefined;

function opened(): ViewerPool {
  if (!pool) throw new Error('there is no pool yet');
  return pool;
}

const methods = {
  /** Starts from nothing: former viewers are dropped. */
  open(options: PoolOptions): void {
    pool?.close();
    pool = new ViewerPool(options);
  },
  join(options: JoinOptions): Promise<Joined> {
    return opened().join(options);
  },
  leave(options: { count?: number; token?: string | undefined }): Promise<readonly number[]> {
    return opened().leave(options);
  },
  reset(): void {
    opened().reset();
  },
  counts(): Counts {
    return opened().counts();
  },
  delaysUs(): Float64Array {
    return Float64Array.from(opened().delaysUs());
  },
  closedByServer(): number {
    return opened().closedByServer();
  },
  /** So many sockets that only take what comes: their ports. */
  sink(count: number): readonly number[] {
    sink?.close();
    sink = new Sink(count);
    return sink.ports;
  },
  sunk(): number {
    return sink?.packets ?? 0;
  },
};

export type LoadMethods = typeof methods;

serveParent(methods);

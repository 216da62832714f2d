import type { ThreadReport } from '../media/stats.ts';
import type { MediaWorker } from './media-worker.ts';

/** A thread that says nothing for so long carries no media either. */
const ANSWER_MS = 2000;

/** What a thread has done; it is down where there is none, or none that answers. */
export async function reportOf(worker: MediaWorker | undefined, thread: number): Promise<ThreadReport> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ANSWER_MS);
  });
  const answer = worker?.command({ type: 'thread_stats' }).catch(() => undefined);
  const stats = await Promise.race([answer, silence]);
  clearTimeout(timer);
  return stats ? { thread, isUp: true, ...stats } : { thread, isUp: false };
}

import { healthEventsUrl } from '#lib/api/health.ts';

const WAIT_MS = 5_000;

/** How long the server's first event takes to come; `undefined` when none does. */
export function firstEventMs(signal: AbortSignal): Promise<number | undefined> {
  const source = new EventSource(healthEventsUrl);
  const startedAt = performance.now();
  return new Promise((resolve) => {
    const end = (ms?: number) => {
      source.close();
      clearTimeout(timer);
      resolve(ms);
    };
    const timer = setTimeout(end, WAIT_MS);
    signal.addEventListener('abort', () => end(), { once: true });
    source.addEventListener('hello', () => end(performance.now() - startedAt), { once: true });
  });
}

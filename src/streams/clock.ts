/** Time as the domain knows it, so that tests can move it by hand. */
export interface Clock {
  now(): number;
  /** Runs `action` once after `ms`; the returned function forgets it. */
  after(ms: number, action: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, action) {
    const timer = setTimeout(action, ms);
    return () => clearTimeout(timer);
  },
};

/** How far going live has come. */
export type Show =
  | { readonly state: 'off'; readonly problem?: string }
  | { readonly state: 'starting' }
  | { readonly state: 'live'; readonly sinceMs: number }
  /** `sinceMs`: of the show, which goes on. `nextTryMs`: when it tries again; absent while it tries. */
  | { readonly state: 'reconnecting'; readonly sinceMs: number; readonly tries: number; readonly nextTryMs?: number };

export type ShowEvent =
  | { readonly type: 'asked' }
  | { readonly type: 'up'; readonly nowMs: number }
  | { readonly type: 'lost' }
  | { readonly type: 'waits'; readonly attempt: number; readonly untilMs: number }
  | { readonly type: 'stopped' }
  /** It can not go on, and why. */
  | { readonly type: 'ended'; readonly problem: string };

/** What was asked for stays asked for: only `stopped` and `ended` take the show off the air. */
export function after(show: Show, event: ShowEvent): Show {
  if (event.type === 'asked') return show.state === 'off' ? { state: 'starting' } : show;
  // What is told late, of a show that is over, changes nothing.
  if (show.state === 'off') return show;
  switch (event.type) {
    case 'stopped':
      return { state: 'off' };
    case 'ended':
      return { state: 'off', problem: event.problem };
    case 'up':
      return { state: 'live', sinceMs: show.state === 'starting' ? event.nowMs : show.sinceMs };
    case 'lost':
      if (show.state === 'starting') return show;
      return { state: 'reconnecting', sinceMs: show.sinceMs, tries: show.state === 'reconnecting' ? show.tries : 0 };
    case 'waits':
      if (show.state === 'starting') return show;
      return { state: 'reconnecting', sinceMs: show.sinceMs, tries: event.attempt, nextTryMs: event.untilMs };
  }
}

export function isOn(show: Show): boolean {
  return show.state !== 'off';
}

export function sinceOf(show: Show): number | undefined {
  return show.state === 'live' || show.state === 'reconnecting' ? show.sinceMs : undefined;
}

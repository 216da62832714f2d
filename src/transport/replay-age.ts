// A browser sends a keyframe when asked, and hardly ever else: its group may hold more than a thin link takes in seconds.
// Two seconds are what encoders are set to.
const REPLAY_FRESH_MS = 2_500;
// An encoder that is deaf to the request leaves the choice between an older group and no picture.
const KEYFRAME_PATIENCE_MS = 600;
/** Older groups are not replayed: catching up would take longer than the next keyframe. */
const REPLAY_MAX_AGE_MS = 10_000;
const SWITCH_MAX_AGE_MS = 200;
// Who sees nothing is better off with something older, yet a thin link takes long to make up for it.
const STOPPED_MAX_AGE_MS = 1_000;

/** What a viewer sees: nothing so far, a picture that stands still, or one that moves. */
export type Sight = 'nothing_yet' | 'still' | 'moving';

/** How old a group may be to be replayed to a viewer. `isDeaf`: he has waited for a keyframe, and none came. */
export function maxReplayAgeMs(sight: Sight, isDeaf: boolean): number {
  if (sight === 'nothing_yet') return isDeaf ? REPLAY_MAX_AGE_MS : REPLAY_FRESH_MS;
  if (sight === 'still') return isDeaf ? REPLAY_FRESH_MS : STOPPED_MAX_AGE_MS;
  // In mid-stream what is older was seen already.
  return SWITCH_MAX_AGE_MS;
}

/** Whether a keyframe that was asked for so long ago does not come any more. */
export function isPatienceOver(waitedMs: number): boolean {
  return waitedMs >= KEYFRAME_PATIENCE_MS;
}

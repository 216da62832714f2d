import { api } from '../api.ts';
import type { Recording } from '../recordings.ts';

const LOOK_EVERY_MS = 1000;

/** Whether versions of it are being made, or wait for their turn. */
export function isUnderWay({ renditions }: Recording): boolean {
  return renditions.status === 'queued' || renditions.status === 'running';
}

/** Tells what becomes of a recording while versions of it are made. To be called while a component is made. */
export function followVersions(recording: () => Recording, onchange: (recording: Recording) => void): void {
  const isAwaited = $derived(isUnderWay(recording()));
  $effect(() => {
    if (!isAwaited) return;
    const timer = setInterval(() => document.visibilityState === 'visible' && void look(), LOOK_EVERY_MS);
    return () => clearInterval(timer);
  });

  async function look() {
    // Asked again soon, and what went wrong may be over by then.
    const now = await api.recording(recording().id).catch(() => undefined);
    if (now) onchange(now);
  }
}

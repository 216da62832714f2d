import { refreshAll } from '$app/navigation';
import { toasts } from './toasts.svelte.ts';

/** Does what somebody asked for and shows the page as it is then; where it fails, says why. */
export async function attempt(change: () => Promise<unknown>): Promise<void> {
  try {
    await change();
    await refreshAll();
  } catch (error) {
    toasts.fail(error);
  }
}

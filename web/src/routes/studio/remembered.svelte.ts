import { browser } from '$app/env';
import { DEFAULT_SETTINGS, type StudioSettings, settingsFrom } from './settings.ts';

const SETTINGS = 'freshet.studio';
const ON_AIR = 'freshet.studio.onAir';

/** What this browser remembers of the studio. */
export class Remembered {
  now: StudioSettings = $state.raw(browser ? settingsFrom(localStorage.getItem(SETTINGS)) : DEFAULT_SETTINGS);

  change(part: Partial<StudioSettings>): void {
    this.now = { ...this.now, ...part };
    try {
      localStorage.setItem(SETTINGS, JSON.stringify(this.now));
    } catch {
      // No room, or not allowed: it is as chosen until the page is left.
    }
  }
}

/** The channel that this browser is live on; it outlives a crash, and tells one's own left-over stream from another's. */
export const onAir = {
  get: () => localStorage.getItem(ON_AIR) ?? '',
  set: (slug: string) => localStorage.setItem(ON_AIR, slug),
  clear: () => localStorage.removeItem(ON_AIR),
};

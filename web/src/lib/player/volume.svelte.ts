const STORED_AS = 'volume';

/** Sound of a player: starts muted, as browsers demand; the loudness is remembered. */
export class Volume {
  isMuted = $state(true);
  /** Until the viewer has chosen anything about the sound. */
  isUntouched = $state(true);
  level = $state(1);

  constructor() {
    try {
      const stored = Number(localStorage.getItem(STORED_AS) ?? 1);
      if (stored > 0 && stored <= 1) this.level = stored;
    } catch {
      // Rendering on the server, or storage is forbidden.
    }
  }

  toggle(): void {
    this.isUntouched = false;
    this.isMuted = !this.isMuted;
    if (!this.isMuted && this.level === 0) this.level = 0.5;
  }

  set(level: number): void {
    this.isUntouched = false;
    this.level = Math.min(1, Math.max(0, Math.round(level * 20) / 20));
    this.isMuted = this.level === 0;
    try {
      localStorage.setItem(STORED_AS, String(this.level));
    } catch {
      // Not remembered, then.
    }
  }
}

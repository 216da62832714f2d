const STORED_AS = 'theatre';

/** The picture as wide as the window: kept from one visit to the next. */
export class Theatre {
  isOn = $state(false);

  constructor() {
    try {
      this.isOn = localStorage.getItem(STORED_AS) === 'true';
    } catch {
      // Rendering on the server, or storage is forbidden.
    }
  }

  toggle(): void {
    this.isOn = !this.isOn;
    try {
      localStorage.setItem(STORED_AS, String(this.isOn));
    } catch {
      // Not remembered, then.
    }
  }
}

const LEVEL = 'volume';
const MUTED = 'muted';
const STEP = 0.05;

/** How loud a viewer wants it: remembered from one channel and visit to the next. */
export class Sound {
  #isMuted: boolean;
  #level: number;
  readonly #isKept: boolean;

  /** `isMuted`: begins so, whatever is remembered, and remembers nothing. */
  constructor({ isMuted }: { readonly isMuted?: boolean } = {}) {
    this.#isKept = isMuted === undefined;
    this.#isMuted = isMuted ?? read(MUTED) === 'true';
    const level = Number(read(LEVEL) ?? 1);
    this.#level = level > 0 && level <= 1 ? level : 1;
  }

  get isMuted(): boolean {
    return this.#isMuted;
  }

  /** 0 to 1, as it will be without mute. */
  get level(): number {
    return this.#level;
  }

  toggle(): void {
    this.#isMuted = !this.#isMuted;
    if (this.#level === 0) this.#level = 0.5;
    this.#keep();
  }

  /** To the nearest step; none at all is mute. */
  set(level: number): void {
    this.#level = Math.min(1, Math.max(0, Math.round(level / STEP) * STEP));
    this.#isMuted = this.#level === 0;
    this.#keep();
  }

  #keep(): void {
    if (!this.#isKept) return;
    write(MUTED, String(this.#isMuted));
    if (this.#level > 0) write(LEVEL, this.#level.toFixed(2));
  }
}

function read(name: string): string | undefined {
  try {
    return localStorage.getItem(name) ?? undefined;
  } catch {
    // Rendering on the server, or storage is forbidden.
    return undefined;
  }
}

function write(name: string, value: string): void {
  try {
    localStorage.setItem(name, value);
  } catch {
    // Not remembered, then.
  }
}

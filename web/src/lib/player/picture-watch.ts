const STILL_MS = 1500;

/** Whether pictures come, by how many were decoded so far. */
export class PictureWatch {
  #decoded = -1;
  #grewMs = 0;

  /** True once none has come for so long that it is seen. */
  isStill(decoded: number, nowMs: number): boolean {
    if (decoded !== this.#decoded) {
      this.#decoded = decoded;
      this.#grewMs = nowMs;
    }
    return nowMs - this.#grewMs >= STILL_MS;
  }
}

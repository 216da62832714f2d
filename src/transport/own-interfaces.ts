import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os';

const GOOD_FOR_MS = 2000;

/** The host's network interfaces, asked for now and then: asking the system takes longer than all else an answer needs. */
export class OwnInterfaces {
  #interfaces: NodeJS.Dict<NetworkInterfaceInfo[]> = {};
  #readMs = Number.NEGATIVE_INFINITY;

  read(nowMs: number): NodeJS.Dict<NetworkInterfaceInfo[]> {
    if (nowMs - this.#readMs > GOOD_FOR_MS) {
      this.#readMs = nowMs;
      this.#interfaces = networkInterfaces();
    }
    return this.#interfaces;
  }
}

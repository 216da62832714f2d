import { connect, type Socket } from 'node:net';
import { statusOfWhole } from './answer.ts';

export interface Answered {
  readonly status: number;
  /** From when it was due, so that waiting for the answer before counts too. */
  readonly tookMs: number;
}

const ANSWERED_WELL = new Set([200, 304]);

/**
 * One client on a connection that stays open. It sends bytes that were made before and looks at an answer's length alone:
 * a real HTTP client would take as much of the machine as the server does.
 */
export class ApiClient {
  readonly #socket: Socket;
  readonly #requests: readonly Buffer[];
  readonly #onAnswer: (answered: Answered) => void;
  /** When each was due, of those not yet answered; the first is on its way. */
  readonly #dueMs: number[] = [];
  #place: number;
  #received: Buffer | undefined;

  /** `place`: which request is its first. */
  constructor({
    port,
    host,
    requests,
    place,
    onAnswer,
  }: {
    port: number;
    host: string;
    requests: readonly Buffer[];
    place: number;
    onAnswer: (answered: Answered) => void;
  }) {
    this.#requests = requests;
    this.#place = place;
    this.#onAnswer = onAnswer;
    this.#socket = connect({ port, host, noDelay: true });
    this.#socket.on('data', (bytes) => this.#receive(bytes));
    this.#socket.on('error', () => this.#failed());
    this.#socket.on('end', () => this.#failed());
  }

  get unanswered(): number {
    return this.#dueMs.length;
  }

  ask(nowMs: number): void {
    this.#dueMs.push(nowMs);
    if (this.#dueMs.length === 1) this.#send();
  }

  close(): void {
    this.#socket.removeAllListeners().on('error', () => {});
    this.#socket.destroy();
  }

  #send(): void {
    const request = this.#requests[this.#place % this.#requests.length];
    this.#place += 1;
    if (request) this.#socket.write(request);
  }

  #receive(bytes: Buffer): void {
    const received = this.#received ? Buffer.concat([this.#received, bytes]) : bytes;
    const status = statusOfWhole(received);
    this.#received = status === undefined ? received : undefined;
    if (status !== undefined) this.#answered(status);
  }

  #answered(status: number): void {
    const dueMs = this.#dueMs.shift();
    if (dueMs === undefined) return;
    this.#onAnswer({ status, tookMs: performance.now() - dueMs });
    if (this.#dueMs.length > 0) this.#send();
  }

  /** All that it still had to ask fails at once. */
  #failed(): void {
    for (const dueMs of this.#dueMs.splice(0)) this.#onAnswer({ status: 0, tookMs: performance.now() - dueMs });
  }
}

export function isWell({ status }: Answered): boolean {
  return ANSWERED_WELL.has(status);
}

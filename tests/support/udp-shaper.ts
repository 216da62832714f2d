import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { DelayLine } from './delay-line.ts';
import { type Conditions, Shape } from './shape.ts';

const LOOPBACK = '127.0.0.1';
const BUFFER_BYTES = 4 * 1024 * 1024;

export interface LinkConditions {
  /** From clients to the server. */
  readonly up?: Conditions;
  /** From the server to clients. */
  readonly down?: Conditions;
}

/** A bad network between any number of UDP clients and a server's port on this machine; all share its two directions. */
export class UdpShaper {
  /** Where clients find the server. */
  readonly port: number;
  readonly #address: string;
  readonly #front: Socket;
  readonly #serverPort: number;
  readonly #up: Direction;
  readonly #down: Direction;
  /** By client address, the socket that the server takes for the client. */
  readonly #clients = new Map<string, Socket>();

  private constructor(front: Socket, options: { seed: number; serverPort: number }) {
    this.#front = front;
    this.#address = front.address().address;
    this.port = front.address().port;
    this.#serverPort = options.serverPort;
    this.#up = new Direction(options.seed);
    this.#down = new Direction(options.seed + 1);
    front.on('message', (datagram, from) => this.#goUp(datagram, from));
  }

  /** `address`: of this machine, where clients find the link and it finds the server; loopback unless told. */
  static async open(
    options: { seed: number; serverPort: number; address?: string } & LinkConditions,
  ): Promise<UdpShaper> {
    const front = createSocket({ type: 'udp4', recvBufferSize: BUFFER_BYTES, sendBufferSize: BUFFER_BYTES });
    front.bind(0, options.address ?? LOOPBACK);
    await once(front, 'listening');
    const shaper = new UdpShaper(front, options);
    shaper.change(options);
    return shaper;
  }

  /** Datagrams lost so far, in both directions. */
  get lost(): number {
    return this.#up.lost + this.#down.lost;
  }

  /** The part of all datagrams that was lost so far: 0 to 1. */
  get lostShare(): number {
    return this.lost / (this.#up.carried + this.#down.carried);
  }

  /** An answer of the server's with this link in place of its port. */
  inAnswer(sdp: string): string {
    return sdp.replaceAll(/^(a=candidate:\S+ 1 udp \d+) \S+ \d+/gim, `$1 ${this.#address} ${this.port}`);
  }

  /** A direction that is left out stays as it is. */
  change({ up, down }: LinkConditions): void {
    if (up) this.#up.shape.change(up);
    if (down) this.#down.shape.change(down);
  }

  /** Every client has another address from now on; what the server sends to the old ones is lost. */
  roam(): void {
    for (const socket of this.#clients.values()) socket.close();
    this.#clients.clear();
  }

  close(): void {
    this.#up.close();
    this.#down.close();
    this.roam();
    this.#front.close();
  }

  #goUp(datagram: Buffer, client: RemoteInfo): void {
    this.#up.carry(datagram, () => this.#socketOf(client).send(datagram, this.#serverPort, this.#address));
  }

  // A browser sends from each of its addresses, and hears answers only where it asked.
  #socketOf({ address, port }: RemoteInfo): Socket {
    const client = `${address}:${port}`;
    const known = this.#clients.get(client);
    if (known) return known;
    const socket = createSocket({ type: 'udp4', recvBufferSize: BUFFER_BYTES });
    this.#clients.set(client, socket);
    socket.on('message', (datagram) => {
      this.#down.carry(datagram, () => this.#front.send(datagram, port, address));
    });
    return socket;
  }
}

/** A shape in real time. */
class Direction {
  readonly shape: Shape;
  carried = 0;
  lost = 0;
  readonly #line = new DelayLine<() => void>();
  #timer: NodeJS.Timeout | undefined;

  constructor(seed: number) {
    this.shape = new Shape(seed);
  }

  carry(datagram: Buffer, deliver: () => void): void {
    const leaves = this.shape.pass(datagram.length, performance.now());
    this.carried += 1;
    if (leaves.length === 0) this.lost += 1;
    for (const atMs of leaves) this.#line.add(atMs, deliver);
    this.#deliverDue();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#line.clear();
  }

  #deliverDue(): void {
    for (const deliver of this.#line.takeDue(performance.now())) deliver();
    clearTimeout(this.#timer);
    const { nextMs } = this.#line;
    if (nextMs === undefined) return;
    this.#timer = setTimeout(() => this.#deliverDue(), Math.max(1, Math.ceil(nextMs - performance.now())));
  }
}

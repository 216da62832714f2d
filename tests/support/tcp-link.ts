import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

const LOOPBACK = '127.0.0.1';
const TICK_MS = 10;
const BURST_BYTES = 16 * 1024;

/** A way by TCP to a server's media port on this machine, of any rate, for pages whose network drops UDP. */
export class TcpLink {
  /** Made so far. */
  connections = 0;
  readonly #front: Server;
  readonly #open = new Set<CarriedConnection>();
  readonly #ticker: NodeJS.Timeout;
  /** Without end: nothing slows it down. */
  #bytesPerMs = Number.POSITIVE_INFINITY;
  #lastMs = performance.now();

  private constructor(front: Server, serverPort: number) {
    this.#front = front;
    this.#ticker = setInterval(() => this.#tick(), TICK_MS);
    front.on('connection', (client) => {
      this.connections += 1;
      const connection = new CarriedConnection(client, serverPort, () => this.#open.delete(connection));
      connection.allow(this.#bytesPerMs);
      this.#open.add(connection);
    });
  }

  static async open({ serverPort }: { serverPort: number }): Promise<TcpLink> {
    const front = createServer({ noDelay: true });
    front.listen(0, LOOPBACK);
    await once(front, 'listening');
    return new TcpLink(front, serverPort);
  }

  /** Where clients find the server. */
  get port(): number {
    return (this.#front.address() as AddressInfo).port;
  }

  /** An answer of the server's without UDP, and with this link in place of its port. */
  inAnswer(sdp: string): string {
    return sdp
      .replaceAll(/^a=candidate:\S+ 1 udp .*\r\n/gim, '')
      .replaceAll(/^(a=candidate:\S+ 1 tcp \d+) \S+ \d+/gim, `$1 ${LOOPBACK} ${this.port}`);
  }

  /** From the server to clients, from now on. */
  slowTo(rateBps: number): void {
    this.#bytesPerMs = rateBps / 8000;
  }

  /** As fast as it goes. */
  free(): void {
    this.#bytesPerMs = Number.POSITIVE_INFINITY;
  }

  /** As where a firewall forgets: both ends see the connection closed. */
  cut(): void {
    for (const connection of this.#open) connection.close();
  }

  close(): void {
    clearInterval(this.#ticker);
    this.cut();
    this.#front.close();
  }

  #tick(): void {
    const nowMs = performance.now();
    for (const connection of this.#open) connection.allow(this.#bytesPerMs * (nowMs - this.#lastMs));
    this.#lastMs = nowMs;
  }
}

/** One connection through the link. Reads from the server only what it may pass on, so that the server feels the rate. */
class CarriedConnection {
  readonly #client: Socket;
  readonly #server: Socket;
  #allowed = 0;

  constructor(client: Socket, serverPort: number, onClose: () => void) {
    this.#client = client;
    this.#server = connect({ port: serverPort, host: LOOPBACK, noDelay: true });
    this.#server.on('readable', () => this.#pass());
    client.pipe(this.#server);
    for (const socket of [client, this.#server]) {
      socket.on('error', () => {});
      socket.on('close', () => {
        this.close();
        onClose();
      });
    }
  }

  allow(bytes: number): void {
    this.#allowed = bytes === Number.POSITIVE_INFINITY ? bytes : Math.min(BURST_BYTES, this.#allowed + bytes);
    this.#pass();
  }

  close(): void {
    this.#client.destroy();
    this.#server.destroy();
  }

  #pass(): void {
    const bytes = Math.floor(Math.min(this.#server.readableLength, this.#allowed));
    const chunk: unknown = bytes > 0 ? this.#server.read(bytes) : undefined;
    if (!Buffer.isBuffer(chunk)) return;
    this.#allowed -= chunk.length;
    this.#client.write(chunk);
  }
}

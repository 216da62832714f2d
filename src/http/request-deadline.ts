import type { IncomingMessage } from 'node:http';

/** How long a whole request may take that is sent slowly. */
const REQUEST_MS = 30_000;

/** Those that are endless by their nature, from a client that is known. */
const endless = new WeakSet<IncomingMessage>();

/** Ends a request whose body does not come to its end in time. */
export function limitDuration(request: IncomingMessage, afterMs = REQUEST_MS): void {
  const timer = setTimeout(() => {
    if (!request.complete && !endless.has(request)) request.socket.destroy();
  }, afterMs);
  timer.unref();
  request.once('close', () => clearTimeout(timer));
}

/** This one may last as long as its connection. */
export function liftDeadline(request: IncomingMessage): void {
  endless.add(request);
}

import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { Socket } from "node:net";

/** What Node publishes about a socket that has just been made. */
type Published = { readonly socket: Socket };

/** Every socket of this process that was made since the first watcher came, until it is closed. */
const clients = new Set<Socket>();
const served = new Set<Socket>();
let watchers = 0;

const remember = (set: Set<Socket>) => (message: unknown) => {
  const { socket } = message as Published;
  set.add(socket);
  socket.once("close", () => set.delete(socket));
};
const onClient = remember(clients);
const onServed = remember(served);

/**
 * The sockets between a server of this process and its clients in this process: has everything that was written at
 * one end been read at the other?
 */
export class LocalSockets {
  readonly #port: number;
  #watching = true;

  /** @param port the server's, on a loopback address */
  constructor(port: number) {
    this.#port = port;
    if (watchers++ > 0) return;
    subscribe("net.client.socket", onClient);
    subscribe("net.server.socket", onServed);
  }

  /** Nothing is on its way, nobody is connecting or about to close. */
  get quiet(): boolean {
    const open = [...served].filter((s) => s.localPort === this.#port);
    let paired = 0;
    for (const client of clients) {
      // Where it connects to is known only when it has.
      if (client.connecting) return false;
      if (client.remotePort !== this.#port && !client.destroyed) continue;
      const server = open.find((s) => s.remotePort === client.localPort);
      if (server === undefined || !atRest(client, server)) return false;
      paired++;
    }
    return paired === open.length;
  }

  close(): void {
    if (!this.#watching) return;
    this.#watching = false;
    if (--watchers > 0) return;
    unsubscribe("net.client.socket", onClient);
    unsubscribe("net.server.socket", onServed);
  }
}

function atRest(a: Socket, b: Socket): boolean {
  return (
    !a.destroyed &&
    !b.destroyed &&
    !a.writableEnded &&
    !b.writableEnded &&
    a.bytesWritten === b.bytesRead &&
    b.bytesWritten === a.bytesRead
  );
}

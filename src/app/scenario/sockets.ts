import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { BlockList, isIPv6, type Socket } from "node:net";

/** What Node publishes about a socket that has just been made. */
type Published = { readonly socket: Socket };

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet("127.0.0.0", 8);
LOOPBACK.addAddress("::1", "ipv6");

/** Every socket of this process that was made since the first watcher came, until it is closed. */
const served = new Set<Socket>();
/** Those that connect to this machine, and to which port: from the attempt on, before they are connected. */
const clients = new Map<Socket, number>();
let watchers = 0;

const onServed = (message: unknown) => {
  const { socket } = message as Published;
  served.add(socket);
  socket.once("close", () => served.delete(socket));
};
const onClient = (message: unknown) => {
  const { socket } = message as Published;
  socket.on("connectionAttempt", (ip, port) => {
    if (LOOPBACK.check(ip, isIPv6(ip) ? "ipv6" : "ipv4")) clients.set(socket, port);
  });
  socket.once("close", () => clients.delete(socket));
};

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
    for (const [client, port] of clients) {
      if (port !== this.#port) continue;
      if (client.connecting) return false;
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

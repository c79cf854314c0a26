import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";

/** What came to the central system, as frames. */
export type Frame = [2, string, string, object] | [3, string, object] | [4, string, string, string, object];

/** A first-in first-out list whose reader waits, up to a deadline. */
export class Waiting<T> {
  readonly #items: T[] = [];
  readonly #readers: ((item: T) => void)[] = [];

  push(item: T): void {
    const reader = this.#readers.shift();
    if (reader === undefined) this.#items.push(item);
    else reader(item);
  }

  get size(): number {
    return this.#items.length;
  }

  next(what: string, ms = 10_000): Promise<T> {
    const item = this.#items.shift();
    if (item !== undefined) return Promise.resolve(item);
    return new Promise((resolve, reject) => {
      const deadline = setTimeout(() => reject(new Error(`waited ${ms} ms in vain for ${what}`)), ms);
      this.#readers.push((next) => {
        clearTimeout(deadline);
        resolve(next);
      });
    });
  }
}

/** A bare central system on a real socket: it shows what comes and says what it is told to. */
export class BareCentral {
  readonly #server: WebSocketServer;
  readonly sockets = new Waiting<WebSocket>();
  readonly frames = new Waiting<Frame>();
  #socket: WebSocket | undefined;

  private constructor(server: WebSocketServer) {
    this.#server = server;
    server.on("connection", (socket) => {
      this.#socket = socket;
      socket.on("message", (data) => this.frames.push(JSON.parse(String(data))));
      this.sockets.push(socket);
    });
  }

  /** `choose` picks the subprotocol of those offered, in the station's order. */
  static async start(choose: (offered: string[]) => string = ([first]) => first ?? ""): Promise<BareCentral> {
    const server = new WebSocketServer({
      host: "127.0.0.1",
      port: 0,
      handleProtocols: (offered) => choose([...offered]),
    });
    await once(server, "listening");
    return new BareCentral(server);
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.#server.address() as AddressInfo).port}/CP001`;
  }

  send(frame: unknown): void {
    this.#socket?.send(JSON.stringify(frame));
  }

  /** Breaks the connection without a closing handshake. */
  breakOff(): void {
    this.#socket?.terminate();
  }

  async close(): Promise<void> {
    for (const socket of this.#server.clients) socket.terminate();
    await new Promise((done) => this.#server.close(done));
  }
}

import { ScriptedServer } from "../support/ws-server.ts";

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

/** A bare central system on a real socket: it shows the frames that come and says what it is told to. */
export class BareCentral {
  readonly frames: Waiting<Frame>;
  readonly #server: ScriptedServer;

  private constructor(server: ScriptedServer, frames: Waiting<Frame>) {
    this.#server = server;
    this.frames = frames;
  }

  /** `choose` picks the subprotocol of those offered, in the station's order. */
  static async start(choose?: (offered: readonly string[]) => string): Promise<BareCentral> {
    const frames = new Waiting<Frame>();
    const server = await ScriptedServer.start({
      ...(choose === undefined ? {} : { subprotocol: choose }),
      onConnection: (socket) => socket.on("message", (data) => frames.push(JSON.parse(String(data)))),
    });
    return new BareCentral(server, frames);
  }

  get url(): string {
    return `${this.#server.url}/CP001`;
  }

  send(frame: unknown): void {
    this.#server.send(JSON.stringify(frame));
  }

  /** Breaks the connection without a closing handshake. */
  breakOff(): void {
    this.#server.breakOff();
  }

  close(): Promise<void> {
    return this.#server.close();
  }
}

import { once } from "node:events";
import { createServer as createHttp, type IncomingMessage } from "node:http";
import { createServer as createHttps } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { TlsOptions } from "node:tls";
import { type WebSocket, WebSocketServer } from "ws";

export interface ScriptedServerOptions {
  /** What to answer to the offered subprotocols; the first one by default. False: none, as OCPP asks of a refusal. */
  readonly subprotocol?: (offered: readonly string[]) => string | false;
  /** Answers the handshake with this HTTP status instead of a WebSocket. */
  readonly status?: () => number | undefined;
  /** Leaves the handshake without an answer. */
  readonly mute?: () => boolean;
  readonly tls?: TlsOptions;
  /** 0: any free one. */
  readonly port?: number;
  readonly onConnection?: (socket: WebSocket, request: IncomingMessage) => void;
  /** Answer WebSocket pings? True by default. */
  readonly autoPong?: boolean;
}

/** A WebSocket server that does as it is told and keeps what it hears. Never a mock: the bytes are real. */
export class ScriptedServer {
  readonly received: string[] = [];
  readonly requests: IncomingMessage[] = [];
  readonly sockets = new Set<WebSocket>();
  readonly #raw = new Set<Duplex>();
  readonly #http;
  readonly #o: ScriptedServerOptions;

  constructor(o: ScriptedServerOptions = {}) {
    this.#o = o;
    const { subprotocol = (offered) => offered[0] ?? false, autoPong = true } = o;
    const wss = new WebSocketServer({
      noServer: true,
      autoPong,
      handleProtocols: (offered) => subprotocol([...offered]),
    });
    this.#http = o.tls === undefined ? createHttp() : createHttps(o.tls);
    this.#http.on("connection", (socket: Socket) => this.#keep(socket));
    this.#http.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      this.requests.push(request);
      const status = o.status?.();
      if (o.mute?.() === true) return;
      if (status !== undefined) socket.end(`HTTP/1.1 ${status} Said\r\nContent-Length: 0\r\n\r\n`);
      else wss.handleUpgrade(request, socket, head, (ws) => this.#accept(ws, request));
    });
  }

  static async start(o: ScriptedServerOptions = {}): Promise<ScriptedServer> {
    const server = new ScriptedServer(o);
    server.#http.listen(o.port ?? 0, "127.0.0.1");
    await once(server.#http, "listening");
    return server;
  }

  get port(): number {
    return (this.#http.address() as AddressInfo).port;
  }

  get url(): string {
    return `${this.#o.tls === undefined ? "ws" : "wss"}://127.0.0.1:${this.port}/ocpp`;
  }

  send(data: string | Uint8Array): void {
    for (const socket of this.sockets) socket.send(data);
  }

  /** Ends all connections with a closing handshake. */
  hangUp(code = 1000, reason = ""): void {
    for (const socket of this.sockets) socket.close(code, reason);
  }

  /** Breaks all connections without a word. */
  breakOff(): void {
    for (const socket of this.#raw) socket.destroy();
  }

  async close(): Promise<void> {
    this.breakOff();
    if (!this.#http.listening) return;
    this.#http.close();
    await once(this.#http, "close");
  }

  #keep(socket: Duplex): void {
    this.#raw.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => this.#raw.delete(socket));
  }

  #accept(ws: WebSocket, request: IncomingMessage): void {
    this.sockets.add(ws);
    ws.on("error", () => {});
    ws.on("close", () => this.sockets.delete(ws));
    ws.on("message", (data) => this.received.push(data.toString()));
    this.#o.onConnection?.(ws, request);
  }
}

/** Waits until a condition holds; looks again with every turn of the event loop, so that it neither sleeps nor polls slowly. */
export async function until(what: string, holds: () => boolean, deadlineMs = 10_000): Promise<void> {
  const end = Date.now() + deadlineMs;
  while (!holds()) {
    if (Date.now() > end) throw new Error(`not within ${deadlineMs} ms: ${what}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

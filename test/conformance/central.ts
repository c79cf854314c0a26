import { expect } from "vitest";
import type { WebSocket } from "ws";
import { includes } from "../../src/app/wait.ts";
import { ScriptedServer, until } from "../support/ws-server.ts";

export type Payload = Record<string, unknown>;

/** What the central system does with a CALL: answers it, with a CALLERROR if need be, or keeps quiet. */
export type Reply = Payload | { readonly error: string } | "silence" | ((request: Payload) => Payload);

/** A CALL of the station. */
export interface Call {
  readonly id: string;
  readonly action: string;
  readonly payload: Payload;
  /** By the station's clock, ms. */
  readonly at: number;
}

/** These say how the station is and come whenever that changes: rows that do not ask for them need not count them. */
const QUIET: ReadonlySet<string> = new Set([
  "StatusNotification",
  "MeterValues",
  "Heartbeat",
  "NotifyReport",
]);

/**
 * A central system on a real socket that a row programs. It answers at once, reads the station's CALLs in order, and
 * knows when nothing more will come: after `settle`, what has not arrived has not been sent.
 */
export class ScriptedCentral {
  readonly calls: Call[] = [];
  /** Everything that went over the wire, oldest first: "< Authorize", "> RemoteStartTransaction", "< result". */
  readonly wire: string[] = [];
  /** WebSocket pings of the station. */
  pings = 0;
  readonly #server: ScriptedServer;
  readonly #now: () => number;
  readonly #idle: () => Promise<void>;
  readonly #replies = new Map<string, Reply[]>();
  readonly #read = new Set<Call>();
  readonly #silent: Call[] = [];
  readonly #results = new Map<string, Payload>();
  /** Counts what moves; a connection that stands still has come to rest. */
  #activity = 0;
  /** The ping is back, or its connection gone. */
  #back = () => {};
  #ids = 0;

  private constructor(server: ScriptedServer, now: () => number, idle: () => Promise<void>) {
    this.#server = server;
    this.#now = now;
    this.#idle = idle;
  }

  /** `idle` lets the station do what is due without the wire. */
  static async start(o: { now: () => number; idle: () => Promise<void> }): Promise<ScriptedCentral> {
    const server = await ScriptedServer.start({
      onConnection: (socket) => {
        central.#activity++;
        socket.on("message", (data) => central.#heard(socket, String(data)));
        socket.on("ping", () => {
          central.#activity++;
          central.pings++;
        });
        for (const back of ["pong", "close"]) socket.on(back, () => central.#back());
      },
    });
    const central = new ScriptedCentral(server, o.now, o.idle);
    return central;
  }

  get url(): string {
    return this.#server.url;
  }

  get connected(): boolean {
    return this.#server.sockets.size > 0;
  }

  /** The subprotocols and headers that the station came with, latest last. */
  get handshakes() {
    return this.#server.requests;
  }

  /** From now on. Of several replies each serves once, and the last one for good. */
  answer(action: string, ...replies: Reply[]): void {
    this.#replies.set(action, replies);
  }

  /** Answers the oldest CALL of this action that met with silence. */
  async reply(action: string, payload: Payload): Promise<void> {
    const index = this.#silent.findIndex((call) => call.action === action);
    const [call] = this.#silent.splice(index, index < 0 ? 0 : 1);
    if (call === undefined) throw new Error(`no ${action} waits for an answer`);
    this.#put([3, call.id, payload]);
    await this.settle();
  }

  /** Sends a CALL and gives the answer, `{ error: code }` for a CALLERROR, which must have what is `wanted`. */
  async send(action: string, payload: Payload = {}, wanted: Payload = {}): Promise<Payload> {
    const id = `c-${++this.#ids}`;
    this.wire.push(`> ${action}`);
    this.#put([2, id, action, payload]);
    await this.settle();
    // What OpenSSL does takes time of its own.
    await until(`the answer to ${action}`, () => this.#results.has(id));
    await this.settle();
    const result = this.#results.get(id) as Payload;
    expect(result, `the answer to ${action}`).toMatchObject(wanted);
    return result;
  }

  /** Sends a CALL that is not answered, as the specification wants it in some states. */
  async sendInVain(action: string, payload: Payload = {}): Promise<void> {
    const id = `c-${++this.#ids}`;
    this.#put([2, id, action, payload]);
    await this.settle();
    expect(this.#results.get(id), `the answer to ${action}`).toBeUndefined();
  }

  /**
   * The next CALL is this one and has what is `wanted`. Status, meter values and heartbeats have a line of their own
   * each (status one a connector), all others share one: whatever comes there must be expected, in its order.
   */
  async expect(action: string, wanted: Payload = {}): Promise<Payload> {
    await this.settle();
    const call = this.#unread().find((c) => lineOf(c.action, c.payload) === lineOf(action, wanted));
    if (call === undefined || call.action !== action || !includes(call.payload, wanted)) {
      // Compared as a whole, so that the failure shows what came instead, and what else.
      const came = call === undefined ? this.wire.slice(-12) : { [call.action]: call.payload };
      expect(came, `the next message; unread are ${this.#names()}`).toMatchObject({ [action]: wanted });
    }
    this.#read.add(call as Call);
    return (call as Call).payload;
  }

  /** The next StatusNotification of the connector says this. */
  status(connectorId: number, status: string, more: Payload = {}): Promise<Payload> {
    return this.expect("StatusNotification", { connectorId, status, ...more });
  }

  /** No unread CALL of this action has come; without one: none but status, meter values and heartbeats. */
  async nothing(action?: string, having: Payload = {}): Promise<void> {
    await this.settle();
    const loud = this.#unread().filter((c) =>
      action === undefined ? !QUIET.has(c.action) : c.action === action && includes(c.payload, having),
    );
    expect(
      loud.map((c) => ({ [c.action]: c.payload })),
      "messages that should not have come",
    ).toEqual([]);
  }

  /** All CALLs of an action so far, read or not. */
  all(action: string): Call[] {
    return this.calls.filter((c) => c.action === action);
  }

  /** What has come so far counts as read. */
  skip(): void {
    for (const call of this.calls) this.#read.add(call);
  }

  /** Resolves when nothing is under way any more: not on the wire, and not in the station until its clock moves. */
  async settle(): Promise<void> {
    for (let quiet = 0; quiet < 2; ) {
      const before = this.#activity;
      await this.#idle();
      await this.#roundTrip();
      quiet = this.#activity === before ? quiet + 1 : 0;
    }
  }

  /** Puts any text on the wire. */
  raw(text: string): void {
    this.#activity++;
    this.#server.send(text);
  }

  breakOff(): void {
    this.#server.breakOff();
  }

  /** Ends the connection with a closing handshake. */
  async hangUp(): Promise<void> {
    this.#server.hangUp();
    await until("the end of the connection", () => !this.connected);
    await this.settle();
  }

  /** The station's next attempt has come. */
  async reconnected(): Promise<void> {
    await until("the station's return", () => this.connected);
    await this.settle();
  }

  close(): Promise<void> {
    return this.#server.close();
  }

  #unread(): Call[] {
    return this.calls.filter((c) => !this.#read.has(c));
  }

  #names(): string {
    return this.#unread()
      .map((c) => c.action)
      .join(", ");
  }

  /** A ping goes behind everything that was sent, its pong behind everything that was said to that. */
  async #roundTrip(): Promise<void> {
    for (const socket of this.#server.sockets) {
      await new Promise<void>((resolve) => {
        this.#back = resolve;
        if (socket.readyState === socket.OPEN) socket.ping();
        else resolve();
      });
    }
    await new Promise((resolve) => setImmediate(resolve));
  }

  #put(frame: unknown): void {
    this.#activity++;
    this.#server.send(JSON.stringify(frame));
  }

  #heard(socket: WebSocket, text: string): void {
    this.#activity++;
    const [type, id, what, payload] = JSON.parse(text) as [number, string, string, Payload];
    if (type === 2) {
      const call = { id, action: what, payload, at: this.#now() };
      this.calls.push(call);
      this.wire.push(`< ${what}`);
      this.#answerTo(call, socket);
    } else {
      this.wire.push(type === 3 ? "< result" : "< error");
      this.#results.set(id, type === 3 ? (what as unknown as Payload) : { error: what });
    }
  }

  #answerTo(call: Call, socket: WebSocket): void {
    const replies = this.#replies.get(call.action) ?? [];
    const chosen = (replies.length > 1 ? replies.shift() : replies[0]) ?? {};
    const reply = typeof chosen === "function" ? chosen(call.payload) : chosen;
    if (reply === "silence") this.#silent.push(call);
    else if (typeof reply.error === "string") socket.send(JSON.stringify([4, call.id, reply.error, "", {}]));
    else socket.send(JSON.stringify([3, call.id, reply]));
  }
}

function lineOf(action: string, payload: Payload): string {
  if (!QUIET.has(action)) return "";
  return action === "StatusNotification" ? `${action} ${payload.evseId ?? payload.connectorId}` : action;
}

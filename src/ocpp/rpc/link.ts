import { type RawData, WebSocket } from "ws";
import type { LinkFact } from "../../station/facts.ts";
import type { Clock } from "../../station/ports.ts";
import type { TimerHandle } from "../../util/clock.ts";
import { type BackOff, backOffMs } from "./backoff.ts";
import { type Attempt, explainClose, explainError, explainStatus, type LinkFailure } from "./failure.ts";
import { binaryText, MAX_FRAME_BYTES } from "./frame.ts";
import { beginningOf, chainOf, clientOptions, type HandshakeOptions } from "./handshake.ts";
import { publicUrl } from "./url.ts";

export type { LinkTls } from "./handshake.ts";

export interface LinkListener {
  /** `chain`: over TLS, the certificates that it stands on, PEM, from the server's up to the root. */
  up(subprotocol: string, chain?: readonly string[]): void;
  /** Each attempt that failed, also when it failed like the one before. */
  failed?(failure: LinkFailure): void;
  /** A connection that was up is gone. Not called for attempts that fail. */
  down(why: string): void;
  /** A binary message arrives as a text that describes it and is no frame. */
  message(text: string): void;
  fact(fact: LinkFact): void;
}

export interface LinkOptions extends HandshakeOptions {
  /** With the station's identity, see parseCsmsUrl. Address, headers and TLS are read again for each attempt. */
  readonly url: string;
  /** "ocpp1.6", "ocpp2.0.1": in order of preference. */
  readonly subprotocols: readonly string[];
  readonly clock: Clock;
  /** From 0 up to 1. */
  readonly random: () => number;
  /** Read again for each wait, so that a changed setting counts at once. */
  readonly backOff: BackOff;
  /** From the first packet to the finished handshake. */
  readonly connectTimeoutMs: number;
  /** WebSocketPingInterval; 0 or undefined: none. Read again for each ping. */
  readonly pingIntervalS?: number | (() => number) | undefined;
  readonly on: LinkListener;
}

/** A connection that lasted so long, or that brought a message, counts as a success: the back-off starts anew. */
const STABLE_MS = 10_000;

const AS_TEXT = { binary: false };

/** Above this many bytes that the far end does not read, it is taken for dead. */
const MAX_UNREAD_BYTES = 2 * MAX_FRAME_BYTES;

const NETWORK_DOWN: LinkFailure = { state: "disconnected", why: "the network is down" };
const CLOSED: LinkFailure = { state: "disconnected", why: "the station closed the connection" };
const FORGOTTEN: LinkFailure = {
  state: "disconnected",
  why: "the central system knows nothing of this connection any more",
  hint: "It was half-open, and the network is good again.",
};
const UNREAD: LinkFailure = { state: "disconnected", why: "the CSMS does not read what is sent to it" };

/**
 * One WebSocket to the central system, kept up with OCPP's back-off (2.0.1 part 4 §5.3). Tells each change once:
 * an attempt that fails for the same reason as the one before is silent. Holds one timer at most.
 */
export class Link {
  readonly #o: LinkOptions;
  #socket: WebSocket | undefined;
  /** Connecting: the time limit. Up: the next ping. Otherwise: the next attempt. */
  #timer: TimerHandle;
  #wanted = false;
  #network = true;
  #failures = 0;
  /** When the connection stood; undefined while it does not. */
  #upAt: number | undefined;
  #heard = false;
  #awaitsPong = false;
  #lost = false;
  /** Why this socket is about to close, when that is known before it does. */
  #failure: LinkFailure | undefined;
  #answered: string | undefined;
  /** Of this connection, over TLS. */
  #chain: readonly string[] | undefined;
  #lastFact = "";
  #closing: Promise<void> | undefined;
  #onClosed: (() => void) | undefined;

  constructor(o: LinkOptions) {
    this.#o = o;
  }

  get connected(): boolean {
    return this.#upAt !== undefined;
  }

  /** Starts connecting and keeps at it until `close`. */
  open(): void {
    if (this.#wanted) return;
    if (this.#socket !== undefined) this.#drop(CLOSED);
    this.#wanted = true;
    this.#closing = undefined;
    this.#failures = 0;
    this.#start();
  }

  /** Closes with a closing handshake, and stays closed until `open`. May be called more than once. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** Hands a text to the socket. False when there is no connection. */
  send(text: string): boolean {
    const socket = this.#socket;
    if (socket === undefined || this.#upAt === undefined || socket.readyState !== WebSocket.OPEN)
      return false;
    if (socket.bufferedAmount > MAX_UNREAD_BYTES) {
      this.#drop(UNREAD);
      return false;
    }
    // As bytes that are not to be changed: ws then puts head and masked text into one piece, which is one write.
    socket.send(Buffer.from(text), AS_TEXT);
    return true;
  }

  /** "network down|up": down breaks the connection without a word and refuses a new one until it is up again. */
  setNetwork(up: boolean): void {
    if (up === this.#network) return;
    this.#network = up;
    if (!this.#wanted) return;
    this.#failures = 0;
    if (up) this.#start();
    else this.#drop(NETWORK_DOWN);
  }

  /**
   * The far end is gone without a word: what this connection sends on its own account (pings) is lost, until it ends.
   * False: the network brings word again, which breaks the connection, as the far end has long given it up.
   */
  loseFarEnd(lost: boolean): void {
    const wasLost = this.#lost;
    this.#lost = lost && this.#upAt !== undefined;
    if (wasLost && !lost) this.#drop(FORGOTTEN);
  }

  /** The setting of the ping interval has changed: counts from now. */
  pingIntervalChanged(): void {
    if (this.#upAt !== undefined) this.#armPing();
  }

  #start(): void {
    if (!this.#network) {
      this.#tell(NETWORK_DOWN);
      return;
    }
    this.#tell({ state: "connecting" });
    this.#connect();
  }

  #connect = (): void => {
    const o = this.#o;
    this.#detach();
    this.#failure = undefined;
    this.#answered = undefined;
    this.#heard = false;
    try {
      this.#socket = new WebSocket(o.url, [...o.subprotocols], clientOptions(o));
    } catch (e) {
      this.#ended(this.#explain(e));
      return;
    }
    this.#listen(this.#socket);
    const why = `no answer to the handshake within ${o.connectTimeoutMs / 1_000} s`;
    const hint = "Check the address, the network and firewalls between.";
    this.#setTimer(() => this.#drop({ state: "disconnected", why, hint }), o.connectTimeoutMs);
  };

  #listen(socket: WebSocket): void {
    const { on } = this.#o;
    socket.on("upgrade", (response) => {
      this.#answered = response.headers["sec-websocket-protocol"];
      this.#chain = chainOf(response.socket);
    });
    socket.on("unexpected-response", (_request, response) => {
      const { statusCode = 0, statusMessage } = response;
      beginningOf(response, this.#o.clock, (body) => {
        if (this.#socket === socket)
          this.#drop(explainStatus(statusCode, statusMessage, body, this.#attempt()));
      });
    });
    socket.on("open", () => this.#isUp(socket.protocol));
    socket.on("message", (data: RawData, isBinary: boolean) => {
      this.#heard = true;
      this.#awaitsPong = false;
      on.message(isBinary ? binaryText(data as Buffer) : data.toString());
    });
    socket.on("pong", () => {
      this.#awaitsPong = false;
    });
    socket.on("error", (e) => {
      this.#failure ??= this.#explain(e);
    });
    socket.on("close", (code, reason) => {
      this.#drop(this.#failure ?? explainClose(code, reason.toString()));
    });
  }

  #isUp(subprotocol: string): void {
    this.#upAt = this.#o.clock.now();
    this.#awaitsPong = false;
    this.#clearTimer();
    this.#tell({ state: "connected", subprotocol });
    this.#armPing();
    this.#o.on.up(subprotocol, this.#chain);
  }

  /** Gives up this socket at once and says why. */
  #drop(failure: LinkFailure): void {
    this.#detach();
    this.#ended(failure);
  }

  #detach(): void {
    this.#clearTimer();
    this.#lost = false;
    const socket = this.#socket;
    this.#socket = undefined;
    if (socket === undefined) return;
    socket.removeAllListeners();
    // It may still fail; nobody wants to know.
    socket.on("error", () => {});
    socket.terminate();
  }

  /** After a connection or an attempt: plans the next one and tells about this one. */
  #ended(failure: LinkFailure): void {
    const { clock, backOff, random, on } = this.#o;
    const wasUp = this.#upAt !== undefined;
    const lasted = clock.now() - (this.#upAt ?? clock.now());
    if (wasUp && (this.#heard || lasted >= STABLE_MS)) this.#failures = 0;
    this.#upAt = undefined;
    let retryInMs: number | undefined;
    if (this.#wanted && this.#network) {
      retryInMs = backOffMs(backOff, this.#failures, random);
      this.#failures++;
      this.#setTimer(this.#connect, retryInMs);
    }
    const { problem: _, ...told } = failure;
    this.#tell(retryInMs === undefined ? told : { ...told, retryInMs });
    if (wasUp) on.down(failure.why);
    else if (retryInMs !== undefined) on.failed?.(failure);
    this.#onClosed?.();
    this.#onClosed = undefined;
  }

  async #close(): Promise<void> {
    this.#wanted = false;
    this.#clearTimer();
    const socket = this.#socket;
    if (socket === undefined) return;
    this.#failure = CLOSED;
    if (socket.readyState !== WebSocket.OPEN) {
      this.#drop(CLOSED);
      return;
    }
    await new Promise<void>((resolve) => {
      this.#onClosed = resolve;
      socket.close(1000);
    });
  }

  #armPing(): void {
    const { pingIntervalS: interval } = this.#o;
    const seconds = typeof interval === "function" ? interval() : (interval ?? 0);
    if (seconds > 0) this.#setTimer(this.#ping, seconds * 1_000);
    else this.#clearTimer();
  }

  #ping = (): void => {
    if (this.#awaitsPong) {
      const hint = "The connection was half-open: it stood here only.";
      this.#drop({ state: "disconnected", why: "no answer to a WebSocket ping", hint });
      return;
    }
    this.#awaitsPong = true;
    if (!this.#lost) this.#socket?.ping();
    this.#armPing();
  };

  #tell(
    f: Pick<LinkFact, "state" | "why" | "hint" | "lasting" | "takenOver" | "subprotocol" | "retryInMs">,
  ): void {
    const key = `${f.state} ${f.why ?? ""}`;
    if (key === this.#lastFact) return;
    this.#lastFact = key;
    this.#o.on.fact({ kind: "link", url: publicUrl(this.#o.url), ...f });
  }

  #explain(e: unknown): LinkFailure {
    return explainError(e, this.#attempt());
  }

  #attempt(): Attempt {
    const { url, subprotocols: offered } = this.#o;
    return { url, offered, answered: this.#answered, stood: this.#upAt !== undefined };
  }

  #setTimer(fn: () => void, ms: number): void {
    this.#clearTimer();
    this.#timer = this.#o.clock.setTimeout(fn, ms);
  }

  #clearTimer(): void {
    this.#o.clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}

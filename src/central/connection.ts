import type { WebSocket } from "ws";
import { Calls, type CallsOptions } from "../ocpp/rpc/calls.ts";
import { redactFrame } from "../ocpp/rpc/redact.ts";
import type { CallAnswer, CallOutcome, FrameRecord, OcppVersion, PayloadCheck } from "../ocpp/rpc/types.ts";
import type { FactBody } from "../station/facts.ts";
import { type Clock, isoTime } from "../util/clock.ts";
import { AppError, errorText } from "../util/errors.ts";
import type { AnswerBehaviour, Answers, ReceivedRequest } from "./answers.ts";
import type { ActionHandler, ActionTable, Desk, RegistrationStatus } from "./desk.ts";
import { asPayload, text } from "./payload.ts";
import type { Received } from "./received.ts";

/** A station that does not read its answers is cut off when so many bytes wait for it. */
const WAITING_MAX = 4 * 1024 * 1024;
/** How old a station's "last seen" may get before it is written down again. */
const SEEN_EVERY_MS = 30_000;

export interface ConnectionOptions {
  readonly socket: WebSocket;
  readonly version: OcppVersion;
  readonly actions: ActionTable;
  readonly desk: Desk;
  readonly check: PayloadCheck;
  readonly answers: Answers;
  readonly received: Received;
  readonly clock: Clock;
  readonly ids: CallsOptions["ids"];
  /** How long a station may take to answer, milliseconds. */
  readonly timeoutMs: number;
  readonly say: (station: string, fact: FactBody) => void;
  /** Journal the central side's frames too. */
  readonly frames: boolean;
  /** The records could be used, or why not. */
  readonly health: (problem: string | undefined) => void;
}

/** One station's connection: reads requests, answers them, and carries commands to the station. */
export class Connection {
  readonly #o: ConnectionOptions;
  readonly #calls: Calls;
  readonly since: string;
  #registration: RegistrationStatus | undefined;
  #seenAt = 0;
  /** Of the frame that is being handled: our handler never waits, so there is but one. */
  #frameLength = 0;
  /** Payloads that are wrong on purpose. */
  readonly #bent = new WeakSet<object>();
  /** By message id: answers that do not leave as they are. */
  readonly #withheld = new Map<string, AnswerBehaviour>();

  constructor(o: ConnectionOptions) {
    this.#o = o;
    this.since = isoTime(o.clock);
    this.#calls = new Calls({
      version: o.version,
      clock: o.clock,
      ids: o.ids,
      timeoutMs: o.timeoutMs,
      check: (action, kind, payload) => (this.#isBent(payload) ? undefined : o.check(action, kind, payload)),
      handler: (action, payload, id) => this.#answer(action, payload, id),
      send: (frame) => this.#send(frame),
      ...(o.frames && { onFrame: (r) => o.say(this.station, this.#frameFact(r)) }),
    });
    o.socket.on("message", (data, isBinary) => this.#receive(data, isBinary));
    o.socket.on("close", () => this.#calls.disconnected());
    // What ws finds wrong (oversized, bad UTF-8) closes the socket too; that is where it is dealt with.
    o.socket.on("error", () => undefined);
    this.#calls.connected();
  }

  get station(): string {
    return this.#o.desk.station;
  }

  get version(): OcppVersion {
    return this.#o.version;
  }

  /** The answer to the last BootNotification of this connection. */
  get registration(): RegistrationStatus | undefined {
    return this.#registration;
  }

  get connectors(): ReadonlyMap<string, string> {
    return this.#o.desk.connectors;
  }

  /** @throws AppError `input.invalid` when the payload does not fit the schema and `raw` is not set */
  async call(
    action: string,
    payload: unknown,
    o: { readonly raw?: boolean; readonly timeoutMs?: number },
  ): Promise<CallOutcome> {
    const problem = o.raw ? undefined : this.#o.check(action, "request", payload);
    if (problem !== undefined) {
      throw new AppError(
        "input.invalid",
        `${action} for ${this.station} does not fit OCPP ${this.version}: ${problem.detail}`,
        { hint: "Correct the payload, or send it raw when it is meant to be wrong." },
      );
    }
    const { raw, timeoutMs } = o;
    return this.#calls.call(
      action,
      raw ? this.#unchecked(payload) : payload,
      timeoutMs === undefined ? {} : { timeoutMs },
    );
  }

  sendRaw(frame: string): boolean {
    return this.#calls.sendRaw(frame);
  }

  close(code: number, reason: string): void {
    this.#calls.close();
    this.#o.socket.close(code, reason);
  }

  #send(frame: string): boolean {
    const { socket } = this.#o;
    if (socket.readyState !== socket.OPEN || this.#withhold(frame)) return false;
    if (socket.bufferedAmount > WAITING_MAX) {
      socket.terminate();
      return false;
    }
    socket.send(frame);
    return true;
  }

  #receive(data: unknown, isBinary: boolean): void {
    if (isBinary) {
      this.close(1003, "OCPP-J is text");
      return;
    }
    const frame = String(data);
    this.#frameLength = frame.length;
    this.#calls.receive(frame);
  }

  #answer(action: string, payload: unknown, messageId: string): CallAnswer {
    const { answers, received, clock, version } = this.#o;
    const time = isoTime(clock);
    const request = received.add(
      { station: this.station, version, action, messageId, payload, time },
      this.#frameLength,
    );
    const behaviour = answers.take(request);
    const answer = behaviour ? this.#behave(behaviour, request) : this.#standard(action, payload);
    if (action === "BootNotification" && answer.ok) {
      this.#registration = text(asPayload(answer.payload), "status") as RegistrationStatus | undefined;
    }
    return answer;
  }

  /** Decides the answer now; one that is late, lost or misaddressed is taken back where it leaves, in #send. */
  #behave(b: AnswerBehaviour, request: ReceivedRequest): CallAnswer {
    if (b.drop !== undefined || b.delayMs !== undefined || b.messageId !== undefined) {
      this.#withheld.set(request.messageId, b);
    }
    let standard: CallAnswer | undefined;
    const ask = () => {
      standard ??= this.#standard(request.action, request.payload);
      return standard;
    };
    if (b.error !== undefined) return { ok: false, description: "", ...b.error };
    if (b.drop === "request") return { ok: true, payload: this.#unchecked({}) };
    if (b.answer === undefined) return ask();
    if (typeof b.answer !== "function") return { ok: true, payload: this.#unchecked(b.answer) };
    const plain = () => {
      const answer = ask();
      return answer.ok ? answer.payload : undefined;
    };
    return { ok: true, payload: this.#unchecked(b.answer(request, plain)) };
  }

  /** False: the answer does not leave now, or not as it is. What leaves later is marked as injected. */
  #withhold(frame: string): boolean {
    if (this.#withheld.size === 0) return false;
    const [type, id, ...rest] = JSON.parse(frame) as unknown[];
    const b = type === 2 || typeof id !== "string" ? undefined : this.#withheld.get(id);
    if (b === undefined) return false;
    this.#withheld.delete(id as string);
    if (b.drop !== undefined) return true;
    const changed = JSON.stringify([type, b.messageId ?? id, ...rest]);
    // Not while Calls is at this answer: it would be recorded before the request is done with.
    this.#o.clock.setTimeout(() => this.#calls.sendRaw(changed), b.delayMs ?? 0);
    return true;
  }

  /** A copy that the schemas do not look at. */
  #unchecked(payload: unknown): object {
    const copy =
      typeof payload === "object" && payload !== null
        ? Array.isArray(payload)
          ? [...payload]
          : { ...payload }
        : { toJSON: () => payload };
    this.#bent.add(copy);
    return copy;
  }

  #standard(action: string, payload: unknown): CallAnswer {
    const { actions, desk, health } = this.#o;
    if (!Object.hasOwn(actions, action)) {
      return { ok: false, code: "NotImplemented", description: `This central system has no ${action}` };
    }
    try {
      const answer = this.#handle(action, actions[action] as ActionHandler, payload, desk);
      health(undefined);
      return answer;
    } catch (e) {
      health(`${action} of ${this.station}: ${errorText(e)}`);
      return {
        ok: false,
        code: "InternalError",
        description: "The central system could not use its records",
      };
    }
  }

  /** Before acceptance a station may only say BootNotification (2.0.1 B02.FR.09, B03.FR.07; 1.6 §4.2). */
  #handle(action: string, handler: ActionHandler, payload: unknown, desk: Desk): CallAnswer {
    const accepted =
      this.#registration === undefined
        ? (desk.ledger.station(desk.station)?.approved ?? false)
        : this.#registration === "Accepted";
    if (action !== "BootNotification" && !accepted) {
      return {
        ok: false,
        code: "SecurityError",
        description: `${action} before BootNotification was Accepted`,
      };
    }
    const now = this.#o.clock.now();
    if (now - this.#seenAt >= SEEN_EVERY_MS) {
      this.#seenAt = now;
      desk.ledger.seen(desk.station, { ocpp: this.#o.version });
    }
    return { ok: true, payload: handler(asPayload(payload), desk) };
  }

  #isBent(payload: unknown): boolean {
    return typeof payload === "object" && payload !== null && this.#bent.has(payload);
  }

  /** Directions of facts are seen from the station, and secrets are masked. */
  #frameFact(r: FrameRecord): FactBody {
    const { id, ...rest } = redactFrame(r);
    return {
      kind: "frame",
      ...rest,
      direction: r.direction === "in" ? "out" : "in",
      ...(id !== undefined && { messageId: id }),
      ...(this.#isBent(r.payload) && { injected: true }),
    };
  }
}

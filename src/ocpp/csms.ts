import type { FrameFact } from "../station/facts.ts";
import type {
  Csms,
  CsmsAnswer,
  CsmsFailure,
  CsmsListener,
  CsmsRequestName,
  CsmsRequests,
} from "../station/ports.ts";
import { AppError, errorText, isAppError } from "../util/errors.ts";
import { CsmsLinkOptions, type OcppCsmsOptions } from "./csms-options.ts";
import { type Dialect, type DialectContext, type Exchange, Refusal } from "./dialect.ts";
import { Calls } from "./rpc/calls.ts";
import { type FaultPlan, Faults } from "./rpc/faults.ts";
import { beginning } from "./rpc/frame.ts";
import { Link, type LinkListener } from "./rpc/link.ts";
import { redactFrame } from "./rpc/redact.ts";
import type { CallAnswer, CallOutcome, FrameRecord } from "./rpc/types.ts";
import { publicUrl } from "./rpc/url.ts";
import { payloadCheck } from "./schemas.ts";
import { clip, defined } from "./wire.ts";

export type { OcppCsmsOptions };

/** What is spoken on the connection now. */
interface Session {
  readonly dialect: Dialect;
  readonly calls: Calls;
}

/**
 * The central system behind a WebSocket: connection, calls and the dialect that was agreed on, put together as the
 * domain's {@link Csms}. What the domain asks while it answers a command leaves after that answer, as OCPP wants it
 * (1.6 §5.17, F01, F06).
 */
export class OcppCsms implements Csms {
  readonly #options: OcppCsmsOptions;
  readonly #context: DialectContext;
  readonly #link: Link;
  #session: Session | undefined;
  /** Absent until somebody asks for faults. */
  #faults: Faults | undefined;
  /** Who hears of it; undefined while it is closed. */
  #listener: CsmsListener | undefined;
  #closing: Promise<void> | undefined;
  /** A command is being handled: its answer leaves at the end of this very turn, before any promise continues. */
  #answering = false;

  /** @throws AppError `config.invalid` without a dialect. */
  constructor(options: OcppCsmsOptions) {
    if (options.dialects.length === 0) {
      throw new AppError("config.invalid", "No OCPP version to speak was given", {
        hint: "Give at least one version.",
      });
    }
    this.#options = options;
    this.#context = { values: options.values };
    this.#link = new Link(new CsmsLinkOptions(options, this.#linkListener()));
  }

  /** The dialect of the connection, or of the last one. Undefined before the first. */
  get dialect(): Dialect | undefined {
    return this.#session?.dialect;
  }

  get connected(): boolean {
    return this.#link.connected;
  }

  open(on: CsmsListener): void {
    if (this.#listener !== undefined) return;
    this.#listener = on;
    if (this.#closing === undefined) this.#link.open();
  }

  reconnect(): void {
    if (!this.#isOpen) return;
    void this.#link.close().then(() => {
      if (this.#isOpen) this.#link.open();
    });
  }

  /** Requests that wait fail; nothing is heard from here on until `open`, which may be called again at any time. */
  close(): Promise<void> {
    this.#listener = undefined;
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async request<K extends CsmsRequestName>(
    kind: K,
    payload: CsmsRequests[K]["in"],
    onSent?: () => void,
  ): Promise<CsmsAnswer<CsmsRequests[K]["out"]>> {
    if (this.#answering) await undefined;
    const session = this.#session;
    if (session === undefined) return failed("offline", "There was no connection yet");
    const say = session.dialect.outgoing[kind];
    if (say === undefined) return failed("unsupported", `OCPP ${session.dialect.version} has no ${kind}`);
    let exchange: Exchange<CsmsRequests[K]["out"]>;
    try {
      exchange = say(payload, this.#context);
    } catch (e) {
      // What could not be read from the store can be said later; what does not fit this version never can.
      return failed(isAppError(e, "input.invalid") ? "unsupported" : "offline", errorText(e));
    }
    if ("answer" in exchange) return { ok: true, value: exchange.answer };
    const sent = onSent === undefined ? {} : { onSent };
    const outcome = await session.calls.call(exchange.action, exchange.payload, sent);
    return answerOf(exchange, outcome);
  }

  forget(transactionId: string): void {
    for (const { forget } of this.#options.dialects) forget?.(transactionId, this.#context);
  }

  /** Puts any text on the wire, by-passing the station's state. False when there is no connection. */
  sendRaw(text: string): boolean {
    return this.#session?.calls.sendRaw(text) ?? false;
  }

  /** Frames are lost, late, doubled, corrupted… from now on, as the plan says; an empty one: no more. */
  distort(plan: FaultPlan): void {
    this.#faultsNow().setPlan(plan);
  }

  /**
   * The far end is gone and nobody here knows: nothing arrives in either direction until this connection ends, which
   * `false` makes it do. Gives false when there is no connection to which that could happen.
   */
  halfOpen(on: boolean): boolean {
    if (on && !this.connected) return false;
    if (on) {
      const faults = this.#faultsNow();
      faults.halfOpen("out", true);
      faults.halfOpen("in", true);
    }
    this.#link.loseFarEnd(on);
    return true;
  }

  /** Unplugs or plugs the network, as a person would: `false` breaks the connection and keeps it from coming back. */
  setNetwork(up: boolean): void {
    this.#link.setNetwork(up);
  }

  /** The setting behind `pingIntervalS` has changed: counts from now. */
  pingIntervalChanged(): void {
    this.#link.pingIntervalChanged();
  }

  async #close(): Promise<void> {
    if (this.#answering) await undefined;
    this.#session?.calls.disconnected();
    await this.#link.close();
    this.#closing = undefined;
    if (this.#listener !== undefined) this.#link.open();
  }

  #linkListener(): LinkListener {
    const { fact } = this.#options;
    return {
      up: (subprotocol, chain) => this.#up(subprotocol, chain),
      failed: ({ why, problem }) => {
        if (this.#isOpen) this.#listener?.link({ kind: "failed", why, ...defined({ problem }) });
      },
      down: (why) => this.#down(why),
      message: (text) => (this.#faults === undefined ? this.#receive(text) : this.#faults.receive(text)),
      fact: (f) => fact?.(f),
    };
  }

  #receive(text: string): void {
    if (this.#isOpen) this.#session?.calls.receive(text);
  }

  #faultsNow(): Faults {
    const { clock, fact, faultSeed = 1 } = this.#options;
    this.#faults ??= new Faults({
      plan: {},
      seed: faultSeed,
      clock,
      send: (text) => this.#link.send(text),
      receive: (text) => this.#receive(text),
      ...(fact === undefined ? {} : { onFrame: (record: FrameRecord) => fact(frameFact(record)) }),
    });
    return this.#faults;
  }

  /** While it closes, the connection may still have something to say, which nobody wants to hear. */
  get #isOpen(): boolean {
    return this.#listener !== undefined && this.#closing === undefined;
  }

  #up(subprotocol: string, chain: readonly string[] | undefined): void {
    const { dialects, url } = this.#options;
    // Always found: the WebSocket client refuses a subprotocol that was not offered.
    const dialect = dialects.find((d) => d.subprotocol === subprotocol);
    if (dialect === undefined || !this.#isOpen) return;
    if (this.#session?.dialect !== dialect) {
      this.#session?.calls.close();
      this.#session = { dialect, calls: this.#callsOf(dialect) };
    }
    this.#session.calls.connected();
    this.#listener?.link({ kind: "up", url: publicUrl(url), subprotocol, ...defined({ chain }) });
  }

  #down(why: string): void {
    this.#session?.calls.disconnected();
    this.#faults?.reset();
    this.#faults?.halfOpen("out", false);
    this.#faults?.halfOpen("in", false);
    if (this.#isOpen) this.#listener?.link({ kind: "down", why });
  }

  #callsOf(dialect: Dialect): Calls {
    const { clock, ids, messageTimeoutMs, fact } = this.#options;
    return new Calls({
      version: dialect.version,
      clock,
      ids,
      timeoutMs: messageTimeoutMs,
      check: payloadCheck(dialect.version),
      handler: (action, payload) => this.#answer(dialect, action, payload),
      send: (text) => (this.#faults ?? this.#link).send(text),
      ...(fact === undefined ? {} : { onFrame: (record: FrameRecord) => this.#frame(record, fact) }),
    });
  }

  #frame(record: FrameRecord, fact: NonNullable<OcppCsmsOptions["fact"]>): void {
    if (this.#faults === undefined) fact(frameFact(record));
    else this.#faults.onFrame(record);
    const { direction, problem } = record;
    if (direction === "in" && problem !== undefined) this.#listener?.invalid?.(problem);
  }

  #answer(dialect: Dialect, action: string, payload: unknown): CallAnswer | Promise<CallAnswer> {
    if (this.#listener?.isRejected() === true) {
      const description = "The central system has rejected this station";
      return { ok: false, code: "SecurityError", description, unanswered: dialect.silentWhileRejected };
    }
    const commands = this.#listener?.commands;
    if (commands === undefined || !Object.hasOwn(dialect.inbound, action)) {
      return { ok: false, code: "NotSupported", description: `This station does not do ${action}` };
    }
    this.#answering = true;
    try {
      // The schema was checked before the call came here.
      const answer = dialect.inbound[action]?.(payload as never, commands, this.#context);
      return answer instanceof Promise ? answer.then(callAnswer) : callAnswer(answer);
    } finally {
      this.#answering = false;
    }
  }
}

function callAnswer(answer: object | Refusal | undefined): CallAnswer {
  if (!(answer instanceof Refusal)) return { ok: true, payload: answer };
  return { ok: false, code: answer.code, description: answer.description };
}

/** A longer frame is noted by its beginning: a central system must not fill the journal's disk. */
const MAX_NOTED = 65_536;

/** For the journal: secrets masked, the message id under its name there. */
function frameFact(record: FrameRecord): FrameFact {
  const { id, ...rest } = redactFrame(record);
  const fact: FrameFact = { kind: "frame", ...rest, ...(id === undefined ? {} : { messageId: id }) };
  if (fact.raw.length <= MAX_NOTED) return fact;
  const { payload: _, ...short } = fact;
  return { ...short, raw: beginning(fact.raw, MAX_NOTED), length: fact.raw.length };
}

function failed(failure: CsmsFailure, detail: string): { ok: false; failure: CsmsFailure; detail: string } {
  return { ok: false, failure, detail };
}

type Said<T> = Exclude<Exchange<T>, { readonly answer: T }>;

function answerOf<T>({ decode, keep }: Said<T>, outcome: CallOutcome): CsmsAnswer<T> {
  if (outcome.kind !== "result") return failureOf(outcome);
  const response = outcome.payload as never;
  try {
    const value = decode(response);
    return keep === undefined ? { ok: true, value } : { ok: true, value, keep: () => keep(response) };
  } catch (e) {
    return failed("badAnswer", errorText(e));
  }
}

/** What was sent may have arrived: only what never left is `offline`. */
function failureOf(outcome: Exclude<CallOutcome, { kind: "result" }>): CsmsAnswer<never> {
  if (outcome.kind === "error")
    return failed("callError", `${clip(outcome.code, 50)}: ${clip(outcome.description, 255)}`);
  if (outcome.kind === "invalid") return failed("badAnswer", outcome.problem);
  if (outcome.kind === "timeout") return failed("timeout", "No answer within the message timeout");
  return outcome.sent
    ? failed("timeout", "The connection broke before the answer came")
    : failed("offline", "There is no connection");
}

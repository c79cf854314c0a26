import type { TimerHandle } from "../../util/clock.ts";
import { errorText } from "../../util/errors.ts";
import { encodeFrame, idProblem, UNREADABLE_ID } from "./frame.ts";
import type { CallOptions, CallOutcome, Frame } from "./types.ts";
import { safely, type Wire } from "./wire.ts";

/** A frame that answers a CALL. */
export type AnswerFrame = Exclude<Frame, { readonly action: string }>;

interface Pending {
  readonly action: string;
  payload: unknown;
  readonly timeoutMs: number | undefined;
  readonly onSent: (() => void) | undefined;
  readonly resolve: (outcome: CallOutcome) => void;
  id: string;
  sentAt: number;
  sent: boolean;
}

/** The CALL that went before, so that what comes too late can be told from what nobody asked for. */
interface Finished {
  readonly id: string;
  readonly action: string;
  readonly how: string;
}

/** Shared, because they say nothing about the one CALL. */
const TIMEOUT: CallOutcome = { kind: "timeout" };
const NOT_SENT: CallOutcome = { kind: "disconnected", sent: false };
const SENT: CallOutcome = { kind: "disconnected", sent: true };

/** Our own CALLs: one on the wire at a time (OCPP-J §4.1.1), the rest waits in order. */
export class Outgoing {
  readonly #wire: Wire;
  #queue: Pending[] = [];
  #inFlight: Pending | undefined;
  #timer: TimerHandle;
  #last: Finished | undefined;
  /** The last CALL that a person injected: its answer is no surprise. */
  #injected: Finished | undefined;

  constructor(wire: Wire) {
    this.#wire = wire;
  }

  get waiting(): number {
    return this.#queue.length + (this.#inFlight === undefined ? 0 : 1);
  }

  call(action: string, payload: unknown, o: CallOptions | undefined): Promise<CallOutcome> {
    if (!this.#wire.up) return Promise.resolve(NOT_SENT);
    return new Promise((resolve) => {
      const { timeoutMs, onSent } = o ?? {};
      this.#queue.push({ action, payload, timeoutMs, onSent, resolve, id: "", sentAt: 0, sent: false });
      this.#pump();
    });
  }

  injected(id: string, action: string): void {
    this.#injected = { id, action, how: "injected" };
  }

  /** A CALLRESULT or CALLERROR came in. */
  answered(frame: AnswerFrame, raw: string): void {
    const pending = this.#inFlight;
    if (pending?.id !== frame.id) this.#stray(frame, raw);
    else this.#settle(pending, frame, raw);
  }

  #settle(pending: Pending, frame: AnswerFrame, raw: string): void {
    this.#finish(pending, "answered");
    const ms = this.#wire.o.clock.now() - pending.sentAt;
    const outcome = this.#outcomeOf(pending.action, frame);
    this.#wire.record("in", frame, raw, pending.action, outcome.problem, ms);
    pending.resolve(outcome.outcome);
    this.#pump();
  }

  /** The connection is gone: nobody will answer. */
  disconnected(): void {
    const pending = this.#inFlight;
    const waiting = this.#queue;
    this.#queue = [];
    if (pending !== undefined) {
      this.#finish(pending, "given up when the connection broke");
      pending.resolve(pending.sent ? SENT : NOT_SENT);
    }
    for (const p of waiting) p.resolve(NOT_SENT);
  }

  #pump(): void {
    while (this.#inFlight === undefined) {
      const next = this.#queue.shift();
      if (next === undefined) return;
      this.#start(next);
    }
  }

  #start(pending: Pending): void {
    const { o } = this.#wire;
    const { action, payload } = pending;
    pending.id = o.ids.next();
    const frame: Frame = { type: "CALL", id: pending.id, action, payload };
    const { raw, problem } = this.#encode(frame, action, payload);
    if (problem !== undefined) {
      this.#wire.record("out", frame, raw, action, `not sent: ${problem}`);
      pending.resolve({ kind: "invalid", problem });
      return;
    }
    // In flight before the bytes leave, because the far end may answer at once when it lives in this process.
    this.#inFlight = pending;
    pending.sentAt = o.clock.now();
    pending.payload = undefined;
    this.#timer = o.clock.setTimeout(this.#onTimeout, this.#timeoutOf(pending));
    pending.sent = this.#wire.sendText(frame, raw);
    if (pending.sent) safely(pending.onSent);
    else if (this.#inFlight === pending) {
      this.#finish(pending, "not sent");
      pending.resolve(NOT_SENT);
    }
  }

  /** The text to send, and what is wrong with it: central systems let most of this pass, so nobody else tells us. */
  #encode(
    frame: Frame,
    action: string,
    payload: unknown,
  ): { readonly raw: string; readonly problem?: string } {
    const { o } = this.#wire;
    let raw = "";
    try {
      raw = encodeFrame(frame, o.version);
    } catch (e) {
      return { raw, problem: `${action} cannot be written as JSON: ${errorText(e)}` };
    }
    const id = frame.id === this.#last?.id ? "the message id was used before" : idProblem(frame.id);
    if (id !== undefined) return { raw, problem: `${action}: ${id}` };
    const wrong = o.check?.(action, "request", payload);
    return wrong === undefined
      ? { raw }
      : { raw, problem: `${action} does not fit its schema: ${wrong.detail}` };
  }

  #timeoutOf(pending: Pending): number {
    const { timeoutMs } = this.#wire.o;
    return pending.timeoutMs ?? (typeof timeoutMs === "function" ? timeoutMs() : timeoutMs);
  }

  #onTimeout = (): void => {
    const pending = this.#inFlight;
    if (pending === undefined) return;
    this.#finish(pending, "given up after its timeout");
    pending.resolve(TIMEOUT);
    this.#pump();
  };

  #finish(pending: Pending, how: string): void {
    this.#inFlight = undefined;
    this.#wire.o.clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#last = { id: pending.id, action: pending.action, how };
  }

  #outcomeOf(
    action: string,
    frame: AnswerFrame,
  ): { readonly outcome: CallOutcome; readonly problem?: string } {
    if ("code" in frame) {
      const { code, description, details } = frame;
      return { outcome: { kind: "error", code, description, details } };
    }
    const { check, strict } = this.#wire.o;
    const wrong = check?.(action, "response", frame.payload);
    const result: CallOutcome = { kind: "result", payload: frame.payload };
    if (wrong === undefined) return { outcome: result };
    const problem = `the answer to ${action} does not fit its schema: ${wrong.detail}`;
    return { outcome: strict === false ? result : { kind: "invalid", problem }, problem };
  }

  /** An answer that no CALL waits for: recorded, nothing else. */
  #stray(frame: AnswerFrame, raw: string): void {
    const { id } = frame;
    if (this.#injected?.id === id) {
      this.#wire.record("in", frame, raw, this.#injected.action, undefined, undefined, true);
      this.#injected = undefined;
    } else if (this.#last?.id === id) {
      const { action, how } = this.#last;
      this.#wire.record("in", frame, raw, action, `a late or second answer: ${action} was ${how}`);
    } else {
      const unread = frame.type === "CALLERROR" && id === UNREADABLE_ID;
      const problem = unread ? "the far end could not read a message of ours" : "answers no CALL of ours";
      this.#wire.record("in", frame, raw, undefined, problem);
    }
  }
}

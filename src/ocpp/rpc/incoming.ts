import { errorText } from "../../util/errors.ts";
import type { CallAnswer, Frame, RpcErrorCode } from "./types.ts";
import { safely, type Wire } from "./wire.ts";

export type CallFrame = Extract<Frame, { type: "CALL" }>;

/**
 * How many CALLs of the far end may wait while one is handled. OCPP-J §4.1.1 allows it one at a time; some central
 * systems do not keep to that, and above this number it is a flood, which is answered without being kept.
 */
export const MAX_WAITING_CALLS = 16;

/** The far end's CALLs: handled one after the other, in order. */
export class Incoming {
  readonly #wire: Wire;
  #queue: CallFrame[] = [];
  #handling: CallFrame | undefined;
  /** The connection that `#handling` came over is gone, and its answer with it. */
  #stale = false;

  constructor(wire: Wire) {
    this.#wire = wire;
  }

  received(call: CallFrame, raw: string): void {
    const refusal = this.#refusal(call);
    this.#wire.record("in", call, raw, undefined, refusal?.problem);
    if (refusal === undefined || refusal.code === "proceed") {
      this.#queue.push(call);
      if (this.#handling === undefined) this.#pump();
    } else if (refusal.code !== "silence") this.refuse(call.id, call.action, refusal.code, refusal.problem);
  }

  /** Answers with a CALLERROR. `problem` is for the journal, when the fault is ours. */
  refuse(
    id: string,
    action: string | undefined,
    code: RpcErrorCode,
    description: string,
    problem?: string,
  ): void {
    this.#wire.send({ type: "CALLERROR", id, code, description, details: {} }, action, problem);
  }

  disconnected(): void {
    this.#queue = [];
    this.#stale = true;
  }

  #refusal(
    call: CallFrame,
  ): { readonly code: RpcErrorCode | "silence" | "proceed"; readonly problem: string } | undefined {
    const { o, rules } = this.#wire;
    if (this.#isDuplicate(call.id)) {
      const problem = "a CALL with this message id is being handled already";
      return { code: rules.rejectsDuplicates ? "RpcFrameworkError" : "silence", problem };
    }
    if (this.#queue.length >= MAX_WAITING_CALLS) {
      return {
        code: "GenericError",
        problem: `too many CALLs at once: ${MAX_WAITING_CALLS} are waiting already`,
      };
    }
    const wrong = o.check?.(call.action, "request", call.payload);
    if (wrong === undefined) return undefined;
    return { code: o.strict === false ? "proceed" : wrong.code, problem: wrong.detail };
  }

  #isDuplicate(id: string): boolean {
    if (this.#handling?.id === id && !this.#stale) return true;
    return this.#queue.some((c) => c.id === id);
  }

  #pump(): void {
    for (let call = this.#queue.shift(); call !== undefined; call = this.#queue.shift()) {
      this.#handling = call;
      this.#stale = false;
      const answer = this.#handle(call);
      if (answer instanceof Promise) {
        void answer.then((a) => {
          this.#answer(a);
          this.#pump();
        });
        return;
      }
      this.#answer(answer);
    }
  }

  /** The handler's answer; neither it nor its promise throws. */
  #handle(call: CallFrame): CallAnswer | Thrown | Promise<CallAnswer | Thrown> {
    try {
      const answer = this.#wire.o.handler(call.action, call.payload, call.id);
      return "then" in answer ? Promise.resolve(answer).catch(thrown) : answer;
    } catch (e) {
      return thrown(e);
    }
  }

  #answer(answer: CallAnswer | Thrown): void {
    const call = this.#handling;
    this.#handling = undefined;
    if (call === undefined || this.#stale) return;
    const { id, action } = call;
    try {
      if ("thrown" in answer) throw answer.thrown;
      const problem = this.#send(id, action, answer);
      if (problem === undefined) return;
      this.refuse(id, action, "InternalError", `${action} could not be answered`, problem);
    } catch (e) {
      const problem = `handling ${action} failed: ${errorText(e)}`;
      this.refuse(id, action, "InternalError", `${action} could not be handled`, problem);
    }
  }

  /** Says what is wrong with an answer of ours that was not sent. */
  #send(id: string, action: string, answer: CallAnswer): string | undefined {
    if (!answer.ok) {
      if (answer.unanswered === true) return undefined;
      const { code, description, details = {} } = answer;
      this.#wire.send({ type: "CALLERROR", id, code, description, details }, action);
      return undefined;
    }
    const wrong = this.#wire.o.check?.(action, "response", answer.payload);
    if (wrong !== undefined) return `our answer to ${action} does not fit its schema: ${wrong.detail}`;
    if (this.#wire.send({ type: "CALLRESULT", id, payload: answer.payload }, action)) safely(answer.after);
    return undefined;
  }
}

interface Thrown {
  readonly thrown: unknown;
}

const thrown = (e: unknown): Thrown => ({ thrown: e });

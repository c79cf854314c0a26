import { parseFrame, UNREADABLE_ID } from "./frame.ts";
import { Incoming } from "./incoming.ts";
import { Outgoing } from "./outgoing.ts";
import type { CallOptions, CallOutcome, CallsOptions, Frame, ParsedFrame } from "./types.ts";
import { Wire } from "./wire.ts";

export type { CallOptions, CallsOptions } from "./types.ts";

/**
 * OCPP-J's calls over one connection at a time, either side of it. One CALL of ours is in flight, the others wait in
 * order; the far end's CALLs are handled one after the other. Knows nothing of sockets: `connected`, `disconnected`
 * and `receive` tell it what happens there.
 */
export class Calls {
  readonly #wire: Wire;
  readonly #out: Outgoing;
  readonly #in: Incoming;

  constructor(o: CallsOptions) {
    this.#wire = new Wire(o);
    this.#out = new Outgoing(this.#wire);
    this.#in = new Incoming(this.#wire);
  }

  /**
   * Sends a CALL when its turn comes and resolves with what came of it. Never rejects. A payload that fails our own
   * check is not sent: outcome `invalid`.
   */
  call(action: string, payload: unknown, o?: CallOptions): Promise<CallOutcome> {
    return this.#out.call(action, payload, o);
  }

  /** A text came in. Total: whatever it is, it is answered as OCPP-J asks, or recorded and ignored. */
  receive(data: string): void {
    const parsed = parseFrame(data);
    if (!parsed.ok) this.#unreadable(parsed, data);
    else if (!this.#wire.up)
      this.#wire.record("in", parsed.frame, data, undefined, "came without a connection");
    else this.#route(parsed.frame, data);
  }

  /** A connection stands: CALLs may go out. */
  connected(): void {
    this.#wire.up = true;
  }

  /** The connection is gone: everything that waits fails at once, and nothing is kept for the next one. */
  disconnected(): void {
    if (!this.#wire.up) return;
    this.#wire.up = false;
    this.#in.disconnected();
    this.#out.disconnected();
  }

  /**
   * Sends any text as it stands, by-passing the queue and every check; it is recorded as injected, and so is the
   * answer to it. False when there is no connection.
   */
  sendRaw(text: string): boolean {
    const record = this.#wire.inject(text);
    if (record === undefined) return false;
    if (record.messageType === "CALL") this.#out.injected(record.id ?? "", record.action ?? "");
    return true;
  }

  /** CALLs of ours that have no outcome yet. */
  get waiting(): number {
    return this.#out.waiting;
  }

  /** As disconnected; afterwards every call fails. */
  close(): void {
    this.disconnected();
  }

  #route(frame: Frame, data: string): void {
    if (frame.type === "CALL") this.#in.received(frame, data);
    else if (frame.type === "CALLRESULT" || frame.type === "CALLERROR") this.#out.answered(frame, data);
    else this.#unsupported(frame, data);
  }

  #unreadable(parsed: Extract<ParsedFrame, { ok: false }>, data: string): void {
    const { answersUnreadable } = this.#wire.rules;
    const { code, detail, id, isCall } = parsed;
    this.#wire.recordInvalid(data, id, detail);
    if (!isCall && !(code === "MessageTypeNotSupported" && answersUnreadable)) return;
    const answerId = id ?? (answersUnreadable ? UNREADABLE_ID : undefined);
    if (answerId !== undefined) this.#in.refuse(answerId, undefined, code, detail);
  }

  #unsupported(frame: Frame, data: string): void {
    const { version } = this.#wire.o;
    const problem = `OCPP ${version} has no message type ${frame.type}`;
    this.#wire.record("in", frame, data, undefined, problem);
    if (!this.#wire.rules.answersUnreadable) return;
    this.#in.refuse(frame.id, undefined, "MessageTypeNotSupported", problem);
  }
}

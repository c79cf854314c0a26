import type { OcppVersion, RpcErrorCode } from "../ocpp/rpc/types.ts";

/** One request that a station made. */
export interface ReceivedRequest {
  /** Rises by one for each request of this central system. */
  readonly seq: number;
  readonly station: string;
  readonly version: OcppVersion;
  readonly action: string;
  readonly messageId: string;
  readonly payload: unknown;
  /** ISO 8601. */
  readonly time: string;
}

/** The standard handling: runs at most once however often it is asked. */
export type StandardAnswer = () => unknown;

/**
 * How the central system departs from its standard answer. Nothing of it is checked against the schemas: a wrong
 * answer is what it is for. Without `answer`, `error` and `drop` the standard answer is given, for example late.
 */
export interface AnswerBehaviour {
  /** Used up by the first request that it fits; otherwise it lasts. */
  readonly once?: boolean;
  /** Only for this station. */
  readonly station?: string;
  /** Only for requests for which this holds. */
  readonly when?: (request: ReceivedRequest) => boolean;
  /** The payload instead of the standard one. A function may look at the request and take the standard answer along. */
  readonly answer?: object | ((request: ReceivedRequest, standard: StandardAnswer) => unknown);
  /** A CALLERROR instead. */
  readonly error?: { readonly code: RpcErrorCode; readonly description?: string; readonly details?: object };
  /** No answer: the request is lost before anything was done, or the answer after everything was. */
  readonly drop?: "request" | "answer";
  /** Milliseconds on the central system's clock. */
  readonly delayMs?: number;
  /** The answer goes out under another message id. */
  readonly messageId?: string;
}

/** The programmed behaviours; the one that was set last is asked first. */
export class Answers {
  #behaviours: { readonly action: string; readonly behaviour: AnswerBehaviour }[] = [];

  /** Adds a behaviour for an action; call the result to take it away again. */
  set(action: string, behaviour: AnswerBehaviour): () => void {
    const entry = { action, behaviour };
    this.#behaviours.unshift(entry);
    return () => this.#remove(entry);
  }

  /** Takes away those for an action, or all. */
  clear(action?: string): void {
    this.#behaviours = action === undefined ? [] : this.#behaviours.filter((b) => b.action !== action);
  }

  /** The behaviour for a request; one that is for once is gone afterwards. */
  take(request: ReceivedRequest): AnswerBehaviour | undefined {
    const entry = this.#behaviours.find(
      ({ action, behaviour: b }) =>
        action === request.action &&
        (b.station === undefined || b.station === request.station) &&
        (b.when === undefined || b.when(request)),
    );
    if (entry?.behaviour.once) this.#remove(entry);
    return entry?.behaviour;
  }

  #remove(entry: unknown): void {
    this.#behaviours = this.#behaviours.filter((b) => b !== entry);
  }
}

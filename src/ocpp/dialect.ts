import type {
  CsmsRequestName,
  CsmsRequests,
  DialectTraits,
  StationCommands,
  ValueStore,
} from "../station/ports.ts";
import type { OcppVersion, RpcErrorCode } from "./rpc/types.ts";

/** A station's own state that a dialect needs. */
export interface DialectContext {
  /** Durable; 1.6 keeps `v16.tx.<our transactionId>` here. */
  readonly values: ValueStore;
}

/** How one of the domain's requests is said: by a CALL, or not at all because this version has nothing to say. */
export type Exchange<Out> =
  | {
      readonly action: string;
      readonly payload: object;
      /** Gets the payload of the CALLRESULT, already checked against the schema. */
      readonly decode: (response: never) => Out;
      /** Stores what this version has to remember of the answer; `decode` itself stores nothing. */
      readonly keep?: (response: never) => void;
    }
  | { readonly answer: Out };

/** @throws AppError `input.invalid` when this version cannot say it, for example an idTag of 30 characters. */
export type OutgoingHandler<K extends CsmsRequestName> = (
  payload: CsmsRequests[K]["in"],
  context: DialectContext,
) => Exchange<CsmsRequests[K]["out"]>;

/** The CALL is answered with a CALLERROR instead of a CALLRESULT. */
export class Refusal {
  readonly code: RpcErrorCode;
  readonly description: string;

  constructor(code: RpcErrorCode, description: string) {
    this.code = code;
    this.description = description;
  }
}

/**
 * Answers one CSMS-initiated action, at once or, where a certificate has to be looked at, later. The request was checked
 * against the schema; the result is the CALLRESULT's payload.
 */
export type InboundHandler = (
  request: never,
  commands: StationCommands,
  context: DialectContext,
) => object | Refusal | Promise<object | Refusal>;

/** The projection of the domain (2.0.1's model) onto the messages of one OCPP version, as two tables. */
export interface Messages {
  /** By the domain's request; absent: this version has no such message. */
  readonly outgoing: { readonly [K in CsmsRequestName]?: OutgoingHandler<K> };
  /** By action. */
  readonly inbound: Readonly<Record<string, InboundHandler>>;
  /** Drops what was kept about a transaction: the last message about it was answered or given up. */
  readonly forget?: (transactionId: string, context: DialectContext) => void;
}

/** One OCPP version. */
export interface Dialect extends Messages {
  readonly version: OcppVersion;
  readonly subprotocol: string;
  readonly traits: DialectTraits;
  /** After Rejected commands get no answer (1.6 §4.2), where 2.0.1 wants a CALLERROR SecurityError (B03.FR.08). */
  readonly silentWhileRejected: boolean;
}

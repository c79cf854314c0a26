import type { MessageType } from "../../station/facts.ts";
import type { Clock, Ids } from "../../station/ports.ts";

/** OCPP-J error codes (1.6J §4.2.3, 2.0.1 part 4 §4.3); spelling per version is applied when a frame is encoded. */
export type RpcErrorCode =
  | "NotImplemented"
  | "NotSupported"
  | "InternalError"
  | "ProtocolError"
  | "SecurityError"
  | "FormatViolation"
  | "PropertyConstraintViolation"
  | "OccurrenceConstraintViolation"
  | "TypeConstraintViolation"
  | "GenericError"
  | "RpcFrameworkError"
  | "MessageTypeNotSupported";

/** OCPP versions of this house; 2.1 comes as one more line in versions.ts. */
export type OcppVersion = "1.6" | "2.0.1";

export type Frame =
  | { readonly type: "CALL"; readonly id: string; readonly action: string; readonly payload: unknown }
  | { readonly type: "CALLRESULT"; readonly id: string; readonly payload: unknown }
  | {
      readonly type: "CALLERROR" | "CALLRESULTERROR";
      readonly id: string;
      readonly code: string;
      readonly description: string;
      readonly details: unknown;
    }
  | { readonly type: "SEND"; readonly id: string; readonly action: string; readonly payload: unknown };

/** What came of reading a text as a frame. `id` is there when one could be made out, so that it can be answered. */
export type ParsedFrame =
  | { readonly ok: true; readonly frame: Frame }
  | {
      readonly ok: false;
      readonly code: RpcErrorCode;
      readonly detail: string;
      readonly id?: string;
      /** Was it meant as a CALL? Only then is a CALLERROR due. */
      readonly isCall: boolean;
    };

/** What came of a CALL. */
export type CallOutcome =
  | { readonly kind: "result"; readonly payload: unknown }
  | { readonly kind: "error"; readonly code: string; readonly description: string; readonly details: unknown }
  /** The answer came and does not fit the schema. */
  | { readonly kind: "invalid"; readonly problem: string }
  | { readonly kind: "timeout" }
  /** The connection is not there, or broke before the answer came. `sent` tells which. */
  | { readonly kind: "disconnected"; readonly sent: boolean };

/** How an incoming CALL is answered. */
export type CallAnswer =
  | {
      readonly ok: true;
      readonly payload: unknown /** Runs after the answer was handed to the socket. */;
      readonly after?: () => void;
    }
  | {
      readonly ok: false;
      readonly code: RpcErrorCode;
      readonly description: string;
      readonly details?: unknown;
      /** Nothing goes out, not even this CALLERROR. */
      readonly unanswered?: boolean;
    };

export type CallHandler = (action: string, payload: unknown, id: string) => CallAnswer | Promise<CallAnswer>;

/** Says what is wrong with a payload, or undefined. `kind` is the direction of the schema. */
export type PayloadCheck = (
  action: string,
  kind: "request" | "response",
  payload: unknown,
) => { readonly code: RpcErrorCode; readonly detail: string } | undefined;

/** One frame that passed, for the journal; see FrameFact. */
export interface FrameRecord {
  readonly direction: "out" | "in";
  readonly messageType: MessageType | "INVALID";
  readonly id?: string;
  readonly action?: string;
  readonly payload?: unknown;
  readonly raw: string;
  readonly injected?: boolean;
  readonly problem?: string;
  readonly ms?: number;
}

export interface CallsOptions {
  readonly version: OcppVersion;
  readonly clock: Clock;
  /** Makes the message ids of our CALLs. */
  readonly ids: Ids;
  /** How long a CALL waits for its answer, milliseconds; asked for each CALL when a function. */
  readonly timeoutMs: number | (() => number);
  /** Looks at payloads in both directions; without it none is looked at. */
  readonly check?: PayloadCheck;
  /**
   * True (the default): a CALL of the far end that does not fit is answered with a CALLERROR, and an answer that
   * does not fit is the outcome `invalid`. False: both are recorded as a problem and handed on as they are, so that
   * handlers and callers see payloads that nobody vouches for. Our own payloads must always fit.
   */
  readonly strict?: boolean;
  readonly handler: CallHandler;
  /** Hands a text to the socket; false when there is none. */
  readonly send: (text: string) => boolean;
  /** Hears of every frame. Must not throw. Without it no records are built. */
  readonly onFrame?: (r: FrameRecord) => void;
}

export interface CallOptions {
  /** Instead of the general timeout, milliseconds. */
  readonly timeoutMs?: number;
  /** The bytes were handed to the socket. Must not throw. */
  readonly onSent?: () => void;
}

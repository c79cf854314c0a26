import type {
  AuthorizationStatus,
  ChargePointStatus,
  ChargingState,
  ConnectorStatus,
  FirmwareStatus,
  IdToken,
  LogType,
  PowerLimit,
  SecurityEventType,
  StoppedReason,
  TriggerReason,
  UploadStatus,
  Verdict,
} from "./types.ts";

/** Which part of the house says it. */
export type FactSource = "station" | "central";

/** OCPP-J message types, named. */
export type MessageType = "CALL" | "CALLRESULT" | "CALLERROR" | "CALLRESULTERROR" | "SEND";

/** One frame on the wire. `direction` is seen from the station: `out` leaves it. */
export interface FrameFact {
  readonly kind: "frame";
  readonly direction: "out" | "in";
  readonly messageType: MessageType | "INVALID";
  readonly messageId?: string;
  /** Also on results and errors: the action of the CALL that they answer. */
  readonly action?: string;
  readonly payload?: unknown;
  /** The text as it went over the wire (secrets masked). */
  readonly raw: string;
  /** Characters of the whole text, when `raw` is its beginning only and `payload` is left out. */
  readonly length?: number;
  /** The frame was made or distorted on purpose: the station's state is by-passed. */
  readonly injected?: boolean;
  /** Why a frame was found wrong: schema, format, unexpected id. */
  readonly problem?: string;
  /** On results: milliseconds since the CALL was sent. */
  readonly ms?: number;
}

export interface CardFact {
  readonly kind: "card";
  readonly event: "presented" | "removed" | "ignored";
  readonly reader: string;
  /** Hex, upper case, byte 0 first. */
  readonly uid?: string;
  readonly cardType?: string;
  readonly why?: string;
}

export interface ReaderFact {
  readonly kind: "reader";
  readonly reader: string;
  readonly state: "ready" | "lost";
  readonly detail?: string;
  readonly hint?: string;
}

export type SignalName = "read" | "accepted" | "rejected" | "fault" | "ready";

export interface SignalFact {
  readonly kind: "signal";
  readonly signal: SignalName;
  /** Buzzers that were asked to play it. */
  readonly via: readonly string[];
  readonly uid?: string;
}

export interface VerdictFact extends Verdict {
  readonly kind: "verdict";
  /** From the card's presence to this verdict, milliseconds. */
  readonly ms: number;
}

/** An accepted token that was given up before it was used. */
export interface AuthorizationFact {
  readonly kind: "authorization";
  readonly event: "timeout" | "cancelled";
  readonly idToken: IdToken;
  readonly why: string;
}

/** The built-in central system's side of a decision: which mode, which card, who pays. */
export interface AccessFact {
  readonly kind: "access";
  readonly idToken: string;
  readonly status: AuthorizationStatus;
  readonly mode: "Open" | "Whitelisting" | "Roaming" | "Roaming + whitelisting";
  /** Where the mode was set. */
  readonly modeFrom: "location" | "asset";
  readonly card?: { readonly nickname: string; readonly user: string };
  readonly free: boolean;
  readonly why: string;
}

/** A station is connected to the built-in central system for the first time ever. */
export interface NewStationFact {
  readonly kind: "newStation";
  /** WebSocket subprotocol, for example ocpp1.6. */
  readonly subprotocol: string;
  /** Where it stands in the central system's records. */
  readonly location: string;
  /** The access mode that holds there. */
  readonly mode: AccessFact["mode"];
}

export interface LinkFact {
  readonly kind: "link";
  readonly state: "connecting" | "connected" | "disconnected" | "refused";
  readonly url: string;
  readonly subprotocol?: string;
  readonly why?: string;
  readonly hint?: string;
  /**
   * It will be refused again: for the OCPP version that is offered, for something else that was asked, or for one of
   * both, by an HTTP status that servers give for either.
   */
  readonly lasting?: "version" | "request" | "unclear";
  /** The far end has closed it in favour of a newer connection of the same identity. */
  readonly takenOver?: boolean;
  /** Milliseconds until the next attempt. */
  readonly retryInMs?: number;
}

export interface RegistrationFact {
  readonly kind: "registration";
  readonly status: "Accepted" | "Pending" | "Rejected" | "none";
  readonly interval?: number;
}

export interface ConnectorFact {
  readonly kind: "connector";
  readonly evseId: number;
  readonly connectorId: number;
  readonly status: ConnectorStatus;
  readonly chargePointStatus: ChargePointStatus;
  readonly why?: string;
}

export interface TransactionFact {
  readonly kind: "transaction";
  readonly event: "started" | "updated" | "ended" | "delivered" | "discarded";
  readonly transactionId: string;
  readonly evseId: number;
  readonly seqNo: number;
  readonly trigger?: TriggerReason;
  readonly reason?: StoppedReason;
  readonly chargingState?: ChargingState;
  readonly idToken?: IdToken;
  readonly meterWh: number;
  /** Taken since the start, Wh; of a message that was delivered or discarded nothing is said. */
  readonly energyWh?: number;
  readonly powerW?: number;
  readonly offline?: boolean;
}

export interface WhitelistFact {
  readonly kind: "whitelist";
  readonly what: "list" | "cache";
  readonly event: "updated" | "cleared" | "refused" | "conflict";
  readonly version?: number;
  readonly size?: number;
  readonly detail?: string;
}

/** Smart charging: a profile came, was refused or went; what an EVSE may give changed. */
export interface ChargingFact {
  readonly kind: "charging";
  readonly event: "installed" | "refused" | "cleared" | "limited";
  readonly evseId?: number;
  /** For a person. */
  readonly detail: string;
  /** With `limited`; absent: none any more. */
  readonly limit?: PowerLimit;
}

export interface PowerFact {
  readonly kind: "power";
  /** `off`: the station was stopped in an orderly way. */
  readonly event: "up" | "cut" | "reset" | "off";
  readonly detail?: string;
}

export interface SettingFact {
  readonly kind: "setting";
  readonly name: string;
  /** Absent for write-only settings. */
  readonly value?: string;
  readonly by: "csms" | "person";
}

export interface ControlFact {
  readonly kind: "control";
  readonly verb: string;
  readonly args: readonly string[];
}

/** What became of a reservation. */
export interface ReservationFact {
  readonly kind: "reservation";
  /** `removed`: what was reserved is faulted or out of service; `refused`: `why` is the answer that was given. */
  readonly event: "made" | "replaced" | "refused" | "used" | "cancelled" | "expired" | "removed";
  readonly reservationId: number;
  /** Absent: any EVSE. */
  readonly evseId?: number;
  readonly idToken: IdToken;
  readonly expiryDateTime: string;
  readonly why?: string;
}

/** The lock that holds a cable in its socket. */
export interface LockFact {
  readonly kind: "lock";
  readonly evseId: number;
  /** `held`: kept after the transaction until its owner comes; `failed`: it did not move, because it is jammed. */
  readonly event: "locked" | "unlocked" | "held" | "failed" | "jammed" | "freed";
  readonly why?: string;
}

/** A firmware update or the upload of a log came to a new state. `status` is OCPP's word for it. */
export interface MaintenanceFact {
  readonly kind: "maintenance";
  readonly what: "firmware" | LogType;
  readonly status: FirmwareStatus | UploadStatus;
  /** Absent: 1.6's UpdateFirmware and GetDiagnostics have none. */
  readonly requestId?: number;
  /** The file's name, or where it comes from. */
  readonly file?: string;
  /** For a person: the version, how far it is, why it failed. */
  readonly detail?: string;
}

/** A line of the station's security log (1.6 security white paper §8, 2.0.1 A04). */
export interface SecurityFact {
  readonly kind: "security";
  /** 2.0.1's name of the event. */
  readonly event: SecurityEventType;
  readonly techInfo?: string;
  /** Does the central system get it as SecurityEventNotification? */
  readonly told: boolean;
}

/** What became of a certificate that is not in use now: those that are go into the security log. */
export interface CertificateFact {
  readonly kind: "certificate";
  readonly event: "requested" | "refused";
  /** For a person. */
  readonly detail: string;
}

/** A file at the built-in central system's desk: a station fetched one, or put one there. */
export interface FileFact {
  readonly kind: "file";
  readonly event: "fetched" | "received";
  readonly name: string;
  readonly bytes: number;
}

/** Data that a vendor's own agreement gives meaning (1.6 §4.3, §5.6); `in` came from the central system. */
export interface DataTransferFact {
  readonly kind: "dataTransfer";
  readonly direction: "in" | "out";
  readonly vendorId: string;
  readonly messageId?: string;
  /** What came: with the request or with the answer. */
  readonly data?: unknown;
  readonly status: string;
}

/** The station's clock was set by the central system; facts themselves keep the machine's time. */
export interface ClockFact {
  readonly kind: "clock";
  readonly by: "BootNotification" | "Heartbeat";
  /** Put forward by so much, or back when below 0. */
  readonly shiftMs: number;
  /** What it shows now, ISO 8601. */
  readonly now: string;
}

/** A fault is raised once and cleared once. */
export interface FaultFact {
  readonly kind: "fault";
  readonly what: string;
  readonly state: "raised" | "cleared";
  readonly detail?: string;
  readonly hint?: string;
}

export type FactBody =
  | AccessFact
  | AuthorizationFact
  | CardFact
  | CertificateFact
  | ChargingFact
  | ClockFact
  | ConnectorFact
  | ControlFact
  | DataTransferFact
  | FaultFact
  | FileFact
  | FrameFact
  | LinkFact
  | LockFact
  | MaintenanceFact
  | NewStationFact
  | PowerFact
  | ReaderFact
  | RegistrationFact
  | ReservationFact
  | SecurityFact
  | SettingFact
  | SignalFact
  | TransactionFact
  | VerdictFact
  | WhitelistFact;

/** One thing that happened. `time` is ISO 8601 with milliseconds, UTC. */
export type Fact = FactBody & {
  readonly time: string;
  readonly station: string;
  readonly source: FactSource;
};

export type FactKind = Fact["kind"];

/** Where facts go. Must not throw and must not wait. */
export type FactSink = (fact: Fact) => void;

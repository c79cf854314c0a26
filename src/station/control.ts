import type { ChargePointStatus, ChargingState, ConnectorStatus, Verdict } from "./types.ts";

export interface EvseStatus {
  readonly evseId: number;
  readonly connectorId: number;
  readonly status: ConnectorStatus;
  readonly chargePointStatus: ChargePointStatus;
  readonly plugged: boolean;
  readonly operative: boolean;
  /** Raised fault's 1.6 error code. */
  readonly fault?: string;
  /** Of a socket that locks: `held` is kept after a transaction until its owner comes. */
  readonly lock?: "open" | "locked" | "held";
  /** The lock's motor does not move. */
  readonly jammed?: true;
  readonly meterWh: number;
  readonly powerW: number;
  readonly transaction?: {
    readonly transactionId: string;
    readonly idToken?: string;
    readonly chargingState: ChargingState;
    readonly startedAt: string;
    readonly energyWh: number;
  };
}

/** A moment's view of the whole station. */
export interface StationStatus {
  readonly id: string;
  readonly ocpp: string;
  readonly model: string;
  readonly csms: string;
  readonly powered: boolean;
  readonly online: boolean;
  readonly registration: "none" | "Pending" | "Rejected" | "Accepted";
  readonly readers: readonly { readonly name: string; readonly ready: boolean; readonly detail?: string }[];
  readonly queued: number;
  readonly evses: readonly EvseStatus[];
}

/**
 * What a person, a script or a scenario can do to a station: the one vocabulary. Keys on the terminal, lines on
 * standard input and steps of scenarios call these. All throw AppError `input.invalid` or `state.conflict`.
 */
export interface StationControl {
  /** Presents a card to the virtual reader and removes it; resolves with the verdict, undefined when none was taken. */
  tap(uid: string): Promise<Verdict | undefined>;
  /** Presents a card and leaves it there. */
  hold(uid: string): Promise<Verdict | undefined>;
  /** Takes the held card away. */
  remove(): Promise<void>;
  /** Puts the cable in at the car. Without an EVSE: the first that is free. */
  plug(evseId?: number): Promise<void>;
  /** Pulls the cable. Without an EVSE: the only one that is plugged. */
  unplug(evseId?: number): Promise<void>;
  network(state: "down" | "up"): Promise<void>;
  power(state: "cut" | "restore"): Promise<void>;
  /** Raises a fault, 1.6 error code, for example "GroundFailure". EVSE 0 is the station. */
  fault(evseId: number, errorCode: string): Promise<void>;
  clear(evseId: number): Promise<void>;
  /** Makes the socket's lock fail, whichever way it is to move, or well again. */
  lock(evseId: number, state: "jam" | "free"): Promise<void>;
  /** Advances the meter register by so many Wh at once (a test's shortcut through time). */
  meter(evseId: number, addWh: number): Promise<void>;
  /** Sends DataTransfer, and gives what the central system answers; also throws AppError `csms.*`. */
  dataTransfer(
    vendorId: string,
    messageId?: string,
    data?: unknown,
  ): Promise<{ readonly status: string; readonly data?: unknown }>;
  /**
   * Has the built-in central system send a command to this station. Gives the answer, or the CALLERROR; absent where
   * another central system is in charge.
   * @throws AppError `input.invalid` when the payload does not fit, `csms.unreachable` when the station is not connected
   */
  command?(action: string, payload: unknown): Promise<CommandAnswer>;
  status(): StationStatus;
}

/** What a station said to a command. */
export type CommandAnswer =
  | { readonly answer: unknown }
  | { readonly error: { readonly code: string; readonly description: string } };

/** What `fault` takes: 1.6 ChargePointErrorCode (§7.6) but for NoError and LocalListConflict, which no hardware has. */
export const errorCodes: readonly string[] = [
  "ConnectorLockFailure",
  "EVCommunicationError",
  "GroundFailure",
  "HighTemperature",
  "InternalError",
  "OtherError",
  "OverCurrentFailure",
  "OverVoltage",
  "PowerMeterFailure",
  "PowerSwitchFailure",
  "ReaderFailure",
  "ResetFailure",
  "UnderVoltage",
  "WeakSignal",
];

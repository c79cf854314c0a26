import type { Fact, FactBody, FactKind, FactSource, SignalName } from "./facts.ts";
import type {
  AuthorizationStatus,
  ChargePointStatus,
  ChargingState,
  ConnectorStatus,
  DecidedBy,
  FirmwareStatus,
  IdTokenType,
  LogType,
  SecurityEventType,
  StoppedReason,
  TriggerReason,
  UploadStatus,
} from "./types.ts";

/* The types of facts as values: what can be asked of a fact is known before one has come. The compiler holds both in
   step: a member or a word too few or too many is an error here. */

/** All words that a member may be. */
export interface Words<T extends string = string> {
  readonly words: readonly T[];
  readonly has: Readonly<Record<T, true>>;
}

/** What a value may be; `any`: nothing is known of it. */
export type Shape =
  | "text"
  | "number"
  | "boolean"
  | "any"
  | Words
  | { readonly list: Shape }
  | { readonly members: Members };

export type Members = Readonly<Record<string, Shape>>;

type ShapeOf<T> = unknown extends T
  ? "any"
  : [T] extends [string]
    ? string extends T
      ? "text"
      : Words<T>
    : [T] extends [number]
      ? "number"
      : [T] extends [boolean]
        ? "boolean"
        : [T] extends [readonly (infer E)[]]
          ? { readonly list: ShapeOf<E> }
          : { readonly members: MembersOf<T> };

type MembersOf<T> = { readonly [K in keyof T]-?: ShapeOf<Exclude<T[K], undefined>> };

const words = <T extends string>(has: Readonly<Record<T, true>>): Words<T> => ({
  words: Object.keys(has) as T[],
  has,
});

export const authorizationStatus = words<AuthorizationStatus>({
  Accepted: true,
  Blocked: true,
  ConcurrentTx: true,
  Expired: true,
  Invalid: true,
  NoCredit: true,
  NotAllowedTypeEVSE: true,
  NotAtThisLocation: true,
  NotAtThisTime: true,
  Unknown: true,
});

export const tokenType = words<IdTokenType>({
  Central: true,
  eMAID: true,
  ISO14443: true,
  ISO15693: true,
  KeyCode: true,
  Local: true,
  MacAddress: true,
  NoAuthorization: true,
});

const token = { members: { idToken: "text", type: tokenType } } as const;

export const signalName = words<SignalName>({
  read: true,
  accepted: true,
  rejected: true,
  fault: true,
  ready: true,
});

export const decidedBy = words<DecidedBy>({
  list: true,
  cache: true,
  csms: true,
  settings: true,
  transaction: true,
  station: true,
});

export const connectorStatus = words<ConnectorStatus>({
  Available: true,
  Occupied: true,
  Reserved: true,
  Unavailable: true,
  Faulted: true,
});

export const chargePointStatus = words<ChargePointStatus>({
  Available: true,
  Preparing: true,
  Charging: true,
  SuspendedEV: true,
  SuspendedEVSE: true,
  Finishing: true,
  Reserved: true,
  Unavailable: true,
  Faulted: true,
});

const chargingState = words<ChargingState>({
  Charging: true,
  EVConnected: true,
  SuspendedEV: true,
  SuspendedEVSE: true,
  Idle: true,
});

const trigger = words<TriggerReason>({
  Authorized: true,
  CablePluggedIn: true,
  ChargingStateChanged: true,
  Deauthorized: true,
  EVCommunicationLost: true,
  EVConnectTimeout: true,
  MeterValueClock: true,
  MeterValuePeriodic: true,
  RemoteStart: true,
  RemoteStop: true,
  ResetCommand: true,
  StopAuthorized: true,
  Trigger: true,
  UnlockCommand: true,
  AbnormalCondition: true,
});

const stoppedReason = words<StoppedReason>({
  DeAuthorized: true,
  EVDisconnected: true,
  EmergencyStop: true,
  GroundFault: true,
  ImmediateReset: true,
  Local: true,
  Other: true,
  OvercurrentFault: true,
  PowerLoss: true,
  PowerQuality: true,
  Reboot: true,
  Remote: true,
  Timeout: true,
  UnlockCommand: true,
});

const maintenanceStatus = words<FirmwareStatus | UploadStatus>({
  Downloaded: true,
  DownloadFailed: true,
  Downloading: true,
  Idle: true,
  InstallationFailed: true,
  Installing: true,
  Installed: true,
  DownloadScheduled: true,
  DownloadPaused: true,
  InstallRebooting: true,
  InstallScheduled: true,
  InstallVerificationFailed: true,
  InvalidSignature: true,
  SignatureVerified: true,
  AcceptedCanceled: true,
  BadMessage: true,
  NotSupportedOperation: true,
  PermissionDenied: true,
  Uploaded: true,
  UploadFailure: true,
  Uploading: true,
});

const securityEvent = words<SecurityEventType>({
  CsmsFailedToAuthenticate: true,
  FailedToAuthenticateAtCsms: true,
  FirmwareUpdated: true,
  InvalidChargingStationCertificate: true,
  InvalidCsmsCertificate: true,
  InvalidFirmwareSignature: true,
  InvalidFirmwareSigningCertificate: true,
  InvalidMessages: true,
  InvalidTLSCipherSuite: true,
  InvalidTLSVersion: true,
  ReconfigurationOfSecurityParameters: true,
  ResetOrReboot: true,
  SettingSystemTime: true,
  StartupOfTheDevice: true,
});

const logType = { DiagnosticsLog: true, SecurityLog: true } satisfies Record<LogType, true>;

/** Access modes of the built-in central system. */
export const accessMode = words({
  Open: true,
  Whitelisting: true,
  Roaming: true,
  "Roaming + whitelisting": true,
});

/** What every fact has, besides its kind. */
export const commonMembers = {
  time: "text",
  station: "text",
  source: words<FactSource>({ station: true, central: true }),
} as const satisfies MembersOf<Omit<Fact, "kind">>;

/** The members of each kind of fact, besides those of every fact. */
export const factMembers = {
  access: {
    idToken: "text",
    status: authorizationStatus,
    mode: accessMode,
    modeFrom: words({ location: true, asset: true }),
    card: { members: { nickname: "text", user: "text" } },
    free: "boolean",
    why: "text",
  },
  authorization: { event: words({ timeout: true, cancelled: true }), idToken: token, why: "text" },
  card: {
    event: words({ presented: true, removed: true, ignored: true }),
    reader: "text",
    uid: "text",
    cardType: "text",
    why: "text",
  },
  certificate: { event: words({ requested: true, refused: true }), detail: "text" },
  charging: {
    event: words({ installed: true, refused: true, cleared: true, limited: true }),
    evseId: "number",
    detail: "text",
    limit: { members: { watts: "number", amps: "number", phases: "number" } },
  },
  clock: {
    by: words({ BootNotification: true, Heartbeat: true }),
    shiftMs: "number",
    now: "text",
  },
  connector: {
    evseId: "number",
    connectorId: "number",
    status: connectorStatus,
    chargePointStatus,
    why: "text",
  },
  control: { verb: "text", args: { list: "text" } },
  dataTransfer: {
    direction: words({ in: true, out: true }),
    vendorId: "text",
    messageId: "text",
    data: "any",
    status: "text",
  },
  fault: {
    what: "text",
    state: words({ raised: true, cleared: true }),
    detail: "text",
    hint: "text",
  },
  file: { event: words({ fetched: true, received: true }), name: "text", bytes: "number" },
  frame: {
    direction: words({ out: true, in: true }),
    messageType: words({
      CALL: true,
      CALLRESULT: true,
      CALLERROR: true,
      CALLRESULTERROR: true,
      SEND: true,
      INVALID: true,
    }),
    messageId: "text",
    action: "text",
    payload: "any",
    raw: "text",
    length: "number",
    injected: "boolean",
    problem: "text",
    ms: "number",
  },
  link: {
    state: words({ connecting: true, connected: true, disconnected: true, refused: true }),
    url: "text",
    subprotocol: "text",
    why: "text",
    hint: "text",
    lasting: words({ version: true, request: true, unclear: true }),
    takenOver: "boolean",
    retryInMs: "number",
  },
  lock: {
    evseId: "number",
    event: words({ locked: true, unlocked: true, held: true, failed: true, jammed: true, freed: true }),
    why: "text",
  },
  maintenance: {
    what: words({ firmware: true, ...logType }),
    status: maintenanceStatus,
    requestId: "number",
    file: "text",
    detail: "text",
  },
  newStation: { subprotocol: "text", location: "text", mode: accessMode },
  power: { event: words({ up: true, cut: true, reset: true, off: true }), detail: "text" },
  reader: { reader: "text", state: words({ ready: true, lost: true }), detail: "text", hint: "text" },
  registration: {
    status: words({ Accepted: true, Pending: true, Rejected: true, none: true }),
    interval: "number",
  },
  reservation: {
    event: words({
      made: true,
      replaced: true,
      refused: true,
      used: true,
      cancelled: true,
      expired: true,
      removed: true,
    }),
    reservationId: "number",
    evseId: "number",
    idToken: token,
    expiryDateTime: "text",
    why: "text",
  },
  security: { event: securityEvent, techInfo: "text", told: "boolean" },
  setting: { name: "text", value: "text", by: words({ csms: true, person: true }) },
  signal: { signal: signalName, via: { list: "text" }, uid: "text" },
  transaction: {
    event: words({ started: true, updated: true, ended: true, delivered: true, discarded: true }),
    transactionId: "text",
    evseId: "number",
    seqNo: "number",
    trigger,
    reason: stoppedReason,
    chargingState,
    idToken: token,
    meterWh: "number",
    energyWh: "number",
    powerW: "number",
    offline: "boolean",
  },
  verdict: {
    token,
    outcome: words({ accepted: true, rejected: true }),
    by: decidedBy,
    status: authorizationStatus,
    why: "text",
    info: {
      members: {
        status: authorizationStatus,
        cacheExpiryDateTime: "text",
        groupIdToken: token,
        chargingPriority: "number",
        language1: "text",
        personalMessage: "text",
        evseId: { list: "number" },
      },
    },
    spec: "text",
    ms: "number",
  },
  whitelist: {
    what: words({ list: true, cache: true }),
    event: words({ updated: true, cleared: true, refused: true, conflict: true }),
    version: "number",
    size: "number",
    detail: "text",
  },
} as const satisfies {
  readonly [K in FactKind]: MembersOf<Omit<Extract<FactBody, { kind: K }>, "kind">>;
};

/** Every kind of fact, in the order of the alphabet. */
export const factKinds = Object.keys(factMembers) as readonly FactKind[];

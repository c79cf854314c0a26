/**
 * The domain's data, in OCPP 2.0.1's words (part 2, "Datatypes" and "Enumerations"). Units: Wh, W, A, V, s;
 * times are ISO 8601 strings in UTC. OCPP 1.6 is a projection of this (see ocpp/v16).
 */

export type IdTokenType =
  | "Central"
  | "eMAID"
  | "ISO14443"
  | "ISO15693"
  | "KeyCode"
  | "Local"
  | "MacAddress"
  | "NoAuthorization";

/** What the station sends for a card: `idTag` in 1.6, `idToken.idToken` in 2.x; case-insensitive. */
export interface IdToken {
  readonly idToken: string;
  readonly type: IdTokenType;
}

/** 2.0.1 AuthorizationStatusEnumType; 1.6 uses the first five and says Invalid for Unknown. */
export type AuthorizationStatus =
  | "Accepted"
  | "Blocked"
  | "ConcurrentTx"
  | "Expired"
  | "Invalid"
  | "NoCredit"
  | "NotAllowedTypeEVSE"
  | "NotAtThisLocation"
  | "NotAtThisTime"
  | "Unknown";

/** 2.0.1 IdTokenInfoType; 1.6 IdTagInfo (`expiryDate`, `parentIdTag`). */
export interface IdTokenInfo {
  readonly status: AuthorizationStatus;
  readonly cacheExpiryDateTime?: string;
  /** 1.6: parentIdTag, as type Central. */
  readonly groupIdToken?: IdToken;
  readonly chargingPriority?: number;
  readonly language1?: string;
  readonly personalMessage?: string;
  /** Present: the token may charge on these EVSEs only. */
  readonly evseId?: readonly number[];
}

/** 2.0.1 ConnectorStatusEnumType. */
export type ConnectorStatus = "Available" | "Occupied" | "Reserved" | "Unavailable" | "Faulted";

/** 1.6 ChargePointStatus: kept beside the 2.0.1 status because 1.6 tells more apart. */
export type ChargePointStatus =
  | "Available"
  | "Preparing"
  | "Charging"
  | "SuspendedEV"
  | "SuspendedEVSE"
  | "Finishing"
  | "Reserved"
  | "Unavailable"
  | "Faulted";

export type ChargingState = "Charging" | "EVConnected" | "SuspendedEV" | "SuspendedEVSE" | "Idle";

/** 2.0.1 TriggerReasonEnumType, the ones that this station gives. */
export type TriggerReason =
  | "Authorized"
  | "CablePluggedIn"
  | "ChargingStateChanged"
  | "Deauthorized"
  | "EVCommunicationLost"
  | "EVConnectTimeout"
  | "MeterValueClock"
  | "MeterValuePeriodic"
  | "RemoteStart"
  | "RemoteStop"
  | "ResetCommand"
  | "StopAuthorized"
  | "Trigger"
  | "UnlockCommand"
  | "AbnormalCondition";

/** 2.0.1 ReasonEnumType (stoppedReason); the projection gives 1.6's StopTransaction reasons. */
export type StoppedReason =
  | "DeAuthorized"
  | "EVDisconnected"
  | "EmergencyStop"
  | "GroundFault"
  | "ImmediateReset"
  | "Local"
  | "Other"
  | "OvercurrentFault"
  | "PowerLoss"
  | "PowerQuality"
  | "Reboot"
  | "Remote"
  | "Timeout"
  | "UnlockCommand";

/** A reading that the meter has signed. */
export interface SignedReading {
  /** The OCMF data set. */
  readonly text: string;
  /** How 1.6 carries it: the text itself, or the Open Charge Alliance's envelope around it. */
  readonly form: "ocmf" | "oca";
  /** DER SubjectPublicKeyInfo, hex; where it is to go with the reading. */
  readonly publicKey?: string;
}

/** One sampled quantity, 2.0.1 SampledValueType; 1.6 says the same with strings. */
export interface SampledValue {
  readonly value: number;
  /** 2.0.1 MeasurandEnumType, for example "Energy.Active.Import.Register". */
  readonly measurand: string;
  /** `ratio`: a number without unit, as Power.Factor is. */
  readonly unit: "Wh" | "kWh" | "W" | "var" | "A" | "V" | "Percent" | "Celsius" | "Hertz" | "ratio";
  readonly phase?: string;
  readonly location?: string;
  readonly context: SampleContext;
  readonly signed?: SignedReading;
}

export type SampleContext =
  | "Transaction.Begin"
  | "Transaction.End"
  | "Sample.Periodic"
  | "Sample.Clock"
  | "Trigger"
  | "Interruption.Begin"
  | "Interruption.End"
  | "Other";

export interface MeterValue {
  readonly timestamp: string;
  readonly sampledValue: readonly SampledValue[];
}

/** 2.0.1 TransactionEventRequest; 1.6 makes StartTransaction, MeterValues and StopTransaction of it. */
export interface TransactionEvent {
  readonly eventType: "Started" | "Updated" | "Ended";
  readonly timestamp: string;
  readonly triggerReason: TriggerReason;
  /** From 0, one more for each event of the transaction. */
  readonly seqNo: number;
  /** The station's own transaction id; 1.6's integer id is bound to it by the adapter when it becomes known. */
  readonly transactionId: string;
  readonly evseId: number;
  readonly connectorId: number;
  readonly chargingState?: ChargingState;
  readonly stoppedReason?: StoppedReason;
  readonly remoteStartId?: number;
  readonly reservationId?: number;
  readonly idToken?: IdToken;
  readonly offline: boolean;
  /** Meter register at this event, Wh: 1.6's meterStart and meterStop. */
  readonly meterWh: number;
  readonly meterValue: readonly MeterValue[];
}

/** Meter values outside a transaction that wait their turn among its messages (DialectTraits.queuesReadings). */
export interface Reading {
  readonly eventType: "Reading";
  readonly timestamp: string;
  /** Of no transaction. */
  readonly transactionId: "";
  readonly evseId: number;
  readonly offline: boolean;
  readonly meterValue: readonly MeterValue[];
}

/** What is delivered in order, once, and over restarts. */
export type QueuedEvent = TransactionEvent | Reading;

/** One EVSE's one connector; this house has one connector an EVSE, as 1.6 sees it. */
export interface ConnectorRef {
  readonly evseId: number;
  readonly connectorId: number;
}

export type BootReason =
  | "ApplicationReset"
  | "FirmwareUpdate"
  | "LocalReset"
  | "PowerUp"
  | "RemoteReset"
  | "ScheduledReset"
  | "Triggered"
  | "Unknown"
  | "Watchdog";

/** 1.6 §5.14 Hard and Soft, 2.0.1 B11 and B12 Immediate and OnIdle. */
export type ResetType = "Immediate" | "OnIdle" | "Soft" | "Hard";

/** 2.0.1 FirmwareStatusEnumType; 1.6 FirmwareStatus knows the first seven. */
export type FirmwareStatus =
  | "Downloaded"
  | "DownloadFailed"
  | "Downloading"
  | "Idle"
  | "InstallationFailed"
  | "Installing"
  | "Installed"
  | "DownloadScheduled"
  | "DownloadPaused"
  | "InstallRebooting"
  | "InstallScheduled"
  | "InstallVerificationFailed"
  | "InvalidSignature"
  | "SignatureVerified";

/** 2.0.1 UploadLogStatusEnumType; 1.6 DiagnosticsStatus says UploadFailed for every failure. */
export type UploadStatus =
  | "AcceptedCanceled"
  | "BadMessage"
  | "Idle"
  | "NotSupportedOperation"
  | "PermissionDenied"
  | "Uploaded"
  | "UploadFailure"
  | "Uploading";

/** 2.0.1 LogEnumType. */
export type LogType = "DiagnosticsLog" | "SecurityLog";

/** Who the station says it is in BootNotification. */
export interface StationIdentity {
  readonly vendorName: string;
  readonly model: string;
  readonly serialNumber?: string;
  readonly firmwareVersion?: string;
  readonly iccid?: string;
  readonly imsi?: string;
}

/** Who took a decision about a token. */
export type DecidedBy = "list" | "cache" | "csms" | "settings" | "transaction" | "station";

/** A decision about a token, with who decided and why. */
export interface Verdict {
  readonly token: IdToken;
  readonly outcome: "accepted" | "rejected";
  readonly by: DecidedBy;
  readonly status: AuthorizationStatus;
  /** One line for a person: which rule, which setting. */
  readonly why: string;
  readonly info?: IdTokenInfo;
  /** The specification section that the rule comes from. */
  readonly spec?: string;
}

/** What an EVSE is fed with. */
export interface Supply {
  readonly current: "AC" | "DC";
  /** 1 or 3; DC counts as 1. */
  readonly phases: number;
  /** Nominal: AC phase to neutral, DC at the outlet. */
  readonly voltageV: number;
  readonly maxPowerW: number;
  /** The least current on a phase that can be offered, A; below it nothing can flow (IEC 61851-1: 6 A on AC). */
  readonly minA: number;
}

/** What an EVSE may give; where several members are there, all hold. */
export interface PowerLimit {
  /** In all, W. */
  readonly watts?: number;
  /** On each phase, A. */
  readonly amps?: number;
  /** At most so many phases. */
  readonly phases?: number;
}

/**
 * Security events that can happen here, by 2.0.1's names (part 2 appendix 1; 1.6 security white paper §8, where some
 * have other names).
 */
export type SecurityEventType =
  | "CsmsFailedToAuthenticate"
  | "FailedToAuthenticateAtCsms"
  | "FirmwareUpdated"
  | "InvalidChargingStationCertificate"
  | "InvalidCsmsCertificate"
  | "InvalidFirmwareSignature"
  | "InvalidFirmwareSigningCertificate"
  | "InvalidMessages"
  | "InvalidTLSCipherSuite"
  | "InvalidTLSVersion"
  | "ReconfigurationOfSecurityParameters"
  | "ResetOrReboot"
  | "SettingSystemTime"
  | "StartupOfTheDevice";

/** What a root certificate vouches for, in 2.0.1's words; 1.6 calls the first one CentralSystemRootCertificate. */
export type RootUse = "CSMSRootCertificate" | "ManufacturerRootCertificate";

/** How OCPP names a certificate (1.6 security white paper §6.1, RFC 6960): hashes and serial number in hex. */
export interface CertificateHash {
  readonly hashAlgorithm: "SHA256" | "SHA384" | "SHA512";
  readonly issuerNameHash: string;
  readonly issuerKeyHash: string;
  /** Without leading zeros. */
  readonly serialNumber: string;
}

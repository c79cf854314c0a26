import type {
  ChargingProfile,
  ChargingRateUnit,
  CompositeSchedule,
  ProfileFilter,
} from "./charging/types.ts";
import type {
  CertificateHash,
  ConnectorRef,
  IdToken,
  IdTokenInfo,
  LogType,
  ResetType,
  RootUse,
} from "./types.ts";

export type GenericStatus = "Accepted" | "Rejected";

export interface ListUpdate {
  readonly version: number;
  readonly type: "Full" | "Differential";
  /** `info` absent: remove the entry (Differential). */
  readonly entries: readonly { readonly token: IdToken; readonly info?: IdTokenInfo }[];
}

export type SetSettingStatus =
  | "Accepted"
  | "Rejected"
  | "RebootRequired"
  | "UnknownComponent"
  | "UnknownVariable"
  | "NotSupported";

export type TriggerableMessage =
  | "BootNotification"
  | "Heartbeat"
  | "StatusNotification"
  | "MeterValues"
  | "SignChargingStationCertificate"
  | "TransactionEvent"
  | "FirmwareStatusNotification"
  | "SignedFirmwareStatusNotification"
  | "LogStatusNotification"
  | "DiagnosticsStatusNotification";

/** UpdateFirmware; with a signing certificate and a signature the image is installed only if they fit it. */
export interface FirmwareRequest {
  /** Absent: 1.6's unsigned UpdateFirmware. */
  readonly requestId?: number;
  readonly location: string;
  /** ISO 8601; the download does not begin before. */
  readonly retrieveDateTime: string;
  /** ISO 8601; the installation does not begin before. */
  readonly installDateTime?: string;
  /** PEM. */
  readonly signingCertificate?: string;
  /** Base64, over the whole image. */
  readonly signature?: string;
  /** How often the download is tried in all, at least once. */
  readonly tries: number;
  readonly retryIntervalS: number;
}

/**
 * 2.0.1 UpdateFirmwareStatusEnumType (nobody tells this station that a certificate was revoked), and NotSupported: it
 * takes no firmware, or only signed.
 */
export type UpdateFirmwareStatus =
  | "Accepted"
  | "Rejected"
  | "AcceptedCanceled"
  | "InvalidCertificate"
  | "NotSupported";

/** GetLog, and 1.6's GetDiagnostics. */
export interface LogRequest {
  readonly log: LogType;
  /** Absent: 1.6's GetDiagnostics. */
  readonly requestId?: number;
  /** The directory. */
  readonly location: string;
  /** ISO 8601, inclusive. */
  readonly from?: string;
  /** ISO 8601, inclusive. */
  readonly to?: string;
  /** How often the upload is tried in all, at least once. */
  readonly tries: number;
  readonly retryIntervalS: number;
}

export interface TransferRequest {
  readonly vendorId: string;
  readonly messageId?: string;
  readonly data?: unknown;
}

export interface TransferAnswer {
  readonly status: "Accepted" | "Rejected" | "UnknownMessageId" | "UnknownVendorId";
  readonly data?: unknown;
}

/** What a central system may ask of the station, in 2.0.1's model. The adapters translate messages to these. */
export interface StationCommands {
  /** `chargingProfile`: a TxProfile for the transaction that starts (1.6 §5.16.2); one that is none rejects the start. */
  remoteStart(c: {
    readonly idToken: IdToken;
    readonly evseId?: number;
    readonly remoteStartId: number;
    readonly chargingProfile?: ChargingProfile;
    /** The token's group, for an EVSE that is reserved for a group (2.x). */
    readonly groupIdToken?: IdToken;
  }): {
    readonly status: GenericStatus;
    readonly transactionId?: string;
  };
  /** Without `evseId` any EVSE is kept free (1.6: connector 0). An id that is known replaces that reservation. */
  reserve(c: {
    readonly id: number;
    readonly idToken: IdToken;
    readonly groupIdToken?: IdToken;
    readonly evseId?: number;
    /** ISO 8601. */
    readonly expiryDateTime: string;
    /** 2.0.1 ConnectorEnumType. */
    readonly connectorType?: string;
  }): { readonly status: "Accepted" | "Faulted" | "Occupied" | "Rejected" | "Unavailable" };
  cancelReservation(c: { readonly id: number }): { readonly status: GenericStatus };
  /** `transactionId` is the station's own id. */
  remoteStop(c: { readonly transactionId: string }): { readonly status: GenericStatus };
  /** `Immediate` is 1.6's Hard, `OnIdle` is scheduled until no transaction runs; 1.6's Soft stops them first. */
  reset(c: { readonly type: ResetType; readonly evseId?: number }): {
    readonly status: "Accepted" | "Rejected" | "Scheduled";
  };
  /** `stopTransaction` (1.6 §5.18): a running transaction is ended first, reason UnlockCommand; 2.x refuses instead. */
  unlock(c: ConnectorRef & { readonly stopTransaction?: boolean }): {
    /** `NotSupported`: there is no lock, for example because the cable is fixed. */
    readonly status:
      | "Unlocked"
      | "UnlockFailed"
      | "OngoingAuthorizedTransaction"
      | "UnknownConnector"
      | "NotSupported";
  };
  /** Without `evseId` (1.6: connector 0) the whole station. */
  changeAvailability(c: { readonly evseId?: number; readonly operative: boolean }): {
    readonly status: "Accepted" | "Rejected" | "Scheduled";
  };
  clearCache(): { readonly status: GenericStatus };
  updateList(u: ListUpdate): { readonly status: "Accepted" | "Failed" | "VersionMismatch" | "NotSupported" };
  /** `enabled` false: the list is switched off by a setting. `size` lets 1.6 answer 0 for an emptied list. */
  listVersion(): { readonly version: number; readonly size: number; readonly enabled: boolean };
  /**
   * EVSE 0 is the station itself, which has a status only; without `evseId` all that the message is about.
   * `unlessRegistered` (2.0.1 F06.FR.17): refused once the central system has accepted the station.
   */
  trigger(c: {
    readonly message: TriggerableMessage;
    readonly evseId?: number;
    readonly unlessRegistered?: boolean;
  }): { readonly status: "Accepted" | "Rejected" | "NotImplemented" };
  /** Settings by the names of the dialect: see settings.ts for the table that both share. */
  setSetting(name: string, value: string): { readonly status: SetSettingStatus };
  /** `value` is absent for write-only settings: they exist, and are never read out. */
  getSetting(
    name: string,
  ): { readonly name: string; readonly value?: string; readonly readOnly: boolean } | undefined;
  /** All names that `getSetting` knows: 1.6 keys, or 2.0.1's as `Component.Variable` and `Component.Variable[instance]`. */
  settingNames(form: "key" | "variable"): readonly string[];
  /** M05. */
  installCertificate(c: { readonly use: RootUse; readonly certificate: string }): Promise<{
    readonly status: "Accepted" | "Rejected" | "Failed";
  }>;
  /** M04. */
  deleteCertificate(hash: CertificateHash): { readonly status: "Accepted" | "Failed" | "NotFound" };
  /** M03. */
  installedCertificates(
    uses: readonly RootUse[],
  ): readonly { readonly use: RootUse; readonly hash: CertificateHash }[];
  /** A02, A03: the certificate for the key that the station had asked to sign; `chain` is PEM. */
  certificateSigned(c: { readonly chain: string }): Promise<{ readonly status: GenericStatus }>;
  dataTransfer(c: TransferRequest): TransferAnswer;
  /** 2.x GetBaseReport: answers at once, the reports follow as requests. */
  baseReport(c: { readonly requestId: number; readonly reportBase: string }): {
    readonly status: "Accepted" | "Rejected" | "NotSupported" | "EmptyResultSet";
  };
  transactionStatus(c: { readonly transactionId?: string }): {
    readonly ongoingIndicator?: boolean;
    readonly messagesInQueue: boolean;
  };
  /** EVSE 0 is the station. */
  setChargingProfile(c: { readonly evseId: number; readonly profile: ChargingProfile }): {
    readonly status: GenericStatus;
  };
  clearChargingProfile(filter: ProfileFilter): { readonly status: "Accepted" | "Unknown" };
  /** `duration` in seconds; undefined: it cannot be told, for example because there is no such EVSE. */
  compositeSchedule(c: {
    readonly evseId: number;
    readonly duration: number;
    readonly chargingRateUnit?: ChargingRateUnit;
  }): CompositeSchedule | undefined;
  /** A new update takes the place of one that is not being installed yet (2.0.1 L01.FR.24, 1.6 white paper L01.FR.26). */
  updateFirmware(c: FirmwareRequest): Promise<{ readonly status: UpdateFirmwareStatus }>;
  /** A new request of the same kind takes the place of one that runs. Rejected: there is nothing of that kind or period. */
  getLog(c: LogRequest): {
    readonly status: "Accepted" | "Rejected" | "AcceptedCanceled";
    readonly fileName?: string;
  };
}

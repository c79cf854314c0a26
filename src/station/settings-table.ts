import { measurandOptions } from "./measurands.ts";

/**
 * One row for every setting of the station, with both of its names: the 2.0.1 device model's
 * component/variable and, where there is one, the 1.6 configuration key. Defaults are ours where the
 * specification gives none (1.6 §9, 2.0.1 part 2 "Referenced Components and Variables").
 */

export type SettingType = "boolean" | "integer" | "string" | "MemberList" | "OptionList";

export interface SettingRow {
  /** "Component.Variable" or "Component.Variable[instance]". */
  readonly name: string;
  readonly key16?: string;
  readonly type: SettingType;
  readonly default: string;
  readonly access: "ReadOnly" | "ReadWrite" | "WriteOnly";
  readonly unit?: "s" | "Wh" | "W" | "A" | "Percent";
  readonly min?: number;
  readonly max?: number;
  /** Members that a list may have. */
  readonly options?: readonly string[];
  /** Values that 1.6 spells otherwise. */
  readonly words16?: Readonly<Record<string, string>>;
  /** The 1.6 key that says how many members a list may have (1.6 §5.3). */
  readonly maxLengthKey?: string;
  /** A rule that type and limits cannot say; see {@link Settings}. */
  readonly form?: "phaseRotation";
  /** A change takes effect with the next start: ChangeConfiguration answers RebootRequired. */
  readonly reboot?: boolean;
  /** 1.6 may write it, 2.0.1 may not. */
  readonly readOnly201?: boolean;
  /** This model does not have it: unknown to the outside, and what it switches is off. */
  readonly absent?: boolean;
}

const PROFILES = "Core,FirmwareManagement,LocalAuthListManagement,SmartCharging,RemoteTrigger,Reservation";

type Options = Partial<Omit<SettingRow, "name" | "type" | "default">>;

const row = (name: string, type: SettingType, def: string, o: Options = {}): SettingRow => ({
  name,
  type,
  default: def,
  access: "ReadWrite",
  ...o,
});
const flag = (name: string, def: boolean, o: Options = {}) => row(name, "boolean", String(def), o);
const count = (name: string, def: number, o: Options = {}) =>
  row(name, "integer", String(def), { min: 0, ...o });
const fixed = { access: "ReadOnly" } as const;
/** A list of measurands and, beside it, how long it may be. */
const measurands = (name: string, def: string, key16: string): SettingRow[] => [
  row(name, "MemberList", def, { options: anyMeasurand, key16, maxLengthKey: `${key16}MaxLength` }),
  count(`${name}MaxLength`, anyMeasurand.length, { ...fixed, key16: `${key16}MaxLength` }),
];
/** Of a meter that offers everything; a model's table has what its own meter offers. */
const anyMeasurand = measurandOptions({ current: "AC", phases: 3 });

export const settingRows: readonly SettingRow[] = [
  flag("AuthCtrlr.Enabled", true),
  flag("AuthCtrlr.AuthorizeRemoteStart", true, { key16: "AuthorizeRemoteTxRequests" }),
  flag("AuthCtrlr.LocalAuthorizeOffline", true, { key16: "LocalAuthorizeOffline" }),
  flag("AuthCtrlr.LocalPreAuthorize", false, { key16: "LocalPreAuthorize" }),
  flag("AuthCtrlr.OfflineTxForUnknownIdEnabled", false, { key16: "AllowOfflineTxForUnknownId" }),
  flag("AuthCtrlr.DisableRemoteAuthorization", false),

  flag("AuthCacheCtrlr.Available", true, fixed),
  flag("AuthCacheCtrlr.Enabled", true, { key16: "AuthorizationCacheEnabled" }),
  count("AuthCacheCtrlr.LifeTime", 0, { unit: "s" }),
  flag("AuthCacheCtrlr.DisablePostAuthorize", false),
  count("AuthCacheCtrlr.Entries", 1000, fixed),

  flag("LocalAuthListCtrlr.Available", true, fixed),
  flag("LocalAuthListCtrlr.Enabled", true, { key16: "LocalAuthListEnabled" }),
  count("LocalAuthListCtrlr.Entries", 100_000, { ...fixed, key16: "LocalAuthListMaxLength" }),
  count("LocalAuthListCtrlr.ItemsPerMessage", 10_000, { ...fixed, key16: "SendLocalListMaxLength" }),
  count("LocalAuthListCtrlr.BytesPerMessage", 8_000_000, fixed),
  flag("LocalAuthListCtrlr.SupportsExpiryDateTime", true, fixed),
  flag("LocalAuthListCtrlr.DisablePostAuthorize", false),

  flag("ReservationCtrlr.Available", true, fixed),
  flag("ReservationCtrlr.Enabled", true),
  flag("ReservationCtrlr.NonEvseSpecific", true, { ...fixed, key16: "ReserveConnectorZeroSupported" }),

  row("TxCtrlr.TxStartPoint", "MemberList", "PowerPathClosed", fixed),
  row("TxCtrlr.TxStopPoint", "MemberList", "EVConnected,Authorized", fixed),
  count("TxCtrlr.EVConnectionTimeOut", 60, { unit: "s", key16: "ConnectionTimeOut" }),
  flag("TxCtrlr.StopTxOnInvalidId", true, { key16: "StopTransactionOnInvalidId" }),
  flag("TxCtrlr.StopTxOnEVSideDisconnect", true, { key16: "StopTransactionOnEVSideDisconnect" }),
  count("TxCtrlr.MaxEnergyOnInvalidId", 0, { unit: "Wh", key16: "MaxEnergyOnInvalidId" }),

  count("OCPPCommCtrlr.HeartbeatInterval", 300, { unit: "s", key16: "HeartbeatInterval" }),
  count("OCPPCommCtrlr.MessageTimeout[Default]", 30, { unit: "s", min: 1, key16: "MessageTimeout" }),
  count("OCPPCommCtrlr.MessageAttempts[TransactionEvent]", 3, { key16: "TransactionMessageAttempts" }),
  count("OCPPCommCtrlr.MessageAttemptInterval[TransactionEvent]", 60, {
    unit: "s",
    key16: "TransactionMessageRetryInterval",
  }),
  count("OCPPCommCtrlr.WebSocketPingInterval", 60, { unit: "s", key16: "WebSocketPingInterval" }),
  count("OCPPCommCtrlr.OfflineThreshold", 60, { unit: "s" }),
  count("OCPPCommCtrlr.ResetRetries", 2, { key16: "ResetRetries" }),
  count("OCPPCommCtrlr.RetryBackOffWaitMinimum", 2, { unit: "s" }),
  count("OCPPCommCtrlr.RetryBackOffRandomRange", 3, { unit: "s" }),
  count("OCPPCommCtrlr.RetryBackOffRepeatTimes", 5, { max: 20 }),
  flag("OCPPCommCtrlr.UnlockOnEVSideDisconnect", true, { key16: "UnlockConnectorOnEVSideDisconnect" }),

  count("SampledDataCtrlr.TxUpdatedInterval", 60, { unit: "s", key16: "MeterValueSampleInterval" }),
  ...measurands(
    "SampledDataCtrlr.TxUpdatedMeasurands",
    "Energy.Active.Import.Register,Power.Active.Import",
    "MeterValuesSampledData",
  ),
  row("SampledDataCtrlr.TxStartedMeasurands", "MemberList", "Energy.Active.Import.Register", {
    options: anyMeasurand,
  }),
  ...measurands("SampledDataCtrlr.TxEndedMeasurands", "Energy.Active.Import.Register", "StopTxnSampledData"),
  // 0: the end of a transaction tells the values of its start and its end. 1.6 knows no such interval: see samplesInEnd.
  count("SampledDataCtrlr.TxEndedInterval", 0, { ...fixed, unit: "s" }),
  count("AlignedDataCtrlr.Interval", 0, { unit: "s", max: 86_400, key16: "ClockAlignedDataInterval" }),
  ...measurands("AlignedDataCtrlr.Measurands", "Energy.Active.Import.Register", "MeterValuesAlignedData"),
  ...measurands("AlignedDataCtrlr.TxEndedMeasurands", "", "StopTxnAlignedData"),
  // Meter values in one StopTransaction (1.6 erratum 3.91); what is more is thinned out.
  count("ChargingStation.StopTransactionMaxMeterValues", 50, {
    ...fixed,
    min: 2,
    key16: "StopTransactionMaxMeterValues",
  }),

  count("DeviceDataCtrlr.ItemsPerMessage[GetReport]", 100, fixed),
  count("DeviceDataCtrlr.ItemsPerMessage[GetVariables]", 100, { ...fixed, key16: "GetConfigurationMaxKeys" }),
  count("DeviceDataCtrlr.ItemsPerMessage[SetVariables]", 100, fixed),
  count("DeviceDataCtrlr.BytesPerMessage[GetReport]", 1_000_000, fixed),
  count("DeviceDataCtrlr.BytesPerMessage[GetVariables]", 1_000_000, fixed),
  count("DeviceDataCtrlr.BytesPerMessage[SetVariables]", 1_000_000, fixed),
  count("SmartChargingCtrlr.ProfileStackLevel", 20, { ...fixed, key16: "ChargeProfileMaxStackLevel" }),
  row("SmartChargingCtrlr.RateUnit", "MemberList", "A,W", {
    ...fixed,
    key16: "ChargingScheduleAllowedChargingRateUnit",
    words16: { "A,W": "Current,Power" },
  }),
  count("SmartChargingCtrlr.PeriodsPerSchedule", 100, { ...fixed, key16: "ChargingScheduleMaxPeriods" }),
  count("SmartChargingCtrlr.Entries[ChargingProfiles]", 20, {
    ...fixed,
    key16: "MaxChargingProfilesInstalled",
  }),
  flag("SmartChargingCtrlr.Phases3to1", true, { ...fixed, key16: "ConnectorSwitch3to1PhaseSupported" }),
  // Which they are is known to whoever hands in the file transfer.
  row("OCPPCommCtrlr.FileTransferProtocols", "MemberList", "", {
    ...fixed,
    key16: "SupportedFileTransferProtocols",
  }),
  // Both are the credentials' own: see security/security-settings.ts.
  count("SecurityCtrlr.SecurityProfile", 0, { key16: "SecurityProfile", readOnly201: true, max: 3 }),
  row("SecurityCtrlr.BasicAuthPassword", "string", "", {
    access: "WriteOnly",
    key16: "AuthorizationKey",
    max: 40,
  }),
  flag("SecurityCtrlr.AdditionalRootCertificateCheck", false, {
    ...fixed,
    key16: "AdditionalRootCertificateCheck",
  }),
  count("SecurityCtrlr.CertificateEntries", 20, { ...fixed, key16: "CertificateStoreMaxLength" }),
  count("SecurityCtrlr.MaxCertificateChainSize", 10_000, {
    ...fixed,
    key16: "CertificateSignedMaxChainSize",
  }),
  row("SecurityCtrlr.OrganizationName", "string", "", { key16: "CpoName", max: 64 }),
  row("ChargingStation.ConnectorPhaseRotation", "MemberList", "0.Unknown,1.Unknown", {
    key16: "ConnectorPhaseRotation",
    form: "phaseRotation",
    maxLengthKey: "ConnectorPhaseRotationMaxLength",
  }),
  flag("ChargingStation.AllowNewSessionsPendingFirmwareUpdate", false),
  count("ChargingStation.ConnectorPhaseRotationMaxLength", 2, {
    ...fixed,
    key16: "ConnectorPhaseRotationMaxLength",
  }),
  count("ChargingStation.BlinkRepeat", 3, { max: 100, key16: "BlinkRepeat" }),
  count("ChargingStation.LightIntensity", 100, { unit: "Percent", max: 100, key16: "LightIntensity" }),
  count("ChargingStation.MinimumStatusDuration", 0, {
    unit: "s",
    max: 86_400,
    key16: "MinimumStatusDuration",
  }),
  count("ChargingStation.NumberOfConnectors", 1, { ...fixed, key16: "NumberOfConnectors" }),
  row("ChargingStation.SupportedFeatureProfiles", "MemberList", PROFILES, {
    ...fixed,
    key16: "SupportedFeatureProfiles",
  }),
  count("ChargingStation.SupportedFeatureProfilesMaxLength", 6, {
    ...fixed,
    key16: "SupportedFeatureProfilesMaxLength",
  }),
];

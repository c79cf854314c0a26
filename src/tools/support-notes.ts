/** What is weaker than it should be: by version and action. An action that is not there at all needs no note. */
export const actionNotes: Readonly<Record<"1.6" | "2.0.1", Readonly<Record<string, string>>>> = {
  "1.6": {},
  "2.0.1": {
    GetBaseReport: "no summary; variables of what this station has, not every required one",
    RequestStartTransaction: "without charging profile",
    Reset: "of the station, not of one EVSE",
  },
};

/** The configuration keys of OCPP 1.6 §9 with its errata of 2025-04, and of the security white paper §7. */
export const specifiedKeys: readonly string[] = [
  ...["AllowOfflineTxForUnknownId", "AuthorizationCacheEnabled", "AuthorizeRemoteTxRequests", "BlinkRepeat"],
  ...["ClockAlignedDataInterval", "ConnectionTimeOut", "ConnectorPhaseRotation"],
  ...["ConnectorPhaseRotationMaxLength", "GetConfigurationMaxKeys", "HeartbeatInterval", "LightIntensity"],
  ...["LocalAuthorizeOffline", "LocalPreAuthorize", "MaxEnergyOnInvalidId", "MessageTimeout"],
  ...["MeterValuesAlignedData", "MeterValuesAlignedDataMaxLength", "MeterValuesSampledData"],
  ...["MeterValuesSampledDataMaxLength", "MeterValueSampleInterval", "MinimumStatusDuration"],
  ...["NumberOfConnectors", "ResetRetries", "StopTransactionMaxMeterValues"],
  ...["StopTransactionOnEVSideDisconnect", "StopTransactionOnInvalidId", "StopTxnAlignedData"],
  ...["StopTxnAlignedDataMaxLength", "StopTxnSampledData", "StopTxnSampledDataMaxLength"],
  ...["SupportedFeatureProfiles", "SupportedFeatureProfilesMaxLength", "TransactionMessageAttempts"],
  ...["TransactionMessageRetryInterval", "UnlockConnectorOnEVSideDisconnect", "WebSocketPingInterval"],
  ...["LocalAuthListEnabled", "LocalAuthListMaxLength", "SendLocalListMaxLength"],
  ...["ReserveConnectorZeroSupported", "ChargeProfileMaxStackLevel"],
  ...["ChargingScheduleAllowedChargingRateUnit", "ChargingScheduleMaxPeriods"],
  ...["ConnectorSwitch3to1PhaseSupported", "MaxChargingProfilesInstalled", "SupportedFileTransferProtocols"],
  ...["AdditionalRootCertificateCheck", "AuthorizationKey", "CertificateSignedMaxChainSize"],
  ...["CertificateStoreMaxLength", "CpoName", "SecurityProfile"],
];

/**
 * Actions that the station sends: OCPP 1.6 §4, its security extension, and 2.0.1 part 2. All others are the central
 * system's; DataTransfer is both's.
 */
export const stationActions: ReadonlySet<string> = new Set([
  ...["Authorize", "BootNotification", "DataTransfer", "DiagnosticsStatusNotification", "Heartbeat"],
  ...["FirmwareStatusNotification", "LogStatusNotification", "MeterValues", "SecurityEventNotification"],
  ...["SignCertificate", "SignedFirmwareStatusNotification", "StartTransaction", "StatusNotification"],
  ...["StopTransaction", "TransactionEvent", "NotifyReport", "NotifyEvent", "ReservationStatusUpdate"],
  ...["ClearedChargingLimit", "Get15118EVCertificate", "GetCertificateStatus", "NotifyChargingLimit"],
  ...[
    "NotifyCustomerInformation",
    "NotifyDisplayMessages",
    "NotifyMonitoringReport",
    "NotifyEVChargingNeeds",
  ],
  ...["NotifyEVChargingSchedule", "PublishFirmwareStatusNotification", "ReportChargingProfiles"],
]);

/** Who may send the action as a CALL. */
export function sendersOf(action: string): readonly ("station" | "csms")[] {
  if (action === "DataTransfer") return ["station", "csms"];
  return [stationActions.has(action) ? "station" : "csms"];
}

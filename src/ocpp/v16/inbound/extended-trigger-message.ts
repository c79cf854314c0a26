import type { OCPP16 } from "typed-ocpp";
import type { StationCommands, TriggerableMessage } from "../../../station/ports.ts";
import { triggered } from "./trigger-message.ts";

/** What of the white paper's list this station sends on request. FirmwareStatusNotification means the signed one. */
const triggerable: Readonly<Record<string, TriggerableMessage>> = {
  BootNotification: "BootNotification",
  FirmwareStatusNotification: "SignedFirmwareStatusNotification",
  Heartbeat: "Heartbeat",
  LogStatusNotification: "LogStatusNotification",
  MeterValues: "MeterValues",
  SignChargePointCertificate: "SignChargingStationCertificate",
  StatusNotification: "StatusNotification",
};

/** Security white paper §5.5. */
export function extendedTriggerMessage(
  { requestedMessage, connectorId }: OCPP16.ExtendedTriggerMessageRequest,
  commands: StationCommands,
): OCPP16.ExtendedTriggerMessageResponse {
  return triggered(triggerable[requestedMessage], connectorId, commands);
}

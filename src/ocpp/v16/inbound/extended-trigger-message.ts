import type { StationCommands, TriggerableMessage } from "../../../station/ports.ts";
import { ofConnectors } from "./trigger-message.ts";

/** What of the white paper's list (§6.16) this station sends on request. */
const triggerable: Readonly<Record<string, TriggerableMessage>> = {
  BootNotification: "BootNotification",
  Heartbeat: "Heartbeat",
  MeterValues: "MeterValues",
  SignChargePointCertificate: "SignChargingStationCertificate",
  StatusNotification: "StatusNotification",
};

/** Security white paper §5.5; connectors as in TriggerMessage. */
export function extendedTriggerMessage(
  { requestedMessage, connectorId }: { requestedMessage: string; connectorId?: number },
  commands: StationCommands,
): ReturnType<StationCommands["trigger"]> {
  const message = triggerable[requestedMessage];
  if (message === undefined) return { status: "NotImplemented" };
  return commands.trigger(
    connectorId === undefined || !ofConnectors.has(message) ? { message } : { message, evseId: connectorId },
  );
}

import type { OCPP16 } from "typed-ocpp";
import type { StationCommands, TriggerableMessage } from "../../../station/ports.ts";

/** What of 1.6's list this station sends on request: no firmware, no diagnostics. */
const triggerable: Readonly<Record<string, TriggerableMessage>> = {
  BootNotification: "BootNotification",
  Heartbeat: "Heartbeat",
  MeterValues: "MeterValues",
  StatusNotification: "StatusNotification",
};

/** 1.6 §5.17. The connectorId, when given, is above 0 (§6.53). */
export function triggerMessage(
  { requestedMessage, connectorId }: OCPP16.TriggerMessageRequest,
  commands: StationCommands,
): OCPP16.TriggerMessageResponse {
  const message = triggerable[requestedMessage];
  if (message === undefined) return { status: "NotImplemented" };
  if (connectorId !== undefined && connectorId < 1) return { status: "Rejected" };
  const { status } = commands.trigger(
    connectorId === undefined ? { message } : { message, evseId: connectorId },
  );
  return { status };
}

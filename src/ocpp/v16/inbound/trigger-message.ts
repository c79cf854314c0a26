import type { OCPP16 } from "typed-ocpp";
import type { StationCommands, TriggerableMessage } from "../../../station/ports.ts";

/** What of 1.6's list this station sends on request: no firmware, no diagnostics. */
const triggerable: Readonly<Record<string, TriggerableMessage>> = {
  BootNotification: "BootNotification",
  Heartbeat: "Heartbeat",
  MeterValues: "MeterValues",
  StatusNotification: "StatusNotification",
};

/** What is about a connector; elsewhere a connectorId is ignored (1.6 §5.17). */
export const ofConnectors: ReadonlySet<TriggerableMessage> = new Set(["MeterValues", "StatusNotification"]);

/** 1.6 §5.17. Connector 0 is the station itself, which has a status; §6.53 wants connectorIds above 0 otherwise. */
export function triggerMessage(
  { requestedMessage, connectorId }: OCPP16.TriggerMessageRequest,
  commands: StationCommands,
): OCPP16.TriggerMessageResponse {
  const message = triggerable[requestedMessage];
  if (message === undefined) return { status: "NotImplemented" };
  const { status } = commands.trigger(
    connectorId === undefined || !ofConnectors.has(message) ? { message } : { message, evseId: connectorId },
  );
  return { status };
}

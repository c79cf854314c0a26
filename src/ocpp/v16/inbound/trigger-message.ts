import type { OCPP16 } from "typed-ocpp";
import type { StationCommands, TriggerableMessage } from "../../../station/ports.ts";

/** What of 1.6's list this station sends on request. */
const triggerable: Readonly<Record<string, TriggerableMessage>> = {
  BootNotification: "BootNotification",
  DiagnosticsStatusNotification: "DiagnosticsStatusNotification",
  FirmwareStatusNotification: "FirmwareStatusNotification",
  Heartbeat: "Heartbeat",
  MeterValues: "MeterValues",
  StatusNotification: "StatusNotification",
};

/** What is about a connector; elsewhere a connectorId is ignored (1.6 §5.17). */
export const ofConnectors: ReadonlySet<TriggerableMessage> = new Set(["MeterValues", "StatusNotification"]);

/** 1.6 §5.17. */
export function triggerMessage(
  { requestedMessage, connectorId }: OCPP16.TriggerMessageRequest,
  commands: StationCommands,
): OCPP16.TriggerMessageResponse {
  return triggered(triggerable[requestedMessage], connectorId, commands);
}

/** Connector 0 is the station itself, which has a status; §6.53 wants connectorIds above 0 otherwise. */
export function triggered(
  message: TriggerableMessage | undefined,
  connectorId: number | undefined,
  commands: StationCommands,
): OCPP16.TriggerMessageResponse {
  if (message === undefined) return { status: "NotImplemented" };
  const { status } = commands.trigger(
    connectorId === undefined || !ofConnectors.has(message) ? { message } : { message, evseId: connectorId },
  );
  return { status };
}

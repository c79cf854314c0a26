import type { OCPP20 } from "typed-ocpp";
import type { StationCommands, TriggerableMessage } from "../../../station/ports.ts";
import { isOurEvse } from "../evse.ts";

/** What of 2.0.1's list this station sends on request: no firmware, no logs, no certificates. */
const triggerable: Readonly<Record<string, TriggerableMessage>> = {
  BootNotification: "BootNotification",
  Heartbeat: "Heartbeat",
  MeterValues: "MeterValues",
  StatusNotification: "StatusNotification",
  TransactionEvent: "TransactionEvent",
};

/** F06. A StatusNotification is of one connector, which has to be named (F06.FR.12). */
export function triggerMessage(
  { requestedMessage, evse }: OCPP20.TriggerMessageRequest,
  commands: StationCommands,
): OCPP20.TriggerMessageResponse {
  const message = triggerable[requestedMessage];
  if (message === undefined) return { status: "NotImplemented" };
  const unnamed = message === "StatusNotification" && evse?.connectorId === undefined;
  if (unnamed || (evse !== undefined && !isOurEvse(evse))) return { status: "Rejected" };
  const { status } = commands.trigger(evse === undefined ? { message } : { message, evseId: evse.id });
  return { status };
}

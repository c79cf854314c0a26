import type { OCPP20 } from "typed-ocpp";
import type { StationCommands, TriggerableMessage } from "../../../station/ports.ts";
import { isOurEvse } from "../evse.ts";

/** What of 2.0.1's list this station sends on request: no certificates for plug and charge. */
const triggerable: Readonly<Record<string, TriggerableMessage>> = {
  BootNotification: "BootNotification",
  FirmwareStatusNotification: "SignedFirmwareStatusNotification",
  Heartbeat: "Heartbeat",
  LogStatusNotification: "LogStatusNotification",
  MeterValues: "MeterValues",
  SignChargingStationCertificate: "SignChargingStationCertificate",
  StatusNotification: "StatusNotification",
  TransactionEvent: "TransactionEvent",
};

/** What an EVSE can be named for; elsewhere it is ignored (F06.FR.03). */
const ofEvses: ReadonlySet<TriggerableMessage> = new Set([
  "MeterValues",
  "StatusNotification",
  "TransactionEvent",
]);

/** F06. A StatusNotification is of one connector, which has to be named (F06.FR.12). */
export function triggerMessage(
  { requestedMessage, evse }: OCPP20.TriggerMessageRequest,
  commands: StationCommands,
): OCPP20.TriggerMessageResponse {
  const message = triggerable[requestedMessage];
  if (message === undefined) return { status: "NotImplemented" };
  if (message === "BootNotification") return commands.trigger({ message, unlessRegistered: true });
  if (evse === undefined || !ofEvses.has(message)) {
    return message === "StatusNotification" ? { status: "Rejected" } : commands.trigger({ message });
  }
  const unnamed = message === "StatusNotification" && evse.connectorId === undefined;
  return unnamed || !isOurEvse(evse)
    ? { status: "Rejected" }
    : commands.trigger({ message, evseId: evse.id });
}

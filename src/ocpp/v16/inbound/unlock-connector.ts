import type { OCPP16 } from "typed-ocpp";
import type { StationCommands } from "../../../station/ports.ts";

const statuses: Readonly<
  Record<ReturnType<StationCommands["unlock"]>["status"], OCPP16.UnlockConnectorResponse["status"]>
> = {
  Unlocked: "Unlocked",
  UnlockFailed: "UnlockFailed",
  OngoingAuthorizedTransaction: "UnlockFailed",
  UnknownConnector: "NotSupported",
  NotSupported: "NotSupported",
};

/** 1.6 §5.18: a running transaction is ended first. An unknown connector is NotSupported (TC_031_CS), as is a fixed cable (TC_017_2_CS). */
export function unlockConnector(
  { connectorId }: OCPP16.UnlockConnectorRequest,
  commands: StationCommands,
): OCPP16.UnlockConnectorResponse {
  if (connectorId < 1) return { status: "NotSupported" };
  const { status } = commands.unlock({ evseId: connectorId, connectorId: 1, stopTransaction: true });
  return { status: statuses[status] };
}

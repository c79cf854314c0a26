import type { OCPP20 } from "typed-ocpp";
import type { StationCommands } from "../../../station/ports.ts";

/** F05 knows of no cable that is fixed: what cannot be unlocked was not unlocked. */
export function unlockConnector(
  { evseId, connectorId }: OCPP20.UnlockConnectorRequest,
  commands: StationCommands,
): OCPP20.UnlockConnectorResponse {
  const { status } = commands.unlock({ evseId, connectorId });
  return { status: status === "NotSupported" ? "UnlockFailed" : status };
}

import type { OCPP20 } from "typed-ocpp";
import type { StationCommands } from "../../../station/ports.ts";

/** F05. */
export function unlockConnector(
  { evseId, connectorId }: OCPP20.UnlockConnectorRequest,
  commands: StationCommands,
): OCPP20.UnlockConnectorResponse {
  return { status: commands.unlock({ evseId, connectorId }).status };
}

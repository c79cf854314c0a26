import type { OCPP16 } from "typed-ocpp";
import type { StationCommands } from "../../../station/ports.ts";

/** 1.6 §5.2. Connector 0 is the whole station. */
export function changeAvailability(
  { connectorId, type }: OCPP16.ChangeAvailabilityRequest,
  commands: StationCommands,
): OCPP16.ChangeAvailabilityResponse {
  if (connectorId < 0) return { status: "Rejected" };
  const operative = type === "Operative";
  const { status } = commands.changeAvailability({
    operative,
    ...(connectorId === 0 ? {} : { evseId: connectorId }),
  });
  return { status };
}

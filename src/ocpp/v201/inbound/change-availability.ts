import type { OCPP20 } from "typed-ocpp";
import type { StationCommands } from "../../../station/ports.ts";
import { isOurEvse } from "../evse.ts";

/** G03 (an EVSE or its connector) and G04 (no EVSE: the whole station). */
export function changeAvailability(
  { evse, operationalStatus }: OCPP20.ChangeAvailabilityRequest,
  commands: StationCommands,
): OCPP20.ChangeAvailabilityResponse {
  if (evse !== undefined && !isOurEvse(evse)) return { status: "Rejected" };
  const { status } = commands.changeAvailability({
    operative: operationalStatus === "Operative",
    ...(evse === undefined ? {} : { evseId: evse.id }),
  });
  return { status };
}

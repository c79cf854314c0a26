import type { OCPP16 } from "typed-ocpp";
import type { StationCommands } from "../../../station/ports.ts";
import { defined } from "../../wire.ts";
import { purposes } from "../charging-profiles.ts";

/** 1.6 §5.5. */
export function clearChargingProfile(
  { id, connectorId, chargingProfilePurpose, stackLevel }: OCPP16.ClearChargingProfileRequest,
  commands: StationCommands,
): OCPP16.ClearChargingProfileResponse {
  const purpose = chargingProfilePurpose === undefined ? undefined : purposes[chargingProfilePurpose];
  const filter = defined({ id, evseId: connectorId, chargingProfilePurpose: purpose, stackLevel });
  return { status: commands.clearChargingProfile(filter).status };
}

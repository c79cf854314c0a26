import type { OCPP16 } from "typed-ocpp";
import type { StationCommands } from "../../../station/ports.ts";
import type { DialectContext } from "../../dialect.ts";
import { profileOf, runningIdOf } from "../charging-profiles.ts";

/** 1.6 §5.16. Connector 0 is the station. */
export function setChargingProfile(
  { connectorId, csChargingProfiles: wire }: OCPP16.SetChargingProfileRequest,
  commands: StationCommands,
  { values }: DialectContext,
): OCPP16.SetChargingProfileResponse {
  const id = wire.transactionId;
  const profile = profileOf(wire, id === undefined ? undefined : runningIdOf(values, id, commands));
  return { status: commands.setChargingProfile({ evseId: connectorId, profile }).status };
}

import type { OCPP20 } from "typed-ocpp";
import type { StationCommands } from "../../../station/ports.ts";
import { defined } from "../../wire.ts";

/** B11, B12. */
export function reset(
  { type, evseId }: OCPP20.ResetRequest,
  commands: StationCommands,
): OCPP20.ResetResponse {
  if (evseId !== undefined && evseId < 1) return { status: "Rejected" };
  return { status: commands.reset(defined({ type, evseId })).status };
}

import type { OCPP16 } from "typed-ocpp";
import type { StationCommands } from "../../../station/ports.ts";

/** 1.6 §5.14. 1.6 has no Scheduled: a reset that comes later was accepted. */
export function reset({ type }: OCPP16.ResetRequest, commands: StationCommands): OCPP16.ResetResponse {
  return { status: commands.reset({ type }).status === "Rejected" ? "Rejected" : "Accepted" };
}

import type { OCPP16 } from "typed-ocpp";
import type { StationCommands } from "../../../station/ports.ts";

/** 1.6 §5.4. */
export function clearCache(
  _: OCPP16.ClearCacheRequest,
  commands: StationCommands,
): OCPP16.ClearCacheResponse {
  return { status: commands.clearCache().status };
}

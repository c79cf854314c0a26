import type { OCPP20 } from "typed-ocpp";
import type { StationCommands } from "../../../station/ports.ts";

/** C11. */
export function clearCache(
  _: OCPP20.ClearCacheRequest,
  commands: StationCommands,
): OCPP20.ClearCacheResponse {
  return { status: commands.clearCache().status };
}

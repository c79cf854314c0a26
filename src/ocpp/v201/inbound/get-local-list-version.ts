import type { OCPP20 } from "typed-ocpp";
import type { StationCommands } from "../../../station/ports.ts";

/** D02: 0 when the list is switched off or was never sent; an emptied list keeps its version (unlike 1.6). */
export function getLocalListVersion(
  _: OCPP20.GetLocalListVersionRequest,
  commands: StationCommands,
): OCPP20.GetLocalListVersionResponse {
  const { version, enabled } = commands.listVersion();
  return { versionNumber: enabled ? version : 0 };
}

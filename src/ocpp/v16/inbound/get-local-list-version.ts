import type { OCPP16 } from "typed-ocpp";
import type { StationCommands } from "../../../station/ports.ts";

/** 1.6 §5.10: -1 says that there is no such list, 0 that it is empty, whatever version emptied it. */
export function getLocalListVersion(
  _: OCPP16.GetLocalListVersionRequest,
  commands: StationCommands,
): OCPP16.GetLocalListVersionResponse {
  const { version, size, enabled } = commands.listVersion();
  if (!enabled) return { listVersion: -1 };
  return { listVersion: size === 0 ? 0 : version };
}

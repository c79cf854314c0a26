import type { OCPP20 } from "typed-ocpp";
import type { StationCommands } from "../../../station/ports.ts";

/** B07: the NotifyReport messages follow as requests. */
export function getBaseReport(
  { requestId, reportBase }: OCPP20.GetBaseReportRequest,
  commands: StationCommands,
): OCPP20.GetBaseReportResponse {
  return { status: commands.baseReport({ requestId, reportBase }).status };
}

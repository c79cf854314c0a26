import type { OCPP16 } from "typed-ocpp";
import type { StationCommands } from "../../../station/ports.ts";
import { attempts, defined } from "../../wire.ts";

/** Security white paper §4.5 (N01). */
export function getLog(
  { logType, requestId, log, retries, retryInterval }: OCPP16.GetLogRequest,
  commands: StationCommands,
): OCPP16.GetLogResponse {
  const { status, fileName } = commands.getLog(
    defined({
      log: logType,
      requestId,
      location: log.remoteLocation,
      from: log.oldestTimestamp,
      to: log.latestTimestamp,
      ...attempts(retries, retryInterval),
    }),
  );
  return defined({ status, filename: fileName });
}

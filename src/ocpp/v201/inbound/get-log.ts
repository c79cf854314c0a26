import type { OCPP20 } from "typed-ocpp";
import type { StationCommands } from "../../../station/ports.ts";
import { attempts, defined } from "../../wire.ts";

/** N01. */
export function getLog(
  { logType, requestId, log, retries = 0, retryInterval }: OCPP20.GetLogRequest,
  commands: StationCommands,
): OCPP20.GetLogResponse {
  const { status, fileName } = commands.getLog(
    defined({
      log: logType,
      requestId,
      location: log.remoteLocation,
      from: log.oldestTimestamp,
      to: log.latestTimestamp,
      // 2.0.1 counts what comes after the first try.
      ...attempts(retries + 1, retryInterval),
    }),
  );
  return defined({ status, filename: fileName });
}

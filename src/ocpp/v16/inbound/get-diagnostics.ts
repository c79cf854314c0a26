import type { OCPP16 } from "typed-ocpp";
import type { StationCommands } from "../../../station/ports.ts";
import { attempts, defined } from "../../wire.ts";

/** 1.6 §5.9: no file name says that there is nothing to send. */
export function getDiagnostics(
  { location, startTime, stopTime, retries, retryInterval }: OCPP16.GetDiagnosticsRequest,
  commands: StationCommands,
): OCPP16.GetDiagnosticsResponse {
  const { fileName } = commands.getLog(
    defined({
      log: "DiagnosticsLog" as const,
      location,
      from: startTime,
      to: stopTime,
      ...attempts(retries, retryInterval),
    }),
  );
  return defined({ fileName });
}

import type { OCPP16 } from "typed-ocpp";
import type { StationCommands } from "../../../station/ports.ts";

/** 1.6 §5.6. */
export function dataTransfer(
  request: OCPP16.DataTransferRequest,
  commands: StationCommands,
): OCPP16.DataTransferResponse {
  return { status: commands.dataTransfer(request).status };
}

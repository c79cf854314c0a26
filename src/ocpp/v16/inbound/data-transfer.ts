import type { OCPP16 } from "typed-ocpp";
import type { StationCommands } from "../../../station/ports.ts";
import { defined, textOf } from "../../wire.ts";

/** 1.6 §5.6: answered by what the model knows. */
export function dataTransfer(
  request: OCPP16.DataTransferRequest,
  commands: StationCommands,
): OCPP16.DataTransferResponse {
  const { status, data } = commands.dataTransfer(request);
  return defined({ status, data: textOf(data) });
}

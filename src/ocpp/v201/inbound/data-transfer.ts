import type { OCPP20 } from "typed-ocpp";
import type { StationCommands } from "../../../station/ports.ts";
import { defined } from "../../wire.ts";

/** P01. */
export function dataTransfer(
  { vendorId, messageId, data }: OCPP20.DataTransferRequest,
  commands: StationCommands,
): OCPP20.DataTransferResponse {
  const answer = commands.dataTransfer(defined({ vendorId, messageId, data }));
  // anyType: the generated type knows objects only.
  return defined({ status: answer.status, data: answer.data as OCPP20.DataTransferResponse["data"] });
}

import type { OCPP20 } from "typed-ocpp";
import type { StationCommands } from "../../../station/ports.ts";

/** F03. */
export function requestStopTransaction(
  { transactionId }: OCPP20.RequestStopTransactionRequest,
  commands: StationCommands,
): OCPP20.RequestStopTransactionResponse {
  return { status: commands.remoteStop({ transactionId }).status };
}

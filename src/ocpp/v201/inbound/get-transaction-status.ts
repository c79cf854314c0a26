import type { OCPP20 } from "typed-ocpp";
import type { StationCommands } from "../../../station/ports.ts";
import { defined } from "../../wire.ts";

/** E14: ongoingIndicator only when a transaction was asked for (E14.FR.06). */
export function getTransactionStatus(
  { transactionId }: OCPP20.GetTransactionStatusRequest,
  commands: StationCommands,
): OCPP20.GetTransactionStatusResponse {
  const { messagesInQueue, ongoingIndicator } = commands.transactionStatus(defined({ transactionId }));
  return defined({
    messagesInQueue,
    ongoingIndicator: transactionId === undefined ? undefined : ongoingIndicator,
  });
}

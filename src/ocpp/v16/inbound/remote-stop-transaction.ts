import type { OCPP16 } from "typed-ocpp";
import type { StationCommands } from "../../../station/ports.ts";
import type { DialectContext } from "../../dialect.ts";
import { transactionIdsOf } from "../bindings.ts";

/** 1.6 §5.12: Accepted if a transaction with that id runs (erratum 3.33). */
export function remoteStopTransaction(
  { transactionId }: OCPP16.RemoteStopTransactionRequest,
  commands: StationCommands,
  { values }: DialectContext,
): OCPP16.RemoteStopTransactionResponse {
  const stopped = transactionIdsOf(values, transactionId).some(
    (ours) => commands.remoteStop({ transactionId: ours }).status === "Accepted",
  );
  return { status: stopped ? "Accepted" : "Rejected" };
}

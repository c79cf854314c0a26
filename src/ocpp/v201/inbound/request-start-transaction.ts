import type { OCPP20 } from "typed-ocpp";
import type { StationCommands } from "../../../station/ports.ts";
import { defined } from "../../wire.ts";
import { tokenOf } from "../tokens.ts";

/**
 * F01, F02. EVSEs count from 1. The chargingProfile is ignored: this station has no smart charging. The groupIdToken
 * counts on an EVSE that is reserved for a group.
 */
export function requestStartTransaction(
  { idToken, evseId, remoteStartId, groupIdToken }: OCPP20.RequestStartTransactionRequest,
  commands: StationCommands,
): OCPP20.RequestStartTransactionResponse {
  if (evseId !== undefined && evseId < 1) return { status: "Rejected" };
  const { status, transactionId } = commands.remoteStart(
    defined({
      idToken: tokenOf(idToken),
      evseId,
      remoteStartId,
      groupIdToken: groupIdToken === undefined ? undefined : tokenOf(groupIdToken),
    }),
  );
  return defined({ status, transactionId: status === "Accepted" ? transactionId : undefined });
}

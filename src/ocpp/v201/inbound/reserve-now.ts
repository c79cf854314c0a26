import type { OCPP20 } from "typed-ocpp";
import type { StationCommands } from "../../../station/ports.ts";
import { defined } from "../../wire.ts";
import { tokenOf } from "../tokens.ts";

/** H01. Without an EVSE any EVSE is kept free; EVSEs count from 1. */
export function reserveNow(
  { id, expiryDateTime, idToken, groupIdToken, evseId, connectorType }: OCPP20.ReserveNowRequest,
  commands: StationCommands,
): OCPP20.ReserveNowResponse {
  if (idToken.idToken === "" || (evseId !== undefined && evseId < 1)) return { status: "Rejected" };
  const { status } = commands.reserve(
    defined({
      id,
      idToken: tokenOf(idToken),
      groupIdToken: groupIdToken === undefined ? undefined : tokenOf(groupIdToken),
      evseId,
      expiryDateTime,
      connectorType,
    }),
  );
  return { status };
}

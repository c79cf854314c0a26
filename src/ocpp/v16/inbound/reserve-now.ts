import type { OCPP16 } from "typed-ocpp";
import type { StationCommands } from "../../../station/ports.ts";
import { defined } from "../../wire.ts";
import { groupOf, tokenOf } from "../tokens.ts";

/** 1.6 §5.13. Connector 0 is any connector. */
export function reserveNow(
  { reservationId, connectorId, expiryDate, idTag, parentIdTag }: OCPP16.ReserveNowRequest,
  commands: StationCommands,
): OCPP16.ReserveNowResponse {
  if (idTag === "" || connectorId < 0) return { status: "Rejected" };
  const { status } = commands.reserve(
    defined({
      id: reservationId,
      idToken: tokenOf(idTag),
      groupIdToken: groupOf(parentIdTag),
      evseId: connectorId === 0 ? undefined : connectorId,
      expiryDateTime: expiryDate,
    }),
  );
  return { status };
}

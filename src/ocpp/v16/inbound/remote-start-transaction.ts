import type { OCPP16 } from "typed-ocpp";
import type { StationCommands } from "../../../station/ports.ts";
import { defined } from "../../wire.ts";
import { profileOf } from "../charging-profiles.ts";
import { tokenOf } from "../tokens.ts";

/** 1.6 has no remoteStartId and sends none, so that any will do. */
const noRemoteStartId = 0;

/** 1.6 §5.11. Connector 0 is none to charge on (test case TC_027_CS). */
export function remoteStartTransaction(
  { idTag, connectorId, chargingProfile: wire }: OCPP16.RemoteStartTransactionRequest,
  commands: StationCommands,
): OCPP16.RemoteStartTransactionResponse {
  if (idTag === "" || (connectorId !== undefined && connectorId < 1)) return { status: "Rejected" };
  // The transaction has no id yet: one on the wire belongs to another (§5.16.2).
  const other = wire?.transactionId === undefined ? undefined : "";
  const { status } = commands.remoteStart(
    defined({
      idToken: tokenOf(idTag),
      remoteStartId: noRemoteStartId,
      evseId: connectorId,
      chargingProfile: wire === undefined ? undefined : profileOf(wire, other),
    }),
  );
  return { status };
}

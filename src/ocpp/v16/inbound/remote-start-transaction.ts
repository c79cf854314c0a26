import type { OCPP16 } from "typed-ocpp";
import type { StationCommands } from "../../../station/ports.ts";
import { tokenOf } from "../tokens.ts";

/** 1.6 has no remoteStartId and sends none, so that any will do. */
const noRemoteStartId = 0;

/**
 * 1.6 §5.11. Connector 0 is none to charge on (test case TC_027_CS). A charging profile is ignored, as §5.11 says
 * for stations without smart charging.
 */
export function remoteStartTransaction(
  { idTag, connectorId }: OCPP16.RemoteStartTransactionRequest,
  commands: StationCommands,
): OCPP16.RemoteStartTransactionResponse {
  const wish = { idToken: tokenOf(idTag), remoteStartId: noRemoteStartId };
  if (idTag === "" || (connectorId !== undefined && connectorId < 1)) return { status: "Rejected" };
  const { status } = commands.remoteStart(
    connectorId === undefined ? wish : { ...wish, evseId: connectorId },
  );
  return { status };
}

import type { OCPP16 } from "typed-ocpp";
import type { StationCommands } from "../../../station/ports.ts";
import { attempts } from "../../wire.ts";

/** Security white paper §4.4 (L01). */
export async function signedUpdateFirmware(
  { requestId, firmware, retries, retryInterval }: OCPP16.SignedUpdateFirmwareRequest,
  commands: StationCommands,
): Promise<OCPP16.SignedUpdateFirmwareResponse> {
  const { status } = await commands.updateFirmware({
    requestId,
    ...firmware,
    ...attempts(retries, retryInterval),
  });
  return { status: status === "NotSupported" ? "Rejected" : status };
}

import type { OCPP16 } from "typed-ocpp";
import type { StationCommands } from "../../../station/ports.ts";
import { attempts } from "../../wire.ts";

/** Security white paper §4.4 (L01). */
export function signedUpdateFirmware(
  { requestId, firmware, retries, retryInterval }: OCPP16.SignedUpdateFirmwareRequest,
  commands: StationCommands,
): OCPP16.SignedUpdateFirmwareResponse {
  const { status } = commands.updateFirmware({
    requestId,
    ...firmware,
    ...attempts(retries, retryInterval),
  });
  return { status };
}

import type { OCPP20 } from "typed-ocpp";
import type { StationCommands } from "../../../station/ports.ts";
import { attempts } from "../../wire.ts";

/** L01 (signed), L02. */
export async function updateFirmware(
  { requestId, firmware, retries = 0, retryInterval }: OCPP20.UpdateFirmwareRequest,
  commands: StationCommands,
): Promise<OCPP20.UpdateFirmwareResponse> {
  const { customData: _, ...asked } = firmware;
  // 2.0.1 counts what comes after the first try.
  const { status } = await commands.updateFirmware({
    requestId,
    ...asked,
    ...attempts(retries + 1, retryInterval),
  });
  return { status: status === "NotSupported" ? "Rejected" : status };
}

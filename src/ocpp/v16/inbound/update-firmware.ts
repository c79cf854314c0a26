import type { OCPP16 } from "typed-ocpp";
import type { StationCommands } from "../../../station/ports.ts";
import { Refusal } from "../../dialect.ts";
import { attempts } from "../../wire.ts";

/**
 * 1.6 §5.19. The answer has no status: an update that cannot begin is refused by an error. A station that takes signed
 * firmware only says NotSupported (security white paper L01.FR.20).
 */
export async function updateFirmware(
  { location, retrieveDate, retries, retryInterval }: OCPP16.UpdateFirmwareRequest,
  commands: StationCommands,
): Promise<OCPP16.UpdateFirmwareResponse | Refusal> {
  const { status } = await commands.updateFirmware({
    location,
    retrieveDateTime: retrieveDate,
    ...attempts(retries, retryInterval),
  });
  if (status === "NotSupported") return new Refusal(status, "This station takes no unsigned firmware");
  return status === "Rejected" ? new Refusal("GenericError", "Firmware is being installed") : {};
}

import type { OCPP20 } from "typed-ocpp";
import type { StationCommands } from "../../../station/ports.ts";

/** H02. */
export function cancelReservation(
  { reservationId }: OCPP20.CancelReservationRequest,
  commands: StationCommands,
): OCPP20.CancelReservationResponse {
  return { status: commands.cancelReservation({ id: reservationId }).status };
}

import type { OCPP16 } from "typed-ocpp";
import type { StationCommands } from "../../../station/ports.ts";

/** 1.6 §5.1. */
export function cancelReservation(
  { reservationId }: OCPP16.CancelReservationRequest,
  commands: StationCommands,
): OCPP16.CancelReservationResponse {
  return { status: commands.cancelReservation({ id: reservationId }).status };
}

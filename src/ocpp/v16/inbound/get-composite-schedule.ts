import type { OCPP16 } from "typed-ocpp";
import type { StationCommands } from "../../../station/ports.ts";
import { defined } from "../../wire.ts";

/** 1.6 §5.7. Connector 0 is the station. */
export function getCompositeSchedule(
  { connectorId, duration, chargingRateUnit }: OCPP16.GetCompositeScheduleRequest,
  commands: StationCommands,
): OCPP16.GetCompositeScheduleResponse {
  const found = commands.compositeSchedule(defined({ evseId: connectorId, duration, chargingRateUnit }));
  if (found === undefined) return { status: "Rejected" };
  return {
    status: "Accepted",
    connectorId: found.evseId,
    scheduleStart: found.scheduleStart,
    chargingSchedule: {
      duration: found.duration,
      startSchedule: found.scheduleStart,
      chargingRateUnit: found.chargingRateUnit,
      chargingSchedulePeriod: found.chargingSchedulePeriod.map((p) => ({ ...p })),
    },
  };
}

import type { OCPP16 } from "typed-ocpp";
import type { ChargingProfile, ChargingProfilePurpose } from "../../station/charging/types.ts";
import type { StationCommands, ValueStore } from "../../station/ports.ts";
import { defined } from "../wire.ts";
import { transactionIdsOf } from "./bindings.ts";

type WireProfile = OCPP16.SetChargingProfileRequest["csChargingProfiles"];

/** ChargingProfilePurposeType (1.6 §7.11). */
export const purposes: Readonly<Record<WireProfile["chargingProfilePurpose"], ChargingProfilePurpose>> = {
  ChargePointMaxProfile: "ChargingStationMaxProfile",
  TxDefaultProfile: "TxDefaultProfile",
  TxProfile: "TxProfile",
};

/** ChargingProfile (1.6 §7.8). `transactionId` is ours for the one on the wire, undefined when there is none. */
export function profileOf(wire: WireProfile, transactionId: string | undefined): ChargingProfile {
  const { chargingSchedule: s } = wire;
  return defined({
    id: wire.chargingProfileId,
    stackLevel: wire.stackLevel,
    chargingProfilePurpose: purposes[wire.chargingProfilePurpose],
    chargingProfileKind: wire.chargingProfileKind,
    recurrencyKind: wire.recurrencyKind,
    validFrom: wire.validFrom,
    validTo: wire.validTo,
    transactionId,
    chargingSchedule: defined({
      chargingRateUnit: s.chargingRateUnit,
      chargingSchedulePeriod: s.chargingSchedulePeriod.map(({ startPeriod, limit, numberPhases }) =>
        defined({ startPeriod, limit, numberPhases }),
      ),
      startSchedule: s.startSchedule,
      duration: s.duration,
      minChargingRate: s.minChargingRate,
    }),
  });
}

/** Our running transaction of the central system's integer; "" when there is none, which no transaction has. */
export function runningIdOf(values: ValueStore, integerId: number, commands: StationCommands): string {
  const ours = transactionIdsOf(values, integerId);
  return (
    ours.find((transactionId) => commands.transactionStatus({ transactionId }).ongoingIndicator === true) ??
    ""
  );
}

import fc from "fast-check";
import type { ChargingProfile, InstalledProfile } from "../../../src/station/charging/types.ts";

export const T0 = Date.parse("2030-01-01T00:00:00.000Z");
const iso = (seconds: number) => new Date(T0 + seconds * 1000).toISOString();

/** A profile in short; times in seconds from T0. */
export function profile(
  p: Partial<Omit<ChargingProfile, "chargingSchedule">> & {
    periods?: readonly (readonly [start: number, limit: number, phases?: number])[];
    unit?: "A" | "W";
    start?: number;
    duration?: number;
    min?: number;
    from?: number;
    to?: number;
  } = {},
): ChargingProfile {
  const { periods = [[0, 10]], unit = "A", start, duration, min, from, to, ...rest } = p;
  return {
    id: 1,
    stackLevel: 0,
    chargingProfilePurpose: "TxDefaultProfile",
    chargingProfileKind: "Absolute",
    ...rest,
    ...(from === undefined ? {} : { validFrom: iso(from) }),
    ...(to === undefined ? {} : { validTo: iso(to) }),
    chargingSchedule: {
      chargingRateUnit: unit,
      chargingSchedulePeriod: periods.map(([startPeriod, limit, numberPhases]) => ({
        startPeriod,
        limit,
        ...(numberPhases === undefined ? {} : { numberPhases }),
      })),
      ...(start === undefined ? {} : { startSchedule: iso(start) }),
      ...(duration === undefined ? {} : { duration }),
      ...(min === undefined ? {} : { minChargingRate: min }),
    },
  };
}

export const installed = (p: ChargingProfile, evseId = 1): InstalledProfile => ({
  evseId,
  installedAt: T0,
  profile: p,
});

const maybe = <T>(a: fc.Arbitrary<T>) => fc.option(a, { nil: undefined });
const seconds = fc.integer({ min: 0, max: 200_000 });

/** Sound profiles of every purpose and kind. */
export const profiles: fc.Arbitrary<InstalledProfile> = fc
  .record({
    id: fc.integer({ min: 1, max: 1000 }),
    stackLevel: fc.integer({ min: 0, max: 5 }),
    purpose: fc.constantFrom("ChargingStationMaxProfile", "TxDefaultProfile", "TxProfile"),
    kind: fc.constantFrom("Absolute", "Recurring", "Relative"),
    recurrencyKind: fc.constantFrom("Daily", "Weekly"),
    unit: fc.constantFrom("A", "W"),
    start: seconds,
    duration: maybe(fc.integer({ min: 1, max: 100_000 })),
    from: maybe(seconds),
    to: maybe(seconds.map((s) => s + 200_001)),
    starts: fc.uniqueArray(fc.integer({ min: 1, max: 90_000 }), { maxLength: 4 }),
    limits: fc.array(fc.integer({ min: 0, max: 320 }), { minLength: 5, maxLength: 5 }),
    phases: maybe(fc.constantFrom(1, 2, 3)),
    everywhere: fc.boolean(),
  } as const)
  .map((r) => {
    const times = [0, ...[...r.starts].sort((a, b) => a - b)];
    const scale = r.unit === "A" ? 0.1 : 70;
    const max = r.purpose === "ChargingStationMaxProfile";
    const kind = max && r.kind === "Relative" ? "Absolute" : r.kind;
    const p = profile({
      id: r.id,
      stackLevel: r.stackLevel,
      chargingProfilePurpose: r.purpose,
      chargingProfileKind: kind,
      ...(kind === "Recurring" ? { recurrencyKind: r.recurrencyKind } : {}),
      ...(r.purpose === "TxProfile" ? { transactionId: "tx" } : {}),
      unit: r.unit,
      periods: times.map((t, i) => {
        const limit = (r.limits[i] ?? 0) * scale;
        return r.phases === undefined ? ([t, limit] as const) : ([t, limit, r.phases] as const);
      }),
      start: r.start,
      ...(r.duration === undefined ? {} : { duration: r.duration }),
      ...(r.from === undefined ? {} : { from: r.from }),
      ...(r.to === undefined ? {} : { to: r.to }),
    });
    return installed(p, max || (r.purpose === "TxDefaultProfile" && r.everywhere) ? 0 : 1);
  });

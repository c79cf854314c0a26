import type { PowerLimit, Supply } from "../types.ts";
import type { ChargingRateUnit, ChargingSchedule, ChargingSchedulePeriod } from "./types.ts";

/** An upper bound for one EVSE or the station; all members hold. Infinity: no bound. */
export interface Cap {
  /** In all, W. */
  readonly watts: number;
  /** On each phase, A. */
  readonly amps: number;
  readonly phases: number;
  /** What the EV needs at least on each phase, A (minChargingRate). */
  readonly leastA: number;
}

export const noCap: Cap = {
  watts: Number.POSITIVE_INFINITY,
  amps: Number.POSITIVE_INFINITY,
  phases: 3,
  leastA: 0,
};

export const isBound = (c: Cap): boolean => Number.isFinite(c.watts) || Number.isFinite(c.amps);

/** Phases of this supply that a cap leaves; direct current has one pair. */
export const phasesOf = (c: Cap, s: Supply): number =>
  s.current === "DC" ? 1 : Math.max(1, Math.min(c.phases, s.phases));

/** W for each A on each phase. */
const factor = (c: Cap, s: Supply): number => s.voltageV * phasesOf(c, s);

export const wattsOf = (c: Cap, s: Supply): number => Math.min(c.watts, c.amps * factor(c, s));
export const ampsOf = (c: Cap, s: Supply): number => Math.min(c.amps, c.watts / factor(c, s));

/** A schedule's period as a cap. */
export function capOf(
  schedule: ChargingSchedule,
  { limit, numberPhases = 3 }: ChargingSchedulePeriod,
  supply: Supply,
): Cap {
  const bare = { ...noCap, phases: numberPhases };
  const least = schedule.minChargingRate ?? 0;
  return schedule.chargingRateUnit === "A"
    ? { ...bare, amps: limit, leastA: least }
    : { ...bare, watts: limit, leastA: least / factor(bare, supply) };
}

/** Both hold. */
export function both(a: Cap, b: Cap): Cap {
  return {
    watts: Math.min(a.watts, b.watts),
    amps: Math.min(a.amps, b.amps),
    phases: Math.min(a.phases, b.phases),
    leastA: Math.max(a.leastA, b.leastA),
  };
}

/** What the EVSE is built for. */
export function ownCap(supply: Supply): Cap {
  return { ...noCap, watts: supply.maxPowerW };
}

/** Too little for anything to flow: the EVSE suspends (1.6 §4.9 SuspendedEVSE). */
export function isPause(c: Cap, supply: Supply): boolean {
  const amps = ampsOf(c, supply);
  return amps <= 0 || amps + 1e-6 < supply.minA;
}

/** For the meter; undefined when nothing binds. */
export function powerLimit(c: Cap, supply: Supply): PowerLimit | undefined {
  if (!isBound(c)) return undefined;
  return {
    ...(Number.isFinite(c.watts) ? { watts: c.watts } : {}),
    ...(Number.isFinite(c.amps) ? { amps: c.amps } : {}),
    ...(supply.current === "AC" && c.phases < supply.phases ? { phases: c.phases } : {}),
  };
}

/** As a schedule's limit, one decimal, never above the cap (1.6 §7.14). */
export function limitIn(unit: ChargingRateUnit, c: Cap, supply: Supply): number {
  const exact = unit === "A" ? ampsOf(c, supply) : wattsOf(c, supply);
  return Number((Math.floor(exact * 10 + 1e-6) / 10).toFixed(1));
}

import type { PowerLimit, Supply } from "../../station/types.ts";
import type { ChargeCurve } from "./charge-curve.ts";

/** A car as its charging cable sees it. */
export interface Ev {
  readonly capacityWh: number;
  /** The most that its on-board charger takes, W in all and A on one phase. */
  readonly maxAcW: number;
  readonly maxAcA: number;
  readonly maxDcW: number;
}

/** A compact car of these years. */
export const defaultEv: Ev = { capacityWh: 60_000, maxAcW: 11_040, maxAcA: 32, maxDcW: 120_000 };

/** Direct current below this part of the battery's maximum is not worth its while: it calls itself full. */
const DC_END = 0.1;
/** Charge at which the battery begins to take less. */
const AC_KNEE = 0.9;
const DC_KNEE = 0.7;

/** Phases in use: those of the supply, unless a limit says fewer. DC counts as one. */
export function phasesInUse(supply: Supply, limit: PowerLimit | undefined): number {
  if (supply.current === "DC") return 1;
  return Math.max(1, Math.min(supply.phases, limit?.phases ?? supply.phases));
}

/** What the station offers under a limit, W. */
export function offeredW(supply: Supply, limit: PowerLimit | undefined): number {
  const phases = phasesInUse(supply, limit);
  const ownW = (supply.maxPowerW / Math.max(1, supply.phases)) * phases;
  const most = supply.current === "DC" ? supply.maxPowerW : ownW;
  const byAmps = (limit?.amps ?? Number.POSITIVE_INFINITY) * supply.voltageV * phases;
  return Math.max(0, Math.min(most, byAmps, limit?.watts ?? Number.POSITIVE_INFINITY));
}

/** How this car's battery charges here, over so many phases. */
export function curveOf(ev: Ev, supply: Supply, phases: number): ChargeCurve {
  const { capacityWh } = ev;
  if (supply.current === "DC")
    return { capacityWh, kneeWh: capacityWh * DC_KNEE, maxW: ev.maxDcW, minW: ev.maxDcW * DC_END };
  const maxW = Math.min(ev.maxAcW, ev.maxAcA * supply.voltageV * phases);
  const minW = Math.min(maxW, supply.minA * supply.voltageV * phases);
  return { capacityWh, kneeWh: capacityWh * AC_KNEE, maxW, minW };
}

import type { Clock, Meter } from "../../station/ports.ts";
import type { MeterValue, SampleContext, SampledValue } from "../../station/types.ts";
import { isoTime } from "../../util/clock.ts";

export interface VirtualMeterOptions {
  readonly clock: Clock;
  /** Where the register stands, Wh. */
  readonly startWh: number;
  /** The most that station and EV agree on, W. */
  readonly maxPowerW: number;
  /** 1 or 3; 0 for DC. */
  readonly phases: number;
  /** Phase to neutral, V; DC: battery voltage. */
  readonly voltage: number;
}

/** Time constant of the EV's ramp-up, ms: on-board chargers take some seconds to reach their power. */
const RAMP_MS = 3000;

/**
 * An energy meter and an EV as one model: power ramps up to the maximum, the register is its integral over the
 * clock's time, and current follows from power and voltage.
 */
export class VirtualMeter implements Meter {
  readonly #o: VirtualMeterOptions;
  #registerWh: number;
  /** When the contactor closed, ms; undefined while open. */
  #since: number | undefined;

  constructor(o: VirtualMeterOptions) {
    this.#o = o;
    this.#registerWh = o.startWh;
  }

  energyWh(): number {
    return this.#registerWh + this.#flowedWh();
  }

  powerW(): number {
    if (this.#since === undefined) return 0;
    return this.#o.maxPowerW * (1 - Math.exp(-this.#elapsedMs() / RAMP_MS));
  }

  setFlow(on: boolean): void {
    this.#registerWh = this.energyWh();
    if (!on) this.#since = undefined;
    else this.#since = this.#o.clock.now();
  }

  advance(wh: number): void {
    this.#registerWh += Math.max(0, wh);
  }

  sample(context: SampleContext): MeterValue {
    const { phases, voltage } = this.#o;
    const power = this.powerW();
    const amps = power / voltage / Math.max(1, phases);
    const perPhase: SampledValue[] = Array.from({ length: phases }, (_, i) => i + 1).flatMap((n) => [
      { measurand: "Current.Import", unit: "A", value: round(amps, 2), phase: `L${n}`, context },
      { measurand: "Voltage", unit: "V", value: voltage, phase: `L${n}-N`, context },
    ]);
    const dc: SampledValue[] = [
      { measurand: "Current.Import", unit: "A", value: round(amps, 2), context },
      { measurand: "Voltage", unit: "V", value: voltage, context },
    ];
    return {
      timestamp: isoTime(this.#o.clock),
      sampledValue: [
        { measurand: "Energy.Active.Import.Register", unit: "Wh", value: round(this.energyWh(), 1), context },
        { measurand: "Power.Active.Import", unit: "W", value: round(power, 1), context },
        ...(phases > 0 ? perPhase : dc),
      ],
    };
  }

  #elapsedMs(): number {
    return this.#since === undefined ? 0 : Math.max(0, this.#o.clock.now() - this.#since);
  }

  /** The integral of the ramp since the contactor closed. */
  #flowedWh(): number {
    const t = this.#elapsedMs();
    const wattMs = this.#o.maxPowerW * (t - RAMP_MS * (1 - Math.exp(-t / RAMP_MS)));
    return wattMs / 3_600_000;
  }
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

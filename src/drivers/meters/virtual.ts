import type { Clock, Meter } from "../../station/ports.ts";
import type { MeterValue, PowerLimit, SampleContext, SampledValue, Supply } from "../../station/types.ts";
import { isoTime, type TimerHandle } from "../../util/clock.ts";
import { type ChargeCurve, chargedWh, powerAt, secondsToFull } from "./charge-curve.ts";
import { curveOf, defaultEv, type Ev, offeredW, phasesInUse } from "./ev.ts";
import { noise } from "./noise.ts";

export interface VirtualMeterOptions {
  readonly clock: Clock;
  /** What goes on its values as timestamp; left out, the clock's time. */
  readonly time?: Clock;
  /** Where the register stands, Wh. */
  readonly startWh: number;
  /** The most that the station gives, W. */
  readonly maxPowerW: number;
  /** 1 or 3; 0 for DC. */
  readonly phases: number;
  /** Phase to neutral, V; DC: battery voltage. */
  readonly voltage: number;
  /** What differs from run to run, and from EVSE to EVSE, follows from this. */
  readonly seed?: number;
  readonly ev?: Partial<Ev>;
  /** Charge of the first car that comes, 0 to 1; left out, it follows from the seed. */
  readonly soc?: number;
  /** The measurands that it offers; left out, all that there are on its supply. */
  readonly measurands?: readonly string[];
}

/** On-board chargers take some seconds to reach their power: it rises evenly from contactor on. */
const RAMP_S = 3;
/** Below this a charger may not signal on AC (IEC 61851-1). */
const AC_MIN_A = 6;
const AMBIENT_C = 21;
/** How much warmer the station becomes at full power, and how fast, s. */
const HEATING_C = 18;
const WARMING_S = 1200;
/** Of an on-board charger under load. */
const POWER_FACTOR = 0.99;
/** Reactive for each watt of active power: tan of the angle whose cosine is the power factor. */
const REACTIVE_PART = Math.tan(Math.acos(POWER_FACTOR));
/**
 * The grid stands a little above its nominal voltage: by the first, up to the sum of both. The first makes up for the
 * power factor, so that no current is higher than what was offered.
 */
const VOLTAGE_ABOVE = 0.011;
const VOLTAGE_SPREAD = 0.008;
/** A DC battery's voltage rises by this part from empty to full. */
const DC_RISE = 0.05;
/** Names of the phases, alone and to neutral. */
const LINES = ["L1", "L2", "L3"].map((line) => ({ line, neutral: `${line}-N` }));
/** Cars come with a charge from the first to the sum of both. */
const SOC_FROM = 0.2;
const SOC_SPREAD = 0.4;

/**
 * An energy meter and a car as one physical model. The battery's charge is the integral of its power, the register
 * counts the same energy, current follows from power and voltage. Everything is worked out from the clock when
 * somebody asks; the only timer is the one that tells when the battery will be full.
 */
export class VirtualMeter implements Meter {
  readonly supply: Supply;
  readonly #clock: Clock;
  readonly #time: Clock;
  readonly #seed: number;
  #ev: Ev;
  #registerWh: number;
  #batteryWh: number;
  #temperatureC = AMBIENT_C;
  /** The moment that the three above describe, ms. */
  #at: number;
  /** When the contactor closed, ms; undefined while open. */
  #since: number | undefined;
  #limit: PowerLimit | undefined;
  #cars = 0;
  #nextSoc: number | undefined;
  #full: (() => void) | undefined;
  #timer: TimerHandle | undefined;
  readonly #measurands: ReadonlySet<string> | undefined;
  /** Where the register stood at the last periodic and at the last clock-aligned sample, Wh. */
  #periodicWh: number;
  #alignedWh: number;

  constructor(o: VirtualMeterOptions) {
    this.#clock = o.clock;
    this.#time = o.time ?? o.clock;
    this.#seed = o.seed ?? 1;
    this.#ev = { ...defaultEv, ...o.ev };
    this.supply = {
      current: o.phases === 0 ? "DC" : "AC",
      phases: Math.max(1, o.phases),
      voltageV: o.voltage,
      maxPowerW: o.maxPowerW,
      minA: o.phases === 0 ? 0 : AC_MIN_A,
    };
    if (o.measurands !== undefined) this.#measurands = new Set(o.measurands);
    this.#registerWh = o.startWh;
    this.#periodicWh = o.startWh;
    this.#alignedWh = o.startWh;
    this.#batteryWh = this.#ev.capacityWh * Math.min(1, o.soc ?? this.#socOnArrival());
    this.#at = o.clock.now();
  }

  energyWh(): number {
    this.#settle();
    return this.#registerWh;
  }

  powerW(): number {
    this.#settle();
    return this.#flowW() * this.#ramp(this.#at);
  }

  setFlow(on: boolean): void {
    this.#settle();
    if (!on) this.#since = undefined;
    else this.#since ??= this.#at;
    this.#schedule();
  }

  setLimit(limit: PowerLimit | undefined): void {
    this.#settle();
    this.#limit = limit;
    this.#schedule();
  }

  arrive(): void {
    this.#settle();
    this.#cars++;
    this.#batteryWh = this.#ev.capacityWh * (this.#nextSoc ?? this.#socOnArrival());
    this.#nextSoc = undefined;
    this.#schedule();
  }

  /** The charge (0 to 1) of the next car that is plugged in. */
  nextCar(soc: number): void {
    this.#nextSoc = soc;
  }

  /** The car that stands at another meter stands here from now on, and with it what is known of the next one. */
  takeCarOf(other: VirtualMeter): void {
    other.#settle();
    this.#settle();
    this.#ev = other.#ev;
    this.#batteryWh = other.#batteryWh;
    this.#nextSoc = other.#nextSoc;
    this.#cars = other.#cars;
    this.#schedule();
  }

  /** Another car's properties, and its charge (0 to 1) where it is said, from now on. */
  setEv(ev: Partial<Ev>, soc?: number): void {
    this.#settle();
    const charge = soc ?? this.#batteryWh / this.#ev.capacityWh;
    this.#ev = { ...this.#ev, ...ev };
    this.#batteryWh = this.#ev.capacityWh * Math.min(1, Math.max(0, charge));
    this.#schedule();
  }

  onFull(listener: () => void): void {
    this.#full = listener;
    this.#schedule();
  }

  advance(wh: number): void {
    this.#settle();
    const more = Math.max(0, wh);
    this.#registerWh += more;
    this.#batteryWh = Math.min(this.#ev.capacityWh, this.#batteryWh + more);
    this.#schedule();
  }

  sample(
    context: SampleContext,
    wanted: (measurand: string, phase?: string) => boolean = () => true,
  ): MeterValue {
    const power = this.powerW();
    const { supply } = this;
    const offered = this.#measurands;
    const all: SampledValue[] = [];
    const add = (
      measurand: string,
      unit: SampledValue["unit"],
      n: number,
      digits: 0 | 1 | 2,
      phase?: string,
      location?: string,
    ) => {
      if (offered?.has(measurand) === false || !wanted(measurand, phase)) return;
      const value = { measurand, unit, value: round(n, digits), context };
      all.push(phase ? { ...value, phase } : location ? { ...value, location } : value);
    };
    const phases = phasesInUse(supply, this.#limit);
    const offer = this.#offerW();
    add("Energy.Active.Import.Register", "Wh", this.#registerWh, 1);
    add("Energy.Active.Import.Interval", "Wh", this.#intervalWh(context), 1);
    add("Power.Active.Import", "W", power, 1);
    for (const { volts, line, neutral, live } of this.#lines()) {
      add("Current.Import", "A", live ? power / phases / volts / this.#powerFactor : 0, 2, line);
      add("Voltage", "V", volts, 1, neutral);
      if (supply.current === "DC") continue;
      add("Power.Active.Import", "W", live ? power / phases : 0, 1, line);
      add("Power.Reactive.Import", "var", live ? (power * REACTIVE_PART) / phases : 0, 1, line);
    }
    add("Power.Offered", "W", offer, 1);
    add("Current.Offered", "A", offer / phases / supply.voltageV, 2);
    add("SoC", "Percent", (100 * this.#batteryWh) / this.#ev.capacityWh, 0, undefined, "EV");
    add("Temperature", "Celsius", this.#temperatureC, 1, undefined, "Body");
    if (supply.current === "AC") {
      add("Power.Reactive.Import", "var", power * REACTIVE_PART, 1);
      add("Power.Factor", "ratio", power > 0 ? this.#powerFactor : 1, 2);
      add("Frequency", "Hertz", 49.98 + 0.04 * this.#noise(9), 2);
    }
    return { timestamp: isoTime(this.#time), sampledValue: all };
  }

  get #powerFactor(): number {
    return this.supply.current === "DC" ? 1 : POWER_FACTOR;
  }

  /** Counted since the last sample of this kind (1.6 §7.31 Energy.Active.Import.Interval); a transaction counts anew. */
  #intervalWh(context: SampleContext): number {
    const aligned = context === "Sample.Clock";
    const since = aligned ? this.#alignedWh : this.#periodicWh;
    if (aligned) this.#alignedWh = this.#registerWh;
    if (context === "Sample.Periodic") this.#periodicWh = this.#registerWh;
    if (context !== "Transaction.Begin") return this.#registerWh - since;
    this.#periodicWh = this.#registerWh;
    return 0;
  }

  /** The conductors: three phases, one, or the pair of a DC cable. */
  #lines() {
    const { current, phases, voltageV } = this.supply;
    if (current === "DC") {
      const soc = this.#batteryWh / this.#ev.capacityWh;
      return [{ volts: voltageV * (1 + DC_RISE * soc), line: undefined, neutral: undefined, live: true }];
    }
    const used = phasesInUse(this.supply, this.#limit);
    return LINES.slice(0, phases).map(({ line, neutral }, i) => {
      const volts = round(voltageV * (1 + VOLTAGE_ABOVE + VOLTAGE_SPREAD * this.#noise(i)), 1);
      return { volts, line, neutral, live: i < used };
    });
  }

  /** Moves register, battery and temperature on to now. Time that was set back moves nothing back. */
  #settle(): void {
    const now = this.#clock.now();
    if (now < this.#at && this.#since !== undefined) this.#since -= this.#at - now;
    const seconds = Math.max(0, now - this.#at) / 1000;
    const before = this.#batteryWh;
    if (this.#since !== undefined && seconds > 0) {
      const effective = rampedS(now - this.#since) - rampedS(this.#at - this.#since);
      this.#batteryWh = chargedWh(this.#curve(), before, this.#offerW(), effective);
      this.#registerWh += this.#batteryWh - before;
    }
    const meanW = seconds > 0 ? ((this.#batteryWh - before) * 3600) / seconds : 0;
    const target = AMBIENT_C + (HEATING_C * meanW) / this.supply.maxPowerW;
    this.#temperatureC += (target - this.#temperatureC) * (1 - Math.exp(-seconds / WARMING_S));
    this.#at = now;
  }

  /** What the battery takes once the ramp is over, W. */
  #flowW(): number {
    if (this.#since === undefined) return 0;
    return powerAt(this.#curve(), this.#batteryWh, this.#offerW());
  }

  /** What the car may draw, W: nothing at all below the least current that can be signalled. */
  #offerW(): number {
    const offer = offeredW(this.supply, this.#limit);
    const leastW = this.supply.minA * this.supply.voltageV * phasesInUse(this.supply, this.#limit);
    return offer + 1e-6 < leastW ? 0 : offer;
  }

  #curve(): ChargeCurve {
    return curveOf(this.#ev, this.supply, phasesInUse(this.supply, this.#limit));
  }

  #ramp(now: number): number {
    return this.#since === undefined ? 0 : Math.min(1, (now - this.#since) / 1000 / RAMP_S);
  }

  #schedule(): void {
    if (this.#timer !== undefined) this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#since === undefined || this.#full === undefined) return;
    const done = rampedS(this.#at - this.#since);
    const left = secondsToFull(this.#curve(), this.#batteryWh, this.#offerW());
    if (!Number.isFinite(left)) return;
    const ms = this.#since + unrampedMs(done + left) - this.#at;
    this.#timer = this.#clock.setTimeout(() => this.#maybeFull(), Math.ceil(Math.max(0, ms)));
  }

  #maybeFull(): void {
    this.#timer = undefined;
    this.#settle();
    if (this.#batteryWh < this.#ev.capacityWh - 1e-3) this.#schedule();
    else {
      this.#batteryWh = this.#ev.capacityWh;
      this.#full?.();
    }
  }

  #socOnArrival(): number {
    return SOC_FROM + SOC_SPREAD * noise(this.#seed, this.#cars, 20);
  }

  #noise(channel: number): number {
    return noise(this.#seed, Math.floor(this.#at / 1000), channel);
  }
}

/** Seconds at full power that give as much energy as `ms` from contactor on, the ramp's included. */
function rampedS(ms: number): number {
  const s = Math.max(0, ms / 1000);
  return s < RAMP_S ? (s * s) / (2 * RAMP_S) : s - RAMP_S / 2;
}

/** The other way round. */
function unrampedMs(s: number): number {
  return 1000 * (s < RAMP_S / 2 ? Math.sqrt(2 * RAMP_S * s) : s + RAMP_S / 2);
}

function round(value: number, digits: 0 | 1 | 2): number {
  const parts = 10 ** digits;
  return Math.round(value * parts) / parts;
}

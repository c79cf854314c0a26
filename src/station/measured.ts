import type { Kit } from "./kit.ts";
import { isWanted } from "./measurands.ts";
import type { Meter } from "./ports.ts";
import type { MeterValue, SampleContext } from "./types.ts";

/** What the meter shows now of the measurands that any of these settings names. */
export function measure(kit: Kit, meter: Meter, context: SampleContext, ...settings: string[]): MeterValue {
  const lists = settings.map((setting) => kit.settings.list(setting));
  return meter.sample(context, (measurand, phase) => lists.some((list) => isWanted(list, measurand, phase)));
}

/** Of a sample the measurands that a setting names: one meter value, or none. */
export function measured(kit: Kit, setting: string, all: MeterValue): readonly MeterValue[] {
  const wanted = kit.settings.list(setting);
  if (wanted.length === 0) return none;
  const sampledValue = all.sampledValue.filter((v) => isWanted(wanted, v.measurand, v.phase));
  return sampledValue.length === 0 ? none : [{ timestamp: all.timestamp, sampledValue }];
}

const none: readonly MeterValue[] = [];

/**
 * What was measured between begin and end of a transaction, for its last message (1.6 §9.1 StopTxnSampledData,
 * StopTxnAlignedData). When it becomes more than `max`, every second value goes: a message has its limits, and so has
 * memory.
 */
export class EndData {
  readonly #max: number;
  #values: readonly MeterValue[] = none;

  constructor(max: number) {
    this.#max = max;
  }

  add(values: readonly MeterValue[]): void {
    if (values.length === 0 || this.#max < 1) return;
    this.#values = [...this.#values, ...values];
    if (this.#values.length > this.#max) this.#values = this.#values.filter((_, i) => i % 2 === 0);
  }

  get values(): readonly MeterValue[] {
    return this.#values;
  }
}

import type { Kit } from "./kit.ts";
import type { MeterValue } from "./types.ts";

/** Of a sample the measurands that a setting names: one meter value, or none. */
export function measured(kit: Kit, setting: string, all: MeterValue): readonly MeterValue[] {
  const wanted = kit.settings.list(setting);
  if (wanted.length === 0) return none;
  const sampledValue = all.sampledValue.filter((v) => wanted.includes(v.measurand));
  return sampledValue.length === 0 ? none : [{ timestamp: all.timestamp, sampledValue }];
}

const none: readonly MeterValue[] = [];

/** More than this is thinned out: a message has its limits, and so has memory. */
const MAX_VALUES = 50;

/**
 * What was measured between begin and end of a transaction, for its last message (1.6 §9.1 StopTxnSampledData,
 * StopTxnAlignedData). When it becomes too much, every second value goes.
 */
export class EndData {
  #values: readonly MeterValue[] = none;

  add(values: readonly MeterValue[]): void {
    if (values.length === 0) return;
    this.#values = [...this.#values, ...values];
    if (this.#values.length > MAX_VALUES) this.#values = this.#values.filter((_, i) => i % 2 === 0);
  }

  get values(): readonly MeterValue[] {
    return this.#values;
  }
}

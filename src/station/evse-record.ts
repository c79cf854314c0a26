import type { Meter, ValueStore } from "./ports.ts";
import type { TransactionRecord } from "./transaction.ts";

/** What is kept of one EVSE over power cuts and crashes. Its members throw AppError `store.*`. */
export class EvseRecord {
  readonly #values: ValueStore;
  readonly #evseId: number;
  readonly #meter: Meter;

  constructor(values: ValueStore, evseId: number, meter: Meter) {
    this.#values = values;
    this.#evseId = evseId;
    this.#meter = meter;
  }

  /** The transaction that runs, or that was cut off. */
  get transaction(): TransactionRecord | undefined {
    return this.#values.get(this.#name("transaction")) as TransactionRecord | undefined;
  }

  set transaction(record: TransactionRecord | undefined) {
    if (record === undefined) this.#values.delete(this.#name("transaction"));
    else this.#values.set(this.#name("transaction"), record);
  }

  /** As ChangeAvailability said it. */
  get inoperative(): boolean {
    return this.#values.get(this.#name("inoperative")) === true;
  }

  set inoperative(inoperative: boolean) {
    if (inoperative) this.#values.set(this.#name("inoperative"), true);
    else this.#values.delete(this.#name("inoperative"));
  }

  saveMeter(): void {
    this.#values.set(this.#name("meterWh"), this.#meter.energyWh());
  }

  #name(what: string): string {
    return `evse.${this.#evseId}.${what}`;
  }
}

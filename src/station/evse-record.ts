import type { Meter, ValueStore } from "./ports.ts";
import type { TransactionRecord } from "./transaction.ts";

interface Names {
  readonly transaction: string;
  readonly inoperative: string;
  readonly meterWh: string;
}

const known: Names[] = [];

/** The same for all stations: they are looked up with each message. */
function namesOf(evseId: number): Names {
  const name = (what: string) => `evse.${evseId}.${what}`;
  known[evseId] ??= {
    transaction: name("transaction"),
    inoperative: name("inoperative"),
    meterWh: name("meterWh"),
  };
  return known[evseId];
}

/** What is kept of one EVSE over power cuts and crashes. Its members throw AppError `store.*`. */
export class EvseRecord {
  readonly #values: ValueStore;
  readonly #names: Names;
  readonly #meter: Meter;

  constructor(values: ValueStore, evseId: number, meter: Meter) {
    this.#values = values;
    this.#names = namesOf(evseId);
    this.#meter = meter;
  }

  /** The transaction that runs, or that was cut off. */
  get transaction(): TransactionRecord | undefined {
    return this.#values.get(this.#names.transaction) as TransactionRecord | undefined;
  }

  set transaction(record: TransactionRecord | undefined) {
    if (record === undefined) this.#values.delete(this.#names.transaction);
    else this.#values.set(this.#names.transaction, record);
  }

  /** As ChangeAvailability said it. */
  get inoperative(): boolean {
    return this.#values.get(this.#names.inoperative) === true;
  }

  set inoperative(inoperative: boolean) {
    if (inoperative) this.#values.set(this.#names.inoperative, true);
    else this.#values.delete(this.#names.inoperative);
  }

  saveMeter(): void {
    this.#values.set(this.#names.meterWh, this.#meter.energyWh());
  }
}

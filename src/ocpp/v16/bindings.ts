import type { ValueStore } from "../../station/ports.ts";
import type { DialectContext } from "../dialect.ts";

/*
 * In 1.6 the central system gives a transaction its id, an integer, in StartTransaction.conf. The domain has an id
 * of its own from the first moment; which integer belongs to it is kept here, durably, until StopTransaction is
 * answered or given up.
 */

const prefix = "v16.tx.";

/** The transactionId of messages whose StartTransaction was never answered (1.6 erratum 3.18). */
export const unboundId = -1;

/** Keeps the central system's integer for our transaction. */
export function bind(values: ValueStore, transactionId: string, integerId: number): void {
  values.set(prefix + transactionId, integerId);
}

/** No message about this transaction will be sent any more. */
export function forget(transactionId: string, { values }: DialectContext): void {
  values.delete(prefix + transactionId);
}

/** The central system's integer for our transaction, {@link unboundId} when none was given. */
export function integerIdOf(values: ValueStore, transactionId: string): number {
  const id = values.get(prefix + transactionId);
  return typeof id === "number" && Number.isInteger(id) ? id : unboundId;
}

/** Our transactions that have this integer: more than one only with a central system that gives an id twice. */
export function transactionIdsOf(values: ValueStore, integerId: number): string[] {
  return values
    .names(prefix)
    .filter((name) => values.get(name) === integerId)
    .map((name) => name.slice(prefix.length));
}

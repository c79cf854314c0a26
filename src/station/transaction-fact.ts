import type { TransactionFact } from "./facts.ts";
import type { TransactionRecord } from "./transaction.ts";
import type { TransactionEvent } from "./types.ts";

const FACT_OF = { Started: "started", Updated: "updated", Ended: "ended" } as const;

/** An event of a transaction as a fact. */
export function transactionFact(
  e: TransactionEvent,
  record: TransactionRecord,
  powerW: number,
): TransactionFact {
  return {
    kind: "transaction",
    event: FACT_OF[e.eventType],
    transactionId: e.transactionId,
    evseId: e.evseId,
    seqNo: e.seqNo,
    trigger: e.triggerReason,
    ...(e.stoppedReason === undefined ? {} : { reason: e.stoppedReason }),
    ...(e.chargingState === undefined ? {} : { chargingState: e.chargingState }),
    idToken: e.idToken ?? record.token,
    meterWh: e.meterWh,
    energyWh: e.meterWh - record.meterStartWh,
    powerW: Math.round(powerW),
    offline: e.offline,
  };
}

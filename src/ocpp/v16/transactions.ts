import type { OCPP16 } from "typed-ocpp";
import type { CsmsRequests } from "../../station/ports.ts";
import type { StoppedReason, TransactionEvent } from "../../station/types.ts";
import type { DialectContext, Exchange } from "../dialect.ts";
import { defined, idIfFits } from "../wire.ts";
import { bind, integerIdOf } from "./bindings.ts";
import { meterValuesOf } from "./meter-values.ts";
import { idTagMax, idTagOf, tokenInfoOf } from "./tokens.ts";

type TransactionExchange = Exchange<CsmsRequests["transaction"]["out"]>;
type StopReason = NonNullable<OCPP16.StopTransactionRequest["reason"]>;

/** 2.0.1's one TransactionEvent as 1.6's three messages (1.6 §4.7, §4.8, §4.10). */
export const transactionMessages: Readonly<
  Record<
    TransactionEvent["eventType"],
    (event: TransactionEvent, context: DialectContext) => TransactionExchange
  >
> = { Started: startTransaction, Updated: meterValues, Ended: stopTransaction };

function startTransaction(event: TransactionEvent, { values }: DialectContext): TransactionExchange {
  const payload: OCPP16.StartTransactionRequest = defined({
    connectorId: event.evseId,
    idTag: idTagOf(event.idToken),
    meterStart: Math.round(event.meterWh),
    timestamp: event.timestamp,
    reservationId: event.reservationId,
  });
  return {
    action: "StartTransaction",
    payload,
    decode: ({ idTagInfo }: OCPP16.StartTransactionResponse) => ({ idTokenInfo: tokenInfoOf(idTagInfo) }),
    keep: ({ transactionId }: OCPP16.StartTransactionResponse) =>
      bind(values, event.transactionId, transactionId),
  };
}

function meterValues(event: TransactionEvent, { values }: DialectContext): TransactionExchange {
  const meterValue = meterValuesOf(event.meterValue);
  if (meterValue.length === 0) return { answer: {} };
  const payload: OCPP16.MeterValuesRequest = {
    connectorId: event.evseId,
    transactionId: integerIdOf(values, event.transactionId),
    meterValue,
  };
  return { action: "MeterValues", payload, decode: () => ({}) };
}

function stopTransaction(event: TransactionEvent, { values }: DialectContext): TransactionExchange {
  const transactionData = meterValuesOf(event.meterValue);
  const payload: OCPP16.StopTransactionRequest = defined({
    transactionId: integerIdOf(values, event.transactionId),
    // Optional here, and losing the tag is better than losing the stop.
    idTag: idIfFits(event.idToken?.idToken, idTagMax),
    meterStop: Math.round(event.meterWh),
    timestamp: event.timestamp,
    reason: stopReasonOf(event),
    transactionData: transactionData.length > 0 ? transactionData : undefined,
  });
  return {
    action: "StopTransaction",
    payload,
    decode: ({ idTagInfo }: OCPP16.StopTransactionResponse) =>
      idTagInfo === undefined ? {} : { idTokenInfo: tokenInfoOf(idTagInfo) },
  };
}

const stopReasons: Readonly<Record<StoppedReason, StopReason>> = {
  DeAuthorized: "DeAuthorized",
  EVDisconnected: "EVDisconnected",
  EmergencyStop: "EmergencyStop",
  GroundFault: "Other",
  ImmediateReset: "HardReset",
  Local: "Local",
  Other: "Other",
  OvercurrentFault: "Other",
  PowerLoss: "PowerLoss",
  PowerQuality: "Other",
  Reboot: "Reboot",
  Remote: "Remote",
  Timeout: "Other",
  UnlockCommand: "UnlockCommand",
};

/** Reason (1.6 §7.36). Only 1.6 knows SoftReset: in the domain it is any other end that a reset command triggered. */
function stopReasonOf({ stoppedReason, triggerReason }: TransactionEvent): StopReason | undefined {
  if (triggerReason === "ResetCommand" && stoppedReason !== "ImmediateReset") return "SoftReset";
  return stoppedReason === undefined ? undefined : stopReasons[stoppedReason];
}

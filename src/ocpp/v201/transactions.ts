import type { OCPP20 } from "typed-ocpp";
import type { StoppedReason, TransactionEvent } from "../../station/types.ts";
import { defined, idThatFits } from "../wire.ts";
import { meterValuesOf } from "./meter-values.ts";
import { wireToken } from "./tokens.ts";

type WireReason = NonNullable<OCPP20.TransactionEventRequest["transactionInfo"]["stoppedReason"]>;

/** ReasonEnumType. UnlockCommand is a reason of 1.6 only: 2.0.1 does not unlock during a transaction (F05). */
const stoppedReasons: Readonly<Record<StoppedReason, WireReason>> = {
  DeAuthorized: "DeAuthorized",
  EVDisconnected: "EVDisconnected",
  EmergencyStop: "EmergencyStop",
  GroundFault: "GroundFault",
  ImmediateReset: "ImmediateReset",
  Local: "Local",
  Other: "Other",
  OvercurrentFault: "OvercurrentFault",
  PowerLoss: "PowerLoss",
  PowerQuality: "PowerQuality",
  Reboot: "Reboot",
  Remote: "Remote",
  Timeout: "Timeout",
  UnlockCommand: "Other",
};

/** The stoppedReason belongs to Ended only (E06); `offline` is false unless it is said. */
export function transactionEvent(event: TransactionEvent): OCPP20.TransactionEventRequest {
  const meterValue = meterValuesOf(event.meterValue);
  const { eventType, stoppedReason } = event;
  return defined({
    eventType,
    timestamp: event.timestamp,
    triggerReason: event.triggerReason,
    seqNo: event.seqNo,
    offline: event.offline || undefined,
    reservationId: event.reservationId,
    evse: { id: event.evseId, connectorId: event.connectorId },
    idToken: event.idToken === undefined ? undefined : wireToken(event.idToken),
    meterValue: meterValue.length > 0 ? meterValue : undefined,
    transactionInfo: defined({
      transactionId: idThatFits("transactionId", event.transactionId, 36),
      chargingState: event.chargingState,
      stoppedReason: eventType === "Ended" && stoppedReason ? stoppedReasons[stoppedReason] : undefined,
      remoteStartId: event.remoteStartId,
    }),
  });
}

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { transactionEvents } from "../arbitrary.ts";
import { at, dialectOf, itSays, meter, type Row, say, started } from "../support.ts";

const dialect = await dialectOf("2.0.1");

const rows: Row[] = [
  [
    "transaction started",
    "transaction",
    { ...started, reservationId: 5, remoteStartId: 9, offline: true },
    "TransactionEvent",
    {
      eventType: "Started",
      timestamp: at,
      triggerReason: "Authorized",
      seqNo: 0,
      offline: true,
      reservationId: 5,
      evse: { id: 2, connectorId: 1 },
      idToken: { idToken: "04A2241BC85E80", type: "ISO14443" },
      transactionInfo: { transactionId: "tx-1", chargingState: "EVConnected", remoteStartId: 9 },
    },
    { totalCost: 1.5, idTokenInfo: { status: "Blocked" } },
    { idTokenInfo: { status: "Blocked" } },
  ],
  [
    "transaction updated",
    "transaction",
    {
      eventType: "Updated",
      timestamp: at,
      triggerReason: "MeterValuePeriodic",
      seqNo: 3,
      transactionId: "tx-1",
      evseId: 1,
      connectorId: 1,
      stoppedReason: "Local",
      offline: false,
      meterWh: 5,
      meterValue: [meter, { timestamp: at, sampledValue: [] }],
    },
    "TransactionEvent",
    {
      eventType: "Updated",
      timestamp: at,
      triggerReason: "MeterValuePeriodic",
      seqNo: 3,
      evse: { id: 1, connectorId: 1 },
      meterValue: [
        {
          timestamp: at,
          sampledValue: [
            {
              value: 1234.5,
              measurand: "Energy.Active.Import.Register",
              unitOfMeasure: { unit: "Wh" },
              context: "Sample.Periodic",
            },
            {
              value: 16,
              measurand: "Current.Import",
              unitOfMeasure: { unit: "A" },
              context: "Sample.Periodic",
              phase: "L1",
              location: "Outlet",
            },
            {
              value: 50.01,
              measurand: "Frequency",
              unitOfMeasure: { unit: "Hertz" },
              context: "Sample.Periodic",
            },
            { value: 230, measurand: "Voltage", unitOfMeasure: { unit: "V" }, context: "Trigger" },
          ],
        },
      ],
      transactionInfo: { transactionId: "tx-1" },
    },
    {},
    {},
  ],
  [
    "transaction ended for a reason that 2.0.1 has not",
    "transaction",
    { ...started, eventType: "Ended", triggerReason: "UnlockCommand", stoppedReason: "UnlockCommand" },
    "TransactionEvent",
    {
      eventType: "Ended",
      timestamp: at,
      triggerReason: "UnlockCommand",
      seqNo: 0,
      evse: { id: 2, connectorId: 1 },
      idToken: { idToken: "04A2241BC85E80", type: "ISO14443" },
      transactionInfo: { transactionId: "tx-1", chargingState: "EVConnected", stoppedReason: "Other" },
    },
    {},
    {},
  ],
];

describe("2.0.1: transaction events", () => {
  itSays(dialect, rows);

  it.each(["GroundFault", "OvercurrentFault", "PowerQuality"] as const)(
    "a fault's reason %s is told as it is",
    (stoppedReason) => {
      const exchange = say(dialect, "transaction", {
        ...started,
        eventType: "Ended",
        triggerReason: "AbnormalCondition",
        stoppedReason,
      });
      expect(exchange).toMatchObject({ payload: { transactionInfo: { stoppedReason } } });
    },
  );

  it("fits the schema whatever happens, and nothing of the event is lost (property)", () => {
    fc.assert(
      fc.property(transactionEvents({ tokenMax: 36 }), (event) => {
        const exchange = say(dialect, "transaction", event);
        if (!("action" in exchange)) return false;
        const sent = JSON.parse(JSON.stringify(exchange.payload));
        expect(sent).toMatchObject({
          eventType: event.eventType,
          timestamp: event.timestamp,
          triggerReason: event.triggerReason,
          seqNo: event.seqNo,
          evse: { id: event.evseId, connectorId: event.connectorId },
        });
        expect(sent.transactionInfo.transactionId).toBe(event.transactionId);
        expect(sent.transactionInfo.chargingState).toBe(event.chargingState);
        expect(sent.transactionInfo.remoteStartId).toBe(event.remoteStartId);
        expect(sent.transactionInfo.stoppedReason !== undefined).toBe(
          event.eventType === "Ended" && event.stoppedReason !== undefined,
        );
        expect(sent.offline ?? false).toBe(event.offline);
        expect(sent.reservationId).toBe(event.reservationId);
        expect(sent.idToken).toEqual(event.idToken);
        return true;
      }),
    );
  });
});

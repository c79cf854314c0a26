import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { StoppedReason, TransactionEvent } from "../../../src/station/types.ts";
import { transactionEvents } from "../arbitrary.ts";
import { at, dialectOf, hear, mapValues, meter, say, started, withoutToken } from "../support.ts";

const dialect = await dialectOf("1.6");

describe("1.6: one transaction in three messages", () => {
  const updated: TransactionEvent = {
    ...withoutToken(started),
    eventType: "Updated",
    seqNo: 1,
    meterValue: [meter],
  };
  const ended: TransactionEvent = {
    ...started,
    eventType: "Ended",
    seqNo: 2,
    triggerReason: "StopAuthorized",
    stoppedReason: "Local",
    meterWh: 2000.6,
  };

  it("uses the central system's integer from the start's answer to the stop's", () => {
    const values = mapValues();
    const start = say(dialect, "transaction", started, values);
    hear(dialect, start, { transactionId: 4711, idTagInfo: { status: "Accepted" } });
    expect(values.get("v16.tx.tx-1")).toBe(4711);

    expect(say(dialect, "transaction", updated, values)).toMatchObject({
      action: "MeterValues",
      payload: { connectorId: 2, transactionId: 4711 },
    });

    const stop = say(dialect, "transaction", ended, values);
    expect("payload" in stop && stop.payload).toEqual({
      transactionId: 4711,
      idTag: "04A2241BC85E80",
      meterStop: 2001,
      timestamp: at,
      reason: "Local",
    });
    expect(values.get("v16.tx.tx-1")).toBe(4711);
    expect(hear(dialect, stop, { idTagInfo: { status: "Expired" } })).toEqual({
      idTokenInfo: { status: "Expired" },
    });
    dialect.forget?.("tx-1", { values });
    expect(values.names("v16.tx.")).toEqual([]);
  });

  it("binds late: the id is looked up when the message goes out, -1 as long as the start has no answer", () => {
    const values = mapValues();
    const start = say(dialect, "transaction", started, values);
    expect(say(dialect, "transaction", ended, values)).toMatchObject({ payload: { transactionId: -1 } });
    hear(dialect, start, { transactionId: 0, idTagInfo: { status: "Invalid" } });
    expect(say(dialect, "transaction", ended, values)).toMatchObject({ payload: { transactionId: 0 } });
  });

  it("says nothing for an update without meter values", () => {
    expect(say(dialect, "transaction", { ...updated, meterValue: [] })).toEqual({ answer: {} });
  });

  it("stops without a tag, and with meter values when there are some", () => {
    const stop = say(dialect, "transaction", { ...withoutToken(ended), meterValue: [meter] });
    expect(stop).toMatchObject({ payload: { transactionData: [{ timestamp: at }] } });
    expect("payload" in stop && stop.payload).not.toHaveProperty("idTag");
    expect(hear(dialect, stop, {})).toEqual({});
  });

  it("rather stops without a tag than not at all", () => {
    const stop = say(dialect, "transaction", {
      ...ended,
      idToken: { idToken: "A".repeat(36), type: "eMAID" },
    });
    expect("payload" in stop && stop.payload).not.toHaveProperty("idTag");
  });

  const reasons: [StoppedReason | undefined, TransactionEvent["triggerReason"], string | undefined][] = [
    ["DeAuthorized", "Deauthorized", "DeAuthorized"],
    ["EmergencyStop", "AbnormalCondition", "EmergencyStop"],
    ["EVDisconnected", "EVCommunicationLost", "EVDisconnected"],
    ["ImmediateReset", "ResetCommand", "HardReset"],
    ["Local", "StopAuthorized", "Local"],
    ["Local", "ResetCommand", "SoftReset"],
    ["Other", "AbnormalCondition", "Other"],
    ["GroundFault", "AbnormalCondition", "Other"],
    ["OvercurrentFault", "AbnormalCondition", "Other"],
    ["PowerQuality", "AbnormalCondition", "Other"],
    ["PowerLoss", "AbnormalCondition", "PowerLoss"],
    ["Reboot", "AbnormalCondition", "Reboot"],
    ["Remote", "RemoteStop", "Remote"],
    ["Timeout", "EVConnectTimeout", "Other"],
    ["UnlockCommand", "UnlockCommand", "UnlockCommand"],
    [undefined, "StopAuthorized", undefined],
  ];
  it.each(reasons)("reason %s by %s is %s", (stoppedReason, triggerReason, reason) => {
    const { stoppedReason: _, ...rest } = ended;
    const event = { ...rest, triggerReason, ...(stoppedReason === undefined ? {} : { stoppedReason }) };
    const stop = say(dialect, "transaction", event);
    expect("payload" in stop && (stop.payload as { reason?: string }).reason).toBe(reason);
  });

  it("fits the schema whatever happens (property)", () => {
    fc.assert(
      fc.property(transactionEvents({ tokenMax: 20 }), fc.integer(), (event, integerId) => {
        const values = mapValues();
        values.set(`v16.tx.${event.transactionId}`, integerId);
        const exchange = say(dialect, "transaction", event, values);
        if (!("action" in exchange)) return event.eventType === "Updated";
        const payload = exchange.payload as Record<string, unknown>;
        if (event.eventType === "Started") return payload.idTag === event.idToken?.idToken;
        return payload.transactionId === integerId;
      }),
    );
  });
});

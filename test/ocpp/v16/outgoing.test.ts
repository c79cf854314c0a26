import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CsmsRequestName, CsmsRequests } from "../../../src/station/ports.ts";
import type { StoppedReason, TransactionEvent } from "../../../src/station/types.ts";
import { isAppError } from "../../../src/util/errors.ts";
import { transactionEvents } from "../arbitrary.ts";
import { at, dialectOf, hear, mapValues, meter, say, started } from "../support.ts";

const dialect = await dialectOf("1.6");
const long = "x".repeat(600);

/** request · what goes out · what comes back · what the domain hears */
type Row = {
  [K in CsmsRequestName]: [string, K, CsmsRequests[K]["in"], string, object, object, CsmsRequests[K]["out"]];
}[CsmsRequestName];

const rows: Row[] = [
  [
    "boot",
    "boot",
    {
      reason: "PowerUp",
      identity: {
        vendorName: "House",
        model: "M1",
        serialNumber: "S-1",
        firmwareVersion: "1.0",
        iccid: "89",
        imsi: "26",
      },
    },
    "BootNotification",
    {
      chargePointVendor: "House",
      chargePointModel: "M1",
      chargePointSerialNumber: "S-1",
      firmwareVersion: "1.0",
      iccid: "89",
      imsi: "26",
    },
    { status: "Pending", interval: 30, currentTime: at },
    { status: "Pending", interval: 30, currentTime: at },
  ],
  [
    "boot with long texts: descriptions are clipped, ids left out",
    "boot",
    {
      reason: "PowerUp",
      identity: {
        vendorName: long,
        model: long,
        serialNumber: long,
        firmwareVersion: long,
        iccid: long,
        imsi: "",
      },
    },
    "BootNotification",
    { chargePointVendor: "x".repeat(20), chargePointModel: "x".repeat(20), firmwareVersion: "x".repeat(50) },
    { status: "Accepted", interval: 300, currentTime: at },
    { status: "Accepted", interval: 300, currentTime: at },
  ],
  ["heartbeat", "heartbeat", {}, "Heartbeat", {}, { currentTime: at }, { currentTime: at }],
  [
    "status",
    "status",
    {
      evseId: 1,
      connectorId: 1,
      status: "Occupied",
      chargePointStatus: "SuspendedEV",
      timestamp: at,
      errorCode: "NoError",
    },
    "StatusNotification",
    { connectorId: 1, status: "SuspendedEV", timestamp: at, errorCode: "NoError" },
    {},
    {},
  ],
  [
    "status of the station with a code of the house",
    "status",
    {
      evseId: 0,
      connectorId: 0,
      status: "Faulted",
      chargePointStatus: "Faulted",
      timestamp: at,
      errorCode: long,
      info: long,
    },
    "StatusNotification",
    {
      connectorId: 0,
      status: "Faulted",
      timestamp: at,
      errorCode: "OtherError",
      vendorErrorCode: "x".repeat(50),
      info: "x".repeat(50),
    },
    {},
    {},
  ],
  [
    "authorize",
    "authorize",
    { idToken: { idToken: "04a2241bc85e80", type: "ISO14443" } },
    "Authorize",
    { idTag: "04a2241bc85e80" },
    { idTagInfo: { status: "Accepted", expiryDate: at, parentIdTag: "FAMILY" } },
    {
      idTokenInfo: {
        status: "Accepted",
        cacheExpiryDateTime: at,
        groupIdToken: { idToken: "FAMILY", type: "Central" },
      },
    },
  ],
  [
    "authorize, refused",
    "authorize",
    { idToken: { idToken: "A", type: "ISO14443" } },
    "Authorize",
    { idTag: "A" },
    { idTagInfo: { status: "ConcurrentTx" } },
    { idTokenInfo: { status: "ConcurrentTx" } },
  ],
  [
    "start",
    "transaction",
    { ...started, reservationId: 5, remoteStartId: 9 },
    "StartTransaction",
    { connectorId: 2, idTag: "04A2241BC85E80", meterStart: 1000, timestamp: at, reservationId: 5 },
    { transactionId: 77, idTagInfo: { status: "Blocked" } },
    { idTokenInfo: { status: "Blocked" } },
  ],
  [
    "meter values outside a transaction: values as text, Celcius, no unit for Hertz, nothing that 1.6 has not",
    "meterValues",
    { evseId: 1, meterValue: [meter] },
    "MeterValues",
    {
      connectorId: 1,
      meterValue: [
        {
          timestamp: at,
          sampledValue: [
            {
              value: "1234.5",
              measurand: "Energy.Active.Import.Register",
              unit: "Wh",
              context: "Sample.Periodic",
            },
            {
              value: "16",
              measurand: "Current.Import",
              unit: "A",
              context: "Sample.Periodic",
              phase: "L1",
              location: "Outlet",
            },
            { value: "31.1", measurand: "Temperature", unit: "Celcius", context: "Sample.Periodic" },
            { value: "50.01", measurand: "Frequency", context: "Sample.Periodic" },
            { value: "230", measurand: "Voltage", unit: "V", context: "Trigger" },
          ],
        },
      ],
    },
    {},
    {},
  ],
  [
    "data transfer of a text",
    "dataTransfer",
    { vendorId: "org.house", messageId: "m", data: "text" },
    "DataTransfer",
    { vendorId: "org.house", messageId: "m", data: "text" },
    { status: "Accepted", data: "yes" },
    { status: "Accepted", data: "yes" },
  ],
  [
    "data transfer of anything else: its JSON",
    "dataTransfer",
    { vendorId: "org.house", data: { a: 1 } },
    "DataTransfer",
    { vendorId: "org.house", data: '{"a":1}' },
    { status: "UnknownVendorId" },
    { status: "UnknownVendorId" },
  ],
];

describe("1.6: the domain's requests", () => {
  it.each(rows)("%s", (_, kind, request, action, payload, response, heard) => {
    const exchange = say(dialect, kind, request as never);
    expect(exchange).toMatchObject({ action, payload });
    expect("payload" in exchange && exchange.payload).toEqual(payload);
    expect(hear(dialect, exchange, response)).toEqual(heard);
  });

  it("has no report", () => {
    expect(dialect.outgoing.report).toBeUndefined();
  });

  it("sends nothing when no meter value is left", () => {
    const sampledValue = meter.sampledValue.filter((s) => s.measurand === "Phase.Of.The.Moon");
    const request = { evseId: 1, meterValue: [{ timestamp: at, sampledValue }] };
    expect(say(dialect, "meterValues", request)).toEqual({ answer: {} });
  });

  it.each([
    [
      "a tag of 21 characters",
      () => say(dialect, "authorize", { idToken: { idToken: "A".repeat(21), type: "Local" } }),
    ],
    ["an empty tag", () => say(dialect, "authorize", { idToken: { idToken: "", type: "NoAuthorization" } })],
    ["a start without a tag", () => say(dialect, "transaction", withoutToken(started))],
    ["a vendorId of 256 characters", () => say(dialect, "dataTransfer", { vendorId: "v".repeat(256) })],
  ])("refuses %s: an id is never cut", (_, attempt) => {
    let thrown: unknown;
    try {
      attempt();
    } catch (e) {
      thrown = e;
    }
    expect(isAppError(thrown, "input.invalid")).toBe(true);
  });
});

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
        if (event.eventType === "Started") return payload["idTag"] === event.idToken?.idToken;
        return payload["transactionId"] === integerId;
      }),
    );
  });
});

function withoutToken({ idToken: _, ...event }: TransactionEvent): TransactionEvent {
  return event;
}

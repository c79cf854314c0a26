import { describe, expect, it } from "vitest";
import { bind } from "../../../src/ocpp/v16/bindings.ts";
import { isAppError } from "../../../src/util/errors.ts";
import { at, dialectOf, itSays, mapValues, meter, type Row, say, started, withoutToken } from "../support.ts";

const dialect = await dialectOf("1.6");
const long = "x".repeat(600);

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
  itSays(dialect, rows);

  it("has no report", () => {
    expect(dialect.outgoing.report).toBeUndefined();
  });

  it("triggered meter values name the transaction that runs, once the central system has given it its id", () => {
    const values = mapValues();
    const request = { evseId: 1, transactionId: "t-1", meterValue: [meter] };
    const transactionId = () => {
      const said = say(dialect, "meterValues", request, values);
      return "payload" in said ? said.payload : undefined;
    };
    expect(transactionId()).not.toHaveProperty("transactionId");
    bind(values, "t-1", 77);
    expect(transactionId()).toHaveProperty("transactionId", 77);
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

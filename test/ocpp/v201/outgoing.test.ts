import { describe, expect, it } from "vitest";
import { isAppError } from "../../../src/util/errors.ts";
import { at, dialectOf, itSays, meter, type Row, say, started } from "../support.ts";

const dialect = await dialectOf("2.0.1");
const long = "x".repeat(3000);

const rows: Row[] = [
  [
    "the end of a reservation",
    "reservationUpdate",
    { reservationId: 5, status: "Expired" },
    "ReservationStatusUpdate",
    { reservationId: 5, reservationUpdateStatus: "Expired" },
    {},
    {},
  ],
  [
    "boot",
    "boot",
    {
      reason: "RemoteReset",
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
      reason: "RemoteReset",
      chargingStation: {
        vendorName: "House",
        model: "M1",
        serialNumber: "S-1",
        firmwareVersion: "1.0",
        modem: { iccid: "89", imsi: "26" },
      },
    },
    { status: "Rejected", interval: 0, currentTime: at },
    { status: "Rejected", interval: 0, currentTime: at },
  ],
  [
    "boot with long texts: descriptions are clipped, ids left out",
    "boot",
    {
      reason: "PowerUp",
      identity: { vendorName: long, model: long, serialNumber: long, firmwareVersion: long, iccid: long },
    },
    "BootNotification",
    {
      reason: "PowerUp",
      chargingStation: { vendorName: "x".repeat(50), model: "x".repeat(20), firmwareVersion: "x".repeat(50) },
    },
    { status: "Accepted", interval: 60, currentTime: at, statusInfo: { reasonCode: "Fine" } },
    { status: "Accepted", interval: 60, currentTime: at },
  ],
  ["heartbeat", "heartbeat", {}, "Heartbeat", {}, { currentTime: at }, { currentTime: at }],
  [
    "status",
    "status",
    {
      evseId: 2,
      connectorId: 1,
      status: "Occupied",
      chargePointStatus: "Charging",
      timestamp: at,
      errorCode: "NoError",
      info: "i",
    },
    "StatusNotification",
    { evseId: 2, connectorId: 1, connectorStatus: "Occupied", timestamp: at },
    {},
    {},
  ],
  [
    "authorize",
    "authorize",
    { idToken: { idToken: "e007000012345678", type: "ISO15693" } },
    "Authorize",
    { idToken: { idToken: "e007000012345678", type: "ISO15693" } },
    {
      idTokenInfo: {
        status: "Accepted",
        cacheExpiryDateTime: at,
        chargingPriority: -3,
        language1: "nl",
        language2: "en",
        evseId: [1, 2],
        groupIdToken: {
          idToken: "G",
          type: "Central",
          additionalInfo: [{ additionalIdToken: "a", type: "t" }],
        },
        personalMessage: { format: "UTF8", content: "Hello" },
      },
    },
    {
      idTokenInfo: {
        status: "Accepted",
        cacheExpiryDateTime: at,
        chargingPriority: -3,
        language1: "nl",
        evseId: [1, 2],
        groupIdToken: { idToken: "G", type: "Central" },
        personalMessage: "Hello",
      },
    },
  ],
  [
    "authorize without authorization: no text (C02)",
    "authorize",
    { idToken: { idToken: "", type: "NoAuthorization" } },
    "Authorize",
    { idToken: { idToken: "", type: "NoAuthorization" } },
    { idTokenInfo: { status: "NotAtThisTime" } },
    { idTokenInfo: { status: "NotAtThisTime" } },
  ],
  [
    "meter values outside a transaction",
    "meterValues",
    { evseId: 1, meterValue: [{ timestamp: at, sampledValue: meter.sampledValue.slice(0, 1) }] },
    "MeterValues",
    {
      evseId: 1,
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
          ],
        },
      ],
    },
    {},
    {},
  ],
  [
    "data transfer of anything",
    "dataTransfer",
    { vendorId: "org.house", messageId: "m", data: { a: [1] } },
    "DataTransfer",
    { vendorId: "org.house", messageId: "m", data: { a: [1] } },
    { status: "Accepted", data: 5 },
    { status: "Accepted", data: 5 },
  ],
];

describe("2.0.1: the domain's requests", () => {
  itSays(dialect, rows);

  it("has no status of the station itself, and no meter values without values", () => {
    const status = {
      status: "Available",
      chargePointStatus: "Available",
      timestamp: at,
      errorCode: "NoError",
    } as const;
    expect(say(dialect, "status", { evseId: 0, connectorId: 0, ...status })).toEqual({ answer: {} });
    expect(say(dialect, "meterValues", { evseId: 1, meterValue: [] })).toEqual({ answer: {} });
  });

  it.each([
    [
      "a token of 37 characters",
      () => say(dialect, "authorize", { idToken: { idToken: "A".repeat(37), type: "Local" } }),
    ],
    ["an empty token", () => say(dialect, "authorize", { idToken: { idToken: "", type: "ISO14443" } })],
    [
      "a transactionId of 37 characters",
      () => say(dialect, "transaction", { ...started, transactionId: "t".repeat(37) }),
    ],
    [
      "a messageId of 51 characters",
      () => say(dialect, "dataTransfer", { vendorId: "v", messageId: "m".repeat(51) }),
    ],
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

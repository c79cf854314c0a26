import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CsmsRequestName, CsmsRequests } from "../../../src/station/ports.ts";
import { isAppError } from "../../../src/util/errors.ts";
import { transactionEvents } from "../arbitrary.ts";
import { at, dialectOf, hear, meter, say, started } from "../support.ts";

const dialect = await dialectOf("2.0.1");
const long = "x".repeat(3000);

/** request · what goes out · what comes back · what the domain hears */
type Row = {
  [K in CsmsRequestName]: [string, K, CsmsRequests[K]["in"], string, object, object, CsmsRequests[K]["out"]];
}[CsmsRequestName];

const rows: Row[] = [
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
  [
    "a part of a report",
    "report",
    {
      requestId: 4,
      seqNo: 1,
      tbc: true,
      generatedAt: at,
      variables: [
        {
          component: "AuthCtrlr",
          variable: "Enabled",
          value: "true",
          mutability: "ReadWrite",
          dataType: "boolean",
        },
        {
          component: "OCPPCommCtrlr",
          variable: "MessageTimeout",
          instance: "Default",
          value: long,
          mutability: "ReadOnly",
          dataType: "integer",
          unit: "s",
          maxLimit: 600,
        },
        {
          component: "SecurityCtrlr",
          variable: "BasicAuthPassword",
          value: "secret",
          mutability: "WriteOnly",
          dataType: "string",
        },
      ],
    },
    "NotifyReport",
    {
      requestId: 4,
      seqNo: 1,
      tbc: true,
      generatedAt: at,
      reportData: [
        {
          component: { name: "AuthCtrlr" },
          variable: { name: "Enabled" },
          variableAttribute: [{ value: "true", mutability: "ReadWrite" }],
          variableCharacteristics: { dataType: "boolean", supportsMonitoring: false },
        },
        {
          component: { name: "OCPPCommCtrlr" },
          variable: { name: "MessageTimeout", instance: "Default" },
          variableAttribute: [{ value: "x".repeat(2500), mutability: "ReadOnly" }],
          variableCharacteristics: {
            dataType: "integer",
            supportsMonitoring: false,
            unit: "s",
            maxLimit: 600,
          },
        },
        {
          component: { name: "SecurityCtrlr" },
          variable: { name: "BasicAuthPassword" },
          variableAttribute: [{ mutability: "WriteOnly" }],
          variableCharacteristics: { dataType: "string", supportsMonitoring: false },
        },
      ],
    },
    {},
    {},
  ],
  [
    "an empty report",
    "report",
    { requestId: 4, seqNo: 0, tbc: false, generatedAt: at, variables: [] },
    "NotifyReport",
    { requestId: 4, seqNo: 0, tbc: false, generatedAt: at },
    {},
    {},
  ],
];

describe("2.0.1: the domain's requests", () => {
  it.each(rows)("%s", (_, kind, request, action, payload, response, heard) => {
    const exchange = say(dialect, kind, request as never);
    expect(exchange).toMatchObject({ action, payload });
    expect("payload" in exchange && exchange.payload).toEqual(payload);
    expect(hear(dialect, exchange, response)).toEqual(heard);
  });

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

import { describe, expect, test } from "vitest";
import { knownActions, payloadCheck } from "../../src/ocpp/schemas.ts";

const v16 = payloadCheck("1.6");
const v201 = payloadCheck("2.0.1");

const meterValues = (unit: string, value = "21.5") => ({
  connectorId: 1,
  meterValue: [
    { timestamp: "2030-01-01T00:00:00.000Z", sampledValue: [{ value, measurand: "Temperature", unit }] },
  ],
});

const chargingProfile = (limit: number) => ({
  connectorId: 1,
  csChargingProfiles: {
    chargingProfileId: 1,
    stackLevel: 0,
    chargingProfilePurpose: "TxProfile",
    chargingProfileKind: "Absolute",
    chargingSchedule: { chargingRateUnit: "A", chargingSchedulePeriod: [{ startPeriod: 0, limit }] },
  },
});

test.each([
  ["1.6", "Authorize", "request", { idTag: "04A2241BC85E80" }],
  ["1.6", "Authorize", "response", { idTagInfo: { status: "Accepted" } }],
  ["1.6", "Heartbeat", "request", {}],
  ["1.6", "SignedUpdateFirmware", "response", { status: "Accepted" }],
  ["2.0.1", "Authorize", "request", { idToken: { idToken: "04A2241BC85E80", type: "ISO14443" } }],
  ["2.0.1", "Authorize", "response", { idTokenInfo: { status: "Accepted" } }],
  [
    "2.0.1",
    "Heartbeat",
    "response",
    { currentTime: "2030-01-01T00:00:00Z", customData: { vendorId: "x", more: [1] } },
  ],
] as const)("%s %s %s that fits", (version, action, kind, payload) => {
  expect(payloadCheck(version)(action, kind, payload)).toBeUndefined();
});

describe("what does not fit names the place, the rule and the code", () => {
  test.each([
    ["Authorize", "request", {}, "OccurrenceConstraintViolation", "idTag is missing"],
    ["Authorize", "request", { idTag: 4 }, "TypeConstraintViolation", "idTag: must be string"],
    [
      "Authorize",
      "request",
      { idTag: "0".repeat(21) },
      "PropertyConstraintViolation",
      "idTag: must NOT have",
    ],
    ["Authorize", "request", { idTag: "x", tag: "y" }, "FormatViolation", "tag is not known here"],
    ["Reset", "request", { type: "Warm" }, "PropertyConstraintViolation", "type: must be one of Hard, Soft"],
    [
      "Heartbeat",
      "response",
      { currentTime: "yesterday" },
      "FormatViolation",
      'currentTime: must match format "date-time"',
    ],
    [
      "MeterValues",
      "request",
      meterValues("Kelvins"),
      "PropertyConstraintViolation",
      "meterValue[0].sampledValue[0].unit: must be one of",
    ],
    ["BootNotifications", "request", {}, "NotImplemented", "BootNotifications is not known"],
    ["__proto__", "request", {}, "NotImplemented", "not known"],
    ["constructor", "response", {}, "NotImplemented", "not known"],
  ] as const)("1.6 %s %s %j", (action, kind, payload, code, detail) => {
    const wrong = v16(action, kind, payload);
    expect(wrong?.code).toBe(code);
    expect(wrong?.detail).toContain(detail);
  });

  test.each([
    [
      { setVariableData: [] },
      "OccurrenceConstraintViolation",
      "setVariableData: must NOT have fewer than 1 items",
    ],
    [{}, "OccurrenceConstraintViolation", "setVariableData is missing"],
    [
      { setVariableData: [{ attributeValue: "1", component: { name: "A" }, variable: {} }] },
      "OccurrenceConstraintViolation",
      "setVariableData[0].variable: name is missing",
    ],
  ] as const)("2.0.1 SetVariables %j", (payload, code, detail) => {
    expect(v201("SetVariables", "request", payload)).toEqual({
      code,
      detail: expect.stringContaining(detail),
    });
  });

  test("a number out of its range", () => {
    const wrong = v201("NotifyEVChargingNeeds", "request", {
      evseId: 1,
      chargingNeeds: {
        requestedEnergyTransfer: "DC",
        dcChargingParameters: { evMaxCurrent: 200, evMaxVoltage: 400, stateOfCharge: 101 },
      },
    });
    expect(wrong).toEqual({
      code: "PropertyConstraintViolation",
      detail: "chargingNeeds.dcChargingParameters.stateOfCharge: must be <= 100",
    });
  });

  test("the value, which may be a secret, is not repeated", () => {
    const secret = "S3cr3t".repeat(20);
    const wrong = v16("ChangeConfiguration", "request", { key: secret, value: secret });
    expect(wrong?.detail).not.toContain("S3cr3t");
  });
});

test.each(["Celsius", "Celcius"])("1.6 takes a temperature in %s (errata 2025-04)", (unit) => {
  expect(v16("MeterValues", "request", meterValues(unit))).toBeUndefined();
  const stop = {
    transactionId: 1,
    timestamp: "2030-01-01T00:00:00Z",
    meterStop: 1,
    transactionData: meterValues(unit).meterValue,
  };
  expect(v16("StopTransaction", "request", stop)).toBeUndefined();
});

test("multiples of 0.1 are meant in decimal", () => {
  expect(v16("SetChargingProfile", "request", chargingProfile(16.1))).toBeUndefined();
  expect(v16("SetChargingProfile", "request", chargingProfile(16.15))?.code).toBe(
    "PropertyConstraintViolation",
  );
});

test("every schema of every version compiles", () => {
  for (const version of ["1.6", "2.0.1"] as const) {
    for (const action of knownActions(version)) {
      for (const kind of ["request", "response"] as const) {
        expect(payloadCheck(version)(action, kind, 7)?.code, `${action} ${kind}`).toBe(
          "TypeConstraintViolation",
        );
      }
    }
  }
});

test("the actions of a version", () => {
  expect(knownActions("1.6")).toHaveLength(39);
  expect(knownActions("1.6")).toContain("SecurityEventNotification");
  expect(knownActions("2.0.1")).toHaveLength(64);
  expect(knownActions("2.0.1")).not.toContain("StartTransaction");
});

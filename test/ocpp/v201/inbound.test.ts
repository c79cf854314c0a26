import { describe, expect, it } from "vitest";
import { Refusal } from "../../../src/ocpp/dialect.ts";
import type { StationCommands } from "../../../src/station/ports.ts";
import { ask, at, deeds, dialectOf, obligingStation } from "../support.ts";

const dialect = await dialectOf("2.0.1");
const token = { idToken: "04A2", type: "ISO14443" };
type Answers = Partial<StationCommands>;

/** request · how the station answers · what it was asked · what the central system hears */
const rows: [string, string, object, Answers, unknown[][], object][] = [
  [
    "RequestStartTransaction",
    "anywhere",
    { idToken: token, remoteStartId: 3 },
    {},
    [["remoteStart", { idToken: token, remoteStartId: 3 }]],
    { status: "Accepted" },
  ],
  [
    "RequestStartTransaction",
    "with all, profile and group are ignored",
    {
      idToken: { ...token, additionalInfo: [{ additionalIdToken: "a", type: "t" }] },
      remoteStartId: 3,
      evseId: 2,
      groupIdToken: { idToken: "G", type: "Central" },
      chargingProfile: {
        id: 1,
        stackLevel: 0,
        chargingProfilePurpose: "TxProfile",
        chargingProfileKind: "Relative",
        chargingSchedule: [
          { id: 1, chargingRateUnit: "A", chargingSchedulePeriod: [{ startPeriod: 0, limit: 6 }] },
        ],
      },
    },
    { remoteStart: () => ({ status: "Accepted", transactionId: "tx-1" }) },
    [["remoteStart", { idToken: token, evseId: 2, remoteStartId: 3 }]],
    { status: "Accepted", transactionId: "tx-1" },
  ],
  [
    "RequestStartTransaction",
    "rejected",
    { idToken: token, remoteStartId: 3 },
    { remoteStart: () => ({ status: "Rejected", transactionId: "tx-1" }) },
    [["remoteStart", { idToken: token, remoteStartId: 3 }]],
    { status: "Rejected" },
  ],
  [
    "RequestStartTransaction",
    "on EVSE 0",
    { idToken: token, remoteStartId: 3, evseId: 0 },
    {},
    [],
    { status: "Rejected" },
  ],
  [
    "RequestStopTransaction",
    "running",
    { transactionId: "tx-1" },
    {},
    [["remoteStop", { transactionId: "tx-1" }]],
    { status: "Accepted" },
  ],
  [
    "RequestStopTransaction",
    "unknown",
    { transactionId: "tx-2" },
    { remoteStop: () => ({ status: "Rejected" }) },
    [["remoteStop", { transactionId: "tx-2" }]],
    { status: "Rejected" },
  ],
  ["Reset", "now", { type: "Immediate" }, {}, [["reset", { type: "Immediate" }]], { status: "Accepted" }],
  [
    "Reset",
    "of an EVSE, later",
    { type: "OnIdle", evseId: 1 },
    { reset: () => ({ status: "Scheduled" }) },
    [["reset", { type: "OnIdle", evseId: 1 }]],
    { status: "Scheduled" },
  ],
  ["Reset", "of EVSE 0", { type: "OnIdle", evseId: 0 }, {}, [], { status: "Rejected" }],
  [
    "UnlockConnector",
    "unlocked",
    { evseId: 1, connectorId: 1 },
    {},
    [["unlock", { evseId: 1, connectorId: 1 }]],
    { status: "Unlocked" },
  ],
  [
    "UnlockConnector",
    "busy",
    { evseId: 1, connectorId: 1 },
    { unlock: () => ({ status: "OngoingAuthorizedTransaction" }) },
    [["unlock", { evseId: 1, connectorId: 1 }]],
    { status: "OngoingAuthorizedTransaction" },
  ],
  [
    "UnlockConnector",
    "unknown",
    { evseId: 9, connectorId: 9 },
    { unlock: () => ({ status: "UnknownConnector" }) },
    [["unlock", { evseId: 9, connectorId: 9 }]],
    { status: "UnknownConnector" },
  ],
  [
    "ChangeAvailability",
    "of the station",
    { operationalStatus: "Inoperative" },
    {},
    [["changeAvailability", { operative: false }]],
    { status: "Accepted" },
  ],
  [
    "ChangeAvailability",
    "of an EVSE",
    { operationalStatus: "Operative", evse: { id: 2 } },
    { changeAvailability: () => ({ status: "Scheduled" }) },
    [["changeAvailability", { operative: true, evseId: 2 }]],
    { status: "Scheduled" },
  ],
  [
    "ChangeAvailability",
    "of a connector",
    { operationalStatus: "Operative", evse: { id: 2, connectorId: 1 } },
    {},
    [["changeAvailability", { operative: true, evseId: 2 }]],
    { status: "Accepted" },
  ],
  [
    "ChangeAvailability",
    "of a second connector",
    { operationalStatus: "Operative", evse: { id: 2, connectorId: 2 } },
    {},
    [],
    { status: "Rejected" },
  ],
  [
    "ChangeAvailability",
    "of EVSE 0",
    { operationalStatus: "Operative", evse: { id: 0 } },
    {},
    [],
    { status: "Rejected" },
  ],
  ["ClearCache", "done", {}, {}, [["clearCache"]], { status: "Accepted" }],
  [
    "ClearCache",
    "refused",
    {},
    { clearCache: () => ({ status: "Rejected" }) },
    [["clearCache"]],
    { status: "Rejected" },
  ],
  ["GetLocalListVersion", "a list", {}, {}, [], { versionNumber: 7 }],
  [
    "GetLocalListVersion",
    "emptied: the version stays",
    {},
    { listVersion: () => ({ version: 7, size: 0, enabled: true }) },
    [],
    { versionNumber: 7 },
  ],
  [
    "GetLocalListVersion",
    "switched off: 0",
    {},
    { listVersion: () => ({ version: 7, size: 2, enabled: false }) },
    [],
    { versionNumber: 0 },
  ],
  [
    "GetBaseReport",
    "accepted",
    { requestId: 1, reportBase: "FullInventory" },
    {},
    [["baseReport", { requestId: 1, reportBase: "FullInventory" }]],
    { status: "Accepted" },
  ],
  [
    "GetBaseReport",
    "empty",
    { requestId: 1, reportBase: "SummaryInventory" },
    { baseReport: () => ({ status: "EmptyResultSet" }) },
    [["baseReport", { requestId: 1, reportBase: "SummaryInventory" }]],
    { status: "EmptyResultSet" },
  ],
  [
    "TriggerMessage",
    "boot",
    { requestedMessage: "BootNotification" },
    {},
    [["trigger", { message: "BootNotification" }]],
    { status: "Accepted" },
  ],
  [
    "TriggerMessage",
    "of an EVSE",
    { requestedMessage: "TransactionEvent", evse: { id: 2 } },
    { trigger: () => ({ status: "Rejected" }) },
    [["trigger", { message: "TransactionEvent", evseId: 2 }]],
    { status: "Rejected" },
  ],
  [
    "TriggerMessage",
    "status of a connector",
    { requestedMessage: "StatusNotification", evse: { id: 2, connectorId: 1 } },
    {},
    [["trigger", { message: "StatusNotification", evseId: 2 }]],
    { status: "Accepted" },
  ],
  [
    "TriggerMessage",
    "status of no connector (F06.FR.12)",
    { requestedMessage: "StatusNotification", evse: { id: 2 } },
    {},
    [],
    { status: "Rejected" },
  ],
  [
    "TriggerMessage",
    "of EVSE 0",
    { requestedMessage: "MeterValues", evse: { id: 0 } },
    {},
    [],
    { status: "Rejected" },
  ],
  [
    "TriggerMessage",
    "of a certificate",
    { requestedMessage: "SignV2GCertificate" },
    {},
    [],
    { status: "NotImplemented" },
  ],
  [
    "DataTransfer",
    "for nobody",
    { vendorId: "v", messageId: "m", data: { a: 1 } },
    { dataTransfer: () => ({ status: "UnknownMessageId" }) },
    [["dataTransfer", { vendorId: "v", messageId: "m", data: { a: 1 } }]],
    { status: "UnknownMessageId" },
  ],
  [
    "GetTransactionStatus",
    "of one",
    { transactionId: "tx" },
    { transactionStatus: () => ({ messagesInQueue: true, ongoingIndicator: false }) },
    [["transactionStatus", { transactionId: "tx" }]],
    { messagesInQueue: true, ongoingIndicator: false },
  ],
  [
    "GetTransactionStatus",
    "of none (E14.FR.06)",
    {},
    { transactionStatus: () => ({ messagesInQueue: true, ongoingIndicator: false }) },
    [["transactionStatus", {}]],
    { messagesInQueue: true },
  ],
];

describe("2.0.1: what the central system asks", () => {
  it.each(rows)("%s %s", (action, _, request, answers, expected, answer) => {
    const { commands, asked } = obligingStation(answers);
    expect(ask(dialect, action, request, commands)).toEqual(answer);
    expect(deeds(asked)).toEqual(expected);
  });
});

describe("2.0.1 SendLocalList", () => {
  const entry = (idToken: string, type = "ISO14443") => ({
    idToken: { idToken, type },
    idTokenInfo: { status: "Accepted" },
  });
  const full = { versionNumber: 8, updateType: "Full" };

  it("hands the list to the domain; one text of two types is two tokens", () => {
    const { commands, asked } = obligingStation();
    const localAuthorizationList = [
      { idToken: token, idTokenInfo: { status: "NoCredit", cacheExpiryDateTime: at } },
      { idToken: { idToken: "04a2", type: "ISO15693" } },
    ];
    const request = { versionNumber: 8, updateType: "Differential", localAuthorizationList };
    expect(ask(dialect, "SendLocalList", request, commands)).toEqual({ status: "Accepted" });
    expect(deeds(asked)).toEqual([
      [
        "updateList",
        {
          version: 8,
          type: "Differential",
          entries: [
            { token, info: { status: "NoCredit", cacheExpiryDateTime: at } },
            { token: { idToken: "04a2", type: "ISO15693" } },
          ],
        },
      ],
    ]);
  });

  it("empties the list", () => {
    const { commands, asked } = obligingStation({ updateList: () => ({ status: "VersionMismatch" }) });
    expect(ask(dialect, "SendLocalList", full, commands)).toEqual({ status: "VersionMismatch" });
    expect(deeds(asked)).toEqual([["updateList", { version: 8, type: "Full", entries: [] }]]);
  });

  it.each([
    ["a Full entry without info", { ...full, localAuthorizationList: [{ idToken: token }] }],
    ["a token twice, whatever its case", { ...full, localAuthorizationList: [entry("ab"), entry("AB")] }],
    ["version 0 (D01.FR.18)", { ...full, versionNumber: 0 }],
    ["more than ItemsPerMessage", { ...full, localAuthorizationList: [entry("a"), entry("b"), entry("c")] }],
  ])("fails for %s, and the domain does not hear of it", (_, request) => {
    const limits = { "LocalAuthListCtrlr.ItemsPerMessage": { value: "2", readOnly: true } };
    const { commands, asked } = obligingStation({}, limits);
    expect(ask(dialect, "SendLocalList", request, commands)).toEqual({ status: "Failed" });
    expect(deeds(asked)).toEqual([]);
  });

  it("fails while the list is switched off, and when the domain has none", () => {
    const off = obligingStation({ listVersion: () => ({ version: 0, size: 0, enabled: false }) });
    expect(ask(dialect, "SendLocalList", full, off.commands)).toEqual({ status: "Failed" });
    expect(deeds(off.asked)).toEqual([]);
    const none = obligingStation({ updateList: () => ({ status: "NotSupported" }) });
    expect(ask(dialect, "SendLocalList", full, none.commands)).toEqual({ status: "Failed" });
  });
});

const settings = {
  "AuthCtrlr.LocalPreAuthorize": { value: "true", readOnly: false },
  "OCPPCommCtrlr.MessageTimeout[Default]": { value: "30", readOnly: true },
  "SecurityCtrlr.BasicAuthPassword": { readOnly: false },
  "DeviceDataCtrlr.ItemsPerMessage[GetVariables]": { value: "4", readOnly: true },
  "DeviceDataCtrlr.ItemsPerMessage[SetVariables]": { value: "4", readOnly: true },
};
const preAuthorize = { component: { name: "AuthCtrlr" }, variable: { name: "LocalPreAuthorize" } };
const timeout = {
  component: { name: "OCPPCommCtrlr" },
  variable: { name: "MessageTimeout", instance: "Default" },
};
const password = { component: { name: "SecurityCtrlr" }, variable: { name: "BasicAuthPassword" } };
const noVariable = { component: { name: "authctrlr" }, variable: { name: "Nope" } };
const noComponent = { component: { name: "Nope" }, variable: { name: "Enabled" } };
const ofEvse = { component: { name: "AuthCtrlr", evse: { id: 1 } }, variable: { name: "LocalPreAuthorize" } };
const ofInstance = {
  component: { name: "AuthCtrlr", instance: "b" },
  variable: { name: "LocalPreAuthorize" },
};

describe("2.0.1 GetVariables", () => {
  it.each([
    [preAuthorize, { attributeStatus: "Accepted", attributeValue: "true" }],
    [
      { ...preAuthorize, attributeType: "Actual" },
      { attributeStatus: "Accepted", attributeValue: "true" },
    ],
    [timeout, { attributeStatus: "Accepted", attributeValue: "30" }],
    [{ ...timeout, attributeType: "MaxSet" }, { attributeStatus: "NotSupportedAttributeType" }],
    [password, { attributeStatus: "Rejected" }],
    [noVariable, { attributeStatus: "UnknownVariable" }],
    [noComponent, { attributeStatus: "UnknownComponent" }],
    [ofEvse, { attributeStatus: "UnknownComponent" }],
    [ofInstance, { attributeStatus: "UnknownComponent" }],
  ])("%j", (asked, result) => {
    const { commands } = obligingStation({}, settings);
    expect(ask(dialect, "GetVariables", { getVariableData: [asked] }, commands)).toEqual({
      getVariableResult: [{ attributeType: "Actual", ...asked, ...result }],
    });
  });

  it("answers in the order asked, and refuses more than ItemsPerMessage (B06.FR.16)", () => {
    const { commands } = obligingStation({}, settings);
    const four = [noVariable, preAuthorize, timeout, preAuthorize];
    expect(ask(dialect, "GetVariables", { getVariableData: four }, commands)).toMatchObject({
      getVariableResult: four,
    });
    const five = ask(dialect, "GetVariables", { getVariableData: [...four, timeout] }, commands);
    expect(five).toBeInstanceOf(Refusal);
    expect(five).toMatchObject({ code: "OccurrenceConstraintViolation" });
  });

  it("clips what is longer than the schema allows", () => {
    const { commands } = obligingStation({}, { "A.B": { value: "x".repeat(2600), readOnly: true } });
    const asked = { component: { name: "A" }, variable: { name: "B" } };
    expect(ask(dialect, "GetVariables", { getVariableData: [asked] }, commands)).toMatchObject({
      getVariableResult: [{ attributeValue: "x".repeat(2500) }],
    });
  });
});

describe("2.0.1 SetVariables", () => {
  const set = (wish: object, answers: Answers = {}) => {
    const { commands, asked } = obligingStation(answers, settings);
    const request = { setVariableData: [{ ...wish, attributeValue: "false" }] };
    return { answer: ask(dialect, "SetVariables", request, commands), asked: deeds(asked) };
  };

  it.each(["Accepted", "Rejected", "RebootRequired"] as const)("passes on %s", (status) => {
    expect(set(preAuthorize, { setSetting: () => ({ status }) })).toEqual({
      answer: { setVariableResult: [{ ...preAuthorize, attributeType: "Actual", attributeStatus: status }] },
      asked: [["setSetting", "AuthCtrlr.LocalPreAuthorize", "false"]],
    });
  });

  it.each([
    [noVariable, "UnknownVariable", 1],
    [noComponent, "UnknownComponent", 1],
    [ofEvse, "UnknownComponent", 0],
    [ofInstance, "UnknownComponent", 0],
    [{ ...preAuthorize, attributeType: "Target" }, "NotSupportedAttributeType", 0],
  ])("%j is %s", (wish, attributeStatus, asks) => {
    const { answer, asked } = set(wish, { setSetting: () => ({ status: "NotSupported" }) });
    expect(answer).toEqual({ setVariableResult: [{ attributeType: "Actual", ...wish, attributeStatus }] });
    expect(asked).toHaveLength(asks);
  });

  it("changes nothing when there are more than ItemsPerMessage", () => {
    const { commands, asked } = obligingStation({}, settings);
    const setVariableData = Array.from({ length: 5 }, () => ({ ...preAuthorize, attributeValue: "true" }));
    expect(ask(dialect, "SetVariables", { setVariableData }, commands)).toBeInstanceOf(Refusal);
    expect(deeds(asked)).toEqual([]);
  });
});

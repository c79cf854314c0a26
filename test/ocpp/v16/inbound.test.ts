import { describe, expect, it } from "vitest";
import type { StationCommands } from "../../../src/station/ports.ts";
import { ask, at, deeds, dialectOf, mapValues, obligingStation } from "../support.ts";

const dialect = await dialectOf("1.6");
const tag = { idToken: "04A2", type: "ISO14443" };
type Answers = Partial<StationCommands>;

/** request · how the station answers · what it was asked · what the central system hears */
const rows: [string, string, object, Answers, unknown[][], object][] = [
  [
    "RemoteStartTransaction",
    "without a connector",
    { idTag: "04A2" },
    {},
    [["remoteStart", { idToken: tag, remoteStartId: 0 }]],
    { status: "Accepted" },
  ],
  [
    "RemoteStartTransaction",
    "on a connector",
    { idTag: "04A2", connectorId: 2 },
    { remoteStart: () => ({ status: "Rejected", transactionId: "t" }) },
    [["remoteStart", { idToken: tag, remoteStartId: 0, evseId: 2 }]],
    { status: "Rejected" },
  ],
  [
    "RemoteStartTransaction",
    "on connector 0 (TC_027_CS)",
    { idTag: "04A2", connectorId: 0 },
    {},
    [],
    { status: "Rejected" },
  ],
  ["RemoteStartTransaction", "with an empty idTag", { idTag: "" }, {}, [], { status: "Rejected" }],
  [
    "ReserveNow",
    "of a connector, with a parent",
    { reservationId: 5, connectorId: 2, expiryDate: at, idTag: "04A2", parentIdTag: "G" },
    { reserve: () => ({ status: "Faulted" }) },
    [
      [
        "reserve",
        {
          id: 5,
          evseId: 2,
          expiryDateTime: at,
          idToken: tag,
          groupIdToken: { idToken: "G", type: "Central" },
        },
      ],
    ],
    { status: "Faulted" },
  ],
  [
    "ReserveNow",
    "of connector 0, an empty parent",
    { reservationId: 5, connectorId: 0, expiryDate: at, idTag: "04A2", parentIdTag: "" },
    {},
    [["reserve", { id: 5, expiryDateTime: at, idToken: tag }]],
    { status: "Accepted" },
  ],
  [
    "ReserveNow",
    "of a connector below 0",
    { reservationId: 5, connectorId: -1, expiryDate: at, idTag: "04A2" },
    {},
    [],
    { status: "Rejected" },
  ],
  [
    "ReserveNow",
    "for nobody",
    { reservationId: 5, connectorId: 1, expiryDate: at, idTag: "" },
    {},
    [],
    { status: "Rejected" },
  ],
  [
    "CancelReservation",
    "of a known id",
    { reservationId: 5 },
    {},
    [["cancelReservation", { id: 5 }]],
    { status: "Accepted" },
  ],
  ["Reset", "hard", { type: "Hard" }, {}, [["reset", { type: "Hard" }]], { status: "Accepted" }],
  [
    "Reset",
    "soft, later",
    { type: "Soft" },
    { reset: () => ({ status: "Scheduled" }) },
    [["reset", { type: "Soft" }]],
    { status: "Accepted" },
  ],
  [
    "Reset",
    "refused",
    { type: "Soft" },
    { reset: () => ({ status: "Rejected" }) },
    [["reset", { type: "Soft" }]],
    { status: "Rejected" },
  ],
  [
    "UnlockConnector",
    "unlocked",
    { connectorId: 2 },
    {},
    [["unlock", { evseId: 2, connectorId: 1, stopTransaction: true }]],
    { status: "Unlocked" },
  ],
  [
    "UnlockConnector",
    "failed",
    { connectorId: 2 },
    { unlock: () => ({ status: "UnlockFailed" }) },
    [["unlock", { evseId: 2, connectorId: 1, stopTransaction: true }]],
    { status: "UnlockFailed" },
  ],
  [
    "UnlockConnector",
    "busy",
    { connectorId: 2 },
    { unlock: () => ({ status: "OngoingAuthorizedTransaction" }) },
    [["unlock", { evseId: 2, connectorId: 1, stopTransaction: true }]],
    { status: "UnlockFailed" },
  ],
  [
    "UnlockConnector",
    "unknown (TC_031_CS)",
    { connectorId: 9 },
    { unlock: () => ({ status: "UnknownConnector" }) },
    [["unlock", { evseId: 9, connectorId: 1, stopTransaction: true }]],
    { status: "NotSupported" },
  ],
  ["UnlockConnector", "connector 0", { connectorId: 0 }, {}, [], { status: "NotSupported" }],
  [
    "ChangeAvailability",
    "of the station",
    { connectorId: 0, type: "Inoperative" },
    {},
    [["changeAvailability", { operative: false }]],
    { status: "Accepted" },
  ],
  [
    "ChangeAvailability",
    "of a connector, later",
    { connectorId: 1, type: "Operative" },
    { changeAvailability: () => ({ status: "Scheduled" }) },
    [["changeAvailability", { operative: true, evseId: 1 }]],
    { status: "Scheduled" },
  ],
  [
    "ChangeAvailability",
    "of connector -1",
    { connectorId: -1, type: "Operative" },
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
  ["GetLocalListVersion", "a list", {}, {}, [], { listVersion: 7 }],
  [
    "GetLocalListVersion",
    "emptied: 0 (TC_042_2_CS)",
    {},
    { listVersion: () => ({ version: 7, size: 0, enabled: true }) },
    [],
    { listVersion: 0 },
  ],
  [
    "GetLocalListVersion",
    "switched off: -1 (TC_042_1_CS)",
    {},
    { listVersion: () => ({ version: 7, size: 2, enabled: false }) },
    [],
    { listVersion: -1 },
  ],
  [
    "ChangeConfiguration",
    "accepted",
    { key: "HeartbeatInterval", value: "60" },
    {},
    [["setSetting", "HeartbeatInterval", "60"]],
    { status: "Accepted" },
  ],
  [
    "ChangeConfiguration",
    "reboot",
    { key: "k", value: "" },
    { setSetting: () => ({ status: "RebootRequired" }) },
    [["setSetting", "k", ""]],
    { status: "RebootRequired" },
  ],
  [
    "ChangeConfiguration",
    "rejected",
    { key: "k", value: "" },
    { setSetting: () => ({ status: "Rejected" }) },
    [["setSetting", "k", ""]],
    { status: "Rejected" },
  ],
  [
    "ChangeConfiguration",
    "unknown (TC_040_1_CS)",
    { key: "k", value: "" },
    { setSetting: () => ({ status: "UnknownVariable" }) },
    [["setSetting", "k", ""]],
    { status: "NotSupported" },
  ],
  [
    "ChangeConfiguration",
    "not ours",
    { key: "k", value: "" },
    { setSetting: () => ({ status: "NotSupported" }) },
    [["setSetting", "k", ""]],
    { status: "NotSupported" },
  ],
  [
    "TriggerMessage",
    "for all",
    { requestedMessage: "StatusNotification" },
    {},
    [["trigger", { message: "StatusNotification" }]],
    { status: "Accepted" },
  ],
  [
    "TriggerMessage",
    "for one",
    { requestedMessage: "MeterValues", connectorId: 2 },
    { trigger: () => ({ status: "Rejected" }) },
    [["trigger", { message: "MeterValues", evseId: 2 }]],
    { status: "Rejected" },
  ],
  [
    "TriggerMessage",
    "for connector 0, the station (§5.17)",
    { requestedMessage: "StatusNotification", connectorId: 0 },
    {},
    [["trigger", { message: "StatusNotification", evseId: 0 }]],
    { status: "Accepted" },
  ],
  [
    "TriggerMessage",
    "for a connector that does not matter",
    { requestedMessage: "Heartbeat", connectorId: 0 },
    {},
    [["trigger", { message: "Heartbeat" }]],
    { status: "Accepted" },
  ],
  [
    "DataTransfer",
    "for nobody",
    { vendorId: "v", messageId: "m", data: "d" },
    { dataTransfer: () => ({ status: "UnknownVendorId" }) },
    [["dataTransfer", { vendorId: "v", messageId: "m", data: "d" }]],
    { status: "UnknownVendorId" },
  ],
];

describe("1.6: what the central system asks", () => {
  it.each(rows)("%s %s", (action, _, request, answers, expected, answer) => {
    const { commands, asked } = obligingStation(answers);
    expect(ask(dialect, action, request, commands)).toEqual(answer);
    expect(deeds(asked)).toEqual(expected);
  });
});

describe("1.6 RemoteStopTransaction", () => {
  it("finds our transaction by the central system's integer", () => {
    const values = mapValues();
    values.set("v16.tx.ours", 42);
    values.set("v16.tx.other", 43);
    const { commands, asked } = obligingStation();
    expect(ask(dialect, "RemoteStopTransaction", { transactionId: 42 }, commands, values)).toEqual({
      status: "Accepted",
    });
    expect(deeds(asked)).toEqual([["remoteStop", { transactionId: "ours" }]]);
  });

  it("rejects an unknown integer, -1 too, without asking anybody (TC_028_CS)", () => {
    const { commands, asked } = obligingStation();
    expect(ask(dialect, "RemoteStopTransaction", { transactionId: 1 }, commands)).toEqual({
      status: "Rejected",
    });
    expect(ask(dialect, "RemoteStopTransaction", { transactionId: -1 }, commands)).toEqual({
      status: "Rejected",
    });
    expect(deeds(asked)).toEqual([]);
  });

  it("stops the one that runs when a central system gave the same integer twice", () => {
    const values = mapValues();
    values.set("v16.tx.old", 0);
    values.set("v16.tx.new", 0);
    const { commands } = obligingStation({
      remoteStop: ({ transactionId }) => ({ status: transactionId === "new" ? "Accepted" : "Rejected" }),
    });
    expect(ask(dialect, "RemoteStopTransaction", { transactionId: 0 }, commands, values)).toEqual({
      status: "Accepted",
    });
  });
});

import { describe, expect, it } from "vitest";
import { ask, deeds, dialectOf, mapValues, obligingStation } from "../support.ts";

const dialect = await dialectOf("1.6");
const wire = {
  chargingProfileId: 1,
  stackLevel: 2,
  chargingProfilePurpose: "TxProfile",
  chargingProfileKind: "Recurring",
  recurrencyKind: "Weekly",
  validFrom: "2030-01-01T00:00:00Z",
  validTo: "2031-01-01T00:00:00Z",
  chargingSchedule: {
    duration: 600,
    startSchedule: "2030-01-01T00:00:00Z",
    chargingRateUnit: "A",
    minChargingRate: 6.5,
    chargingSchedulePeriod: [{ startPeriod: 0, limit: 8.1, numberPhases: 1 }],
  },
};
const { chargingProfileId: id, ...rest } = wire;
const ours = { id, ...rest };

describe("1.6 SetChargingProfile", () => {
  it("says all of a profile in the domain's words", () => {
    const { commands, asked } = obligingStation();
    const request = { connectorId: 1, csChargingProfiles: wire };
    expect(ask(dialect, "SetChargingProfile", request, commands)).toEqual({ status: "Accepted" });
    expect(deeds(asked)).toEqual([["setChargingProfile", { evseId: 1, profile: ours }]]);
  });

  it("calls ChargePointMaxProfile ChargingStationMaxProfile", () => {
    const { commands, asked } = obligingStation({ setChargingProfile: () => ({ status: "Rejected" }) });
    const profile = { ...wire, chargingProfilePurpose: "ChargePointMaxProfile" };
    const request = { connectorId: 0, csChargingProfiles: profile };
    expect(ask(dialect, "SetChargingProfile", request, commands)).toEqual({ status: "Rejected" });
    expect(deeds(asked)).toMatchObject([
      ["setChargingProfile", { evseId: 0, profile: { chargingProfilePurpose: "ChargingStationMaxProfile" } }],
    ]);
  });

  it("finds our running transaction by the central system's integer, and none for a strange one", () => {
    const values = mapValues();
    values.set("v16.tx.old", 42);
    values.set("v16.tx.new", 42);
    const { commands, asked } = obligingStation({
      transactionStatus: ({ transactionId }) => ({
        ongoingIndicator: transactionId === "new",
        messagesInQueue: false,
      }),
    });
    for (const transactionId of [42, 43]) {
      const request = { connectorId: 1, csChargingProfiles: { ...wire, transactionId } };
      ask(dialect, "SetChargingProfile", request, commands, values);
    }
    const set = asked.filter(([name]) => name === "setChargingProfile");
    expect(set).toMatchObject([
      ["setChargingProfile", { profile: { transactionId: "new" } }],
      ["setChargingProfile", { profile: { transactionId: "" } }],
    ]);
  });
});

describe("1.6 ClearChargingProfile", () => {
  it.each([
    [{}, {}],
    [{ id: 5 }, { id: 5 }],
    [
      { connectorId: 0, chargingProfilePurpose: "ChargePointMaxProfile", stackLevel: 0 },
      { evseId: 0, chargingProfilePurpose: "ChargingStationMaxProfile", stackLevel: 0 },
    ],
  ])("%j", (request, filter) => {
    const { commands, asked } = obligingStation({ clearChargingProfile: () => ({ status: "Unknown" }) });
    expect(ask(dialect, "ClearChargingProfile", request, commands)).toEqual({ status: "Unknown" });
    expect(deeds(asked)).toEqual([["clearChargingProfile", filter]]);
  });
});

describe("1.6 GetCompositeSchedule", () => {
  it("tells the schedule", () => {
    const scheduleStart = "2030-01-01T00:00:00.000Z";
    const chargingSchedulePeriod = [{ startPeriod: 0, limit: 8.1, numberPhases: 3 }];
    const schedule = {
      evseId: 1,
      scheduleStart,
      duration: 60,
      chargingRateUnit: "A" as const,
      chargingSchedulePeriod,
    };
    const { commands, asked } = obligingStation({ compositeSchedule: () => schedule });
    const request = { connectorId: 1, duration: 60, chargingRateUnit: "A" };
    expect(ask(dialect, "GetCompositeSchedule", request, commands)).toEqual({
      status: "Accepted",
      connectorId: 1,
      scheduleStart,
      chargingSchedule: {
        duration: 60,
        startSchedule: scheduleStart,
        chargingRateUnit: "A",
        chargingSchedulePeriod,
      },
    });
    expect(deeds(asked)).toEqual([["compositeSchedule", { evseId: 1, duration: 60, chargingRateUnit: "A" }]]);
  });

  it("rejects what cannot be told", () => {
    const { commands } = obligingStation();
    expect(ask(dialect, "GetCompositeSchedule", { connectorId: 9, duration: 60 }, commands)).toEqual({
      status: "Rejected",
    });
  });
});

describe("1.6 RemoteStartTransaction with a charging profile", () => {
  it("hands it on, with an impossible transaction when it names one", () => {
    const { commands, asked } = obligingStation();
    ask(dialect, "RemoteStartTransaction", { idTag: "04A2", chargingProfile: wire }, commands);
    const named = { idTag: "04A2", chargingProfile: { ...wire, transactionId: 3 } };
    ask(dialect, "RemoteStartTransaction", named, commands);
    expect(deeds(asked)).toMatchObject([
      ["remoteStart", { chargingProfile: ours }],
      ["remoteStart", { chargingProfile: { transactionId: "" } }],
    ]);
  });
});

import { describe, expect } from "vitest";
import type { Rig } from "./rig.ts";
import { CARD } from "./rig.ts";
import { rule, testCase } from "./row.ts";

type Purpose = "ChargePointMaxProfile" | "TxDefaultProfile" | "TxProfile";
const done = { status: "Accepted" };
const refused = { status: "Rejected" };
const quiet = { keys: { MeterValueSampleInterval: 0 } };

/** A profile of periods [from second, ampere], from the moment a transaction starts. */
const profile = (
  purpose: Purpose,
  periods: readonly (readonly [number, number])[],
  more: object = {},
  schedule: object = {},
) => ({
  chargingProfileId: 1,
  stackLevel: 0,
  chargingProfilePurpose: purpose,
  chargingProfileKind: "Relative",
  chargingSchedule: {
    chargingRateUnit: "A",
    chargingSchedulePeriod: periods.map(([startPeriod, limit]) => ({ startPeriod, limit })),
    ...schedule,
  },
  ...more,
});

const set = (rig: Rig, connectorId: number, csChargingProfiles: object, wanted: object = done) =>
  rig.central.send("SetChargingProfile", { connectorId, csChargingProfiles }, { ...wanted });

/** What GetCompositeSchedule tells for so many seconds, as [from second, ampere]. */
async function composite(rig: Rig, duration: number, connectorId = 1) {
  const answer = await rig.central.send(
    "GetCompositeSchedule",
    { connectorId, duration, chargingRateUnit: "A" },
    done,
  );
  const schedule = answer.chargingSchedule as {
    chargingSchedulePeriod: { startPeriod: number; limit: number }[];
  };
  return schedule.chargingSchedulePeriod.map((p) => [p.startPeriod, p.limit]);
}

/** Ampere that flow on each phase, once the car has taken its time. */
async function flows(rig: Rig) {
  await rig.pass(10);
  return Math.round((rig.station.status().evses[0]?.powerW ?? 0) / 690);
}

describe("charging profiles (1.6 §3.13, §5.5, §5.7, §5.16)", () => {
  testCase("TC_056_CS", quiet, async (rig) => {
    await set(rig, 1, profile("TxDefaultProfile", [[0, 10]]));
    await rig.station.charge();
    expect(await composite(rig, 300)).toEqual([[0, 10]]);
    expect(await flows(rig)).toBe(10);
    rig.central.skip();
  });

  testCase("TC_057_CS", quiet, async (rig) => {
    await rig.station.charge();
    await set(
      rig,
      1,
      profile(
        "TxProfile",
        [
          [0, 8],
          [100, 12],
        ],
        { transactionId: 1 },
      ),
    );
    expect(await composite(rig, 300)).toEqual([
      [0, 8],
      [100, 12],
    ]);
    expect(await flows(rig)).toBe(8);
    await rig.pass(100);
    expect(await flows(rig)).toBe(12);
    rig.central.skip();
  });

  testCase("TC_058_1_CS", {}, async (rig) => {
    await set(rig, 1, profile("TxProfile", [[0, 8]], { transactionId: 1 }), refused);
  });

  testCase("TC_058_2_CS", quiet, async (rig) => {
    await rig.station.charge();
    await set(rig, 1, profile("TxProfile", [[0, 8]], { transactionId: 2 }), refused);
    expect(await flows(rig)).toBe(16);
    rig.central.skip();
  });

  testCase("TC_059_CS", { keys: { ...quiet.keys, AuthorizeRemoteTxRequests: false } }, async (rig) => {
    await rig.station.plug();
    const chargingProfile = profile("TxProfile", [[0, 9]]);
    await rig.central.send("RemoteStartTransaction", { idTag: CARD, connectorId: 1, chargingProfile }, done);
    await rig.central.expect("StartTransaction", { idTag: CARD });
    expect(await composite(rig, 60)).toEqual([[0, 9]]);
    expect(await flows(rig)).toBe(9);
  });

  testCase("TC_060_CS", { keys: { AuthorizeRemoteTxRequests: false } }, async (rig) => {
    await rig.station.plug();
    const chargingProfile = profile("TxDefaultProfile", [[0, 9]]);
    await rig.central.send(
      "RemoteStartTransaction",
      { idTag: CARD, connectorId: 1, chargingProfile },
      refused,
    );
    await rig.central.nothing("StartTransaction");
  });

  testCase("TC_066_CS", quiet, async (rig) => {
    const { central, clock } = rig;
    const startSchedule = new Date(clock.now()).toISOString();
    const absolute = { chargingProfileKind: "Absolute", chargingProfileId: 1 };
    await set(rig, 0, profile("ChargePointMaxProfile", [[0, 10]], absolute, { startSchedule }));
    await set(
      rig,
      1,
      profile(
        "TxDefaultProfile",
        [
          [0, 6],
          [60, 14],
          [120, 8],
        ],
        { ...absolute, chargingProfileId: 2 },
        { startSchedule, duration: 180 },
      ),
    );
    await rig.station.charge();
    await set(
      rig,
      1,
      profile("TxProfile", [[0, 8]], { transactionId: 1, chargingProfileId: 3 }, { duration: 90 }),
    );
    central.skip();
    // The transaction's own for its 90 s, then the default for what is left of it, the maximum above all.
    expect(await composite(rig, 300)).toEqual([
      [0, 8],
      [90, 10],
      [120, 8],
      [180, 10],
    ]);
    const watts = await central.send(
      "GetCompositeSchedule",
      { connectorId: 1, duration: 60, chargingRateUnit: "W" },
      done,
    );
    expect(watts).toMatchObject({
      connectorId: 1,
      chargingSchedule: { chargingRateUnit: "W", chargingSchedulePeriod: [{ startPeriod: 0, limit: 5520 }] },
    });
    await central.send("GetCompositeSchedule", { connectorId: 9, duration: 60 }, refused);
  });

  testCase("TC_067_CS", {}, async (rig) => {
    const { central } = rig;
    const clear = (filter: object, status: string) =>
      central.send("ClearChargingProfile", { ...filter }, { status });
    await set(rig, 1, profile("TxDefaultProfile", [[0, 6]], { chargingProfileId: 5 }));
    await clear({ id: 6 }, "Unknown");
    await clear({ id: 5 }, "Accepted");
    await clear({ id: 5 }, "Unknown");
    await set(rig, 1, profile("TxDefaultProfile", [[0, 6]], { chargingProfileId: 7, stackLevel: 2 }));
    await clear({ connectorId: 1, chargingProfilePurpose: "TxDefaultProfile", stackLevel: 1 }, "Unknown");
    await clear({ connectorId: 1, chargingProfilePurpose: "TxDefaultProfile", stackLevel: 2 }, "Accepted");
    await clear({}, "Unknown");
    expect(await composite(rig, 60)).toEqual([[0, 16]]);
  });

  testCase("TC_072_CS", quiet, async (rig) => {
    const low = profile("TxDefaultProfile", [[0, 6]], { chargingProfileId: 1, stackLevel: 0 });
    const high = profile(
      "TxDefaultProfile",
      [
        [0, 12],
        [50, 9],
      ],
      { chargingProfileId: 2, stackLevel: 1 },
      { duration: 100 },
    );
    await set(rig, 1, low);
    await set(rig, 1, high);
    await rig.station.charge();
    expect(await composite(rig, 200)).toEqual([
      [0, 12],
      [50, 9],
      [100, 6],
    ]);
    expect(await flows(rig)).toBe(12);
    await rig.pass(50);
    expect(await flows(rig)).toBe(9);
    await rig.pass(50);
    expect(await flows(rig)).toBe(6);
    rig.central.skip();
  });

  testCase("TC_082_CS", quiet, async (rig) => {
    await rig.station.charge();
    expect(await flows(rig)).toBe(16);
    await set(rig, 1, profile("TxDefaultProfile", [[0, 7]]));
    expect(await composite(rig, 60)).toEqual([[0, 7]]);
    expect(await flows(rig)).toBe(7);
    rig.central.skip();
  });

  rule("§3.13.1", "a TxProfile is gone with its transaction", quiet, async (rig) => {
    const { central, station } = rig;
    await station.charge();
    await set(rig, 1, profile("TxProfile", [[0, 8]], { transactionId: 1 }));
    await station.tap(CARD);
    await station.unplug();
    await station.charge();
    expect(await flows(rig)).toBe(16);
    await central.send("ClearChargingProfile", {}, { status: "Unknown" });
    central.skip();
  });

  rule("§3.13.2", "same purpose and stackLevel, and same id: replaced", quiet, async (rig) => {
    await set(rig, 1, profile("TxDefaultProfile", [[0, 6]], { chargingProfileId: 1 }));
    await set(rig, 1, profile("TxDefaultProfile", [[0, 8]], { chargingProfileId: 2 }));
    await rig.station.charge();
    expect(await composite(rig, 60)).toEqual([[0, 8]]);
    await rig.central.send("ClearChargingProfile", { id: 1 }, { status: "Unknown" });
    rig.central.skip();
  });

  rule(
    "§3.13.3",
    "the default of connector 0 is every connector's, its own goes before",
    { ...quiet, connectors: 2 },
    async (rig) => {
      await set(rig, 0, profile("TxDefaultProfile", [[0, 9]], { chargingProfileId: 1 }));
      await set(rig, 2, profile("TxDefaultProfile", [[0, 7]], { chargingProfileId: 2 }));
      expect(await composite(rig, 60, 1)).toEqual([[0, 9]]);
      expect(await composite(rig, 60, 2)).toEqual([[0, 7]]);
    },
  );

  rule("§4.9", "a limit of 0 is SuspendedEVSE, and Charging when it is lifted", quiet, async (rig) => {
    const { central, station } = rig;
    await station.charge();
    for (const status of ["Preparing", "Charging"]) await central.status(1, status);
    await set(
      rig,
      1,
      profile(
        "TxProfile",
        [
          [0, 0],
          [60, 10],
        ],
        { transactionId: 1 },
      ),
    );
    await central.status(1, "SuspendedEVSE");
    await rig.pass(60);
    await central.status(1, "Charging");
    central.skip();
  });

  const unsound: readonly (readonly [string, number, object])[] = [
    [
      "ChargePointMaxProfile on a connector",
      1,
      profile("ChargePointMaxProfile", [[0, 6]], { chargingProfileKind: "Absolute" }),
    ],
    ["TxProfile on connector 0", 0, profile("TxProfile", [[0, 6]])],
    ["an unknown connector", 5, profile("TxDefaultProfile", [[0, 6]])],
    [
      "a stackLevel above ChargeProfileMaxStackLevel",
      1,
      profile("TxDefaultProfile", [[0, 6]], { stackLevel: 21 }),
    ],
    ["a schedule that does not begin at 0", 1, profile("TxDefaultProfile", [[5, 6]])],
    [
      "Recurring without recurrencyKind",
      1,
      profile("TxDefaultProfile", [[0, 6]], { chargingProfileKind: "Recurring" }),
    ],
  ];
  for (const [what, connectorId, wrong] of unsound) {
    rule("§5.16", `Rejected: ${what}`, {}, async (rig) => {
      await set(rig, connectorId, wrong, refused);
    });
  }

  rule("§3.13", "profiles outlive a restart, but a TxProfile does not", quiet, async (rig) => {
    const { central, station } = rig;
    await set(rig, 1, profile("TxDefaultProfile", [[0, 9]], { chargingProfileId: 1 }));
    await station.charge();
    await set(rig, 1, profile("TxProfile", [[0, 7]], { chargingProfileId: 2, transactionId: 1 }));
    await station.power("cut");
    await station.power("restore");
    central.skip();
    expect(await composite(rig, 60)).toEqual([[0, 9]]);
  });
});

describe("the station as a whole (1.6 §3.13.1, §5.7)", () => {
  const most = profile(
    "ChargePointMaxProfile",
    [[0, 20]],
    { chargingProfileKind: "Absolute" },
    {
      startSchedule: "2030-01-01T10:00:00Z",
    },
  );

  rule(
    "§3.13.1",
    "ChargePointMaxProfile is for all connectors together",
    { ...quiet, connectors: 2 },
    async (rig) => {
      const { station, central } = rig;
      await set(rig, 0, most);
      await station.charge(CARD, 1);
      await station.charge("04B3352CD96F91", 2);
      await rig.pass(20);
      const amps = station.status().evses.map((e) => Math.round(e.powerW / 690));
      expect(amps.reduce((a, b) => a + b)).toBeLessThanOrEqual(20);
      expect(Math.max(...amps)).toBeGreaterThanOrEqual(10);
      central.skip();
    },
  );

  rule(
    "§5.7",
    "GetCompositeSchedule of connector 0 is the station's",
    { ...quiet, connectors: 2 },
    async (rig) => {
      expect(await composite(rig, 60, 0)).toEqual([[0, 32]]);
      await set(rig, 0, most);
      expect(await composite(rig, 60, 0)).toEqual([[0, 20]]);
    },
  );
});

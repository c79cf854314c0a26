import { describe, expect, it } from "vitest";
import type { ChargingProfile } from "../../../src/station/charging/types.ts";
import { memoryStore } from "../../../src/store/memory.ts";
import { AppError } from "../../../src/util/errors.ts";
import { type Bench, CARD, OTHER, running } from "../../support/station.ts";
import { profile } from "./arbitrary.ts";

const DAY = 86_400_000;
const quiet = { "SampledDataCtrlr.TxUpdatedInterval": "0" };
const evse = (b: Bench, n = 1) => {
  const found = b.station.evses[n - 1];
  if (found === undefined) throw new Error(`no EVSE ${n}`);
  return found;
};
const charging = async (evses = 1) => {
  const b = await running({ evses, settings: quiet });
  evse(b).plug();
  await b.tap();
  await b.clock.advance(60_000);
  return b;
};
const set = async (b: Bench, p: ChargingProfile, evseId = 1) => {
  const { status } = b.csms.commands.setChargingProfile({ evseId, profile: p });
  await b.clock.advance(1);
  return status;
};
const clear = async (b: Bench, filter: object = {}) => {
  const { status } = b.csms.commands.clearChargingProfile(filter);
  await b.clock.advance(1);
  return status;
};
const amps = (b: Bench, n = 1) => {
  const { sampledValue } = evse(b, n).meter.sample("Other");
  return Math.max(...sampledValue.flatMap((v) => (v.measurand === "Current.Import" ? [v.value] : [])));
};
const statuses = (b: Bench) => b.csms.of("status").map((s) => `${s.evseId}:${s.chargePointStatus}`);
const composite = (b: Bench, evseId: number, duration = 3600, unit?: "A" | "W") =>
  b.csms.commands.compositeSchedule({
    evseId,
    duration,
    ...(unit === undefined ? {} : { chargingRateUnit: unit }),
  });
const tx = { chargingProfilePurpose: "TxProfile" } as const;
const max = { chargingProfilePurpose: "ChargingStationMaxProfile" } as const;

describe("SetChargingProfile (1.6 §5.16)", () => {
  it("a default bends a running transaction at once (TC_082_CS)", async () => {
    const b = await charging();
    expect(amps(b)).toBeGreaterThan(15);
    expect(await set(b, profile({ periods: [[0, 8]] }))).toBe("Accepted");
    expect(amps(b)).toBeGreaterThan(7.8);
    expect(amps(b)).toBeLessThanOrEqual(8);
  });

  it("a default waits for the transaction (TC_056_CS)", async () => {
    const b = await running({ settings: quiet });
    expect(await set(b, profile({ periods: [[0, 8]] }), 0)).toBe("Accepted");
    evse(b).plug();
    await b.tap();
    await b.clock.advance(60_000);
    expect(amps(b)).toBeLessThanOrEqual(8);
    expect(amps(b)).toBeGreaterThan(7);
  });

  it("a TxProfile overrules the default, and ends with its transaction (TC_057_CS)", async () => {
    const b = await charging();
    await set(b, profile({ id: 1, periods: [[0, 8]] }));
    expect(await set(b, profile({ ...tx, id: 2, periods: [[0, 12]] }))).toBe("Accepted");
    expect(amps(b)).toBeGreaterThan(11.5);
    await b.tap();
    await b.tap();
    await b.clock.advance(60_000);
    expect(amps(b)).toBeLessThanOrEqual(8);
    expect(await clear(b, { id: 2 })).toBe("Unknown");
  });

  it("refuses a TxProfile without a transaction, or with another's id, and says why (TC_058_CS)", async () => {
    const b = await running({ settings: quiet });
    expect(await set(b, profile(tx))).toBe("Rejected");
    evse(b).plug();
    await b.tap();
    expect(await set(b, profile({ ...tx, transactionId: "other" }))).toBe("Rejected");
    expect(await set(b, profile(tx), 0)).toBe("Rejected");
    expect(b.of("charging").map((f) => f.event)).toEqual(["refused", "refused", "refused"]);
    expect(b.of("charging")[0]?.detail).toContain("no transaction runs there");
  });

  it.each([
    ["an EVSE that is not there", profile(), 2],
    ["an EVSE below 0", profile(), -1],
    ["a station maximum on a connector", profile(max), 1],
    ["nonsense", profile({ periods: [] }), 1],
  ])("refuses %s", async (_, p, evseId) => {
    const b = await running();
    expect(await set(b, p, evseId)).toBe("Rejected");
    expect(await clear(b)).toBe("Unknown");
  });

  it("replaces the same id, and the same purpose and level at the same place; others stack", async () => {
    const b = await charging();
    await set(b, profile({ id: 1, periods: [[0, 8]] }));
    await set(b, profile({ id: 2, periods: [[0, 9]] }));
    expect(await clear(b, { id: 1 })).toBe("Unknown");
    await set(b, profile({ id: 2, stackLevel: 3, periods: [[0, 10]] }));
    await set(b, profile({ id: 3, stackLevel: 1, periods: [[0, 11]] }));
    expect(amps(b)).toBeLessThanOrEqual(10);
    expect(await clear(b, { id: 2 })).toBe("Accepted");
    expect(amps(b)).toBeGreaterThan(10.5);
    expect(await clear(b, { stackLevel: 0 })).toBe("Unknown");
    expect(await clear(b)).toBe("Accepted");
    expect(amps(b)).toBeGreaterThan(15);
  });

  it("has room for so many as MaxChargingProfilesInstalled says, replacing is always possible", async () => {
    const b = await running({ settings: { "SmartChargingCtrlr.Entries[ChargingProfiles]": "2" } });
    expect(await set(b, profile({ id: 1, stackLevel: 1 }))).toBe("Accepted");
    expect(await set(b, profile({ id: 2, stackLevel: 2 }))).toBe("Accepted");
    expect(await set(b, profile({ id: 3, stackLevel: 3 }))).toBe("Rejected");
    expect(await set(b, profile({ id: 3, stackLevel: 2 }))).toBe("Accepted");
  });
});

describe("limits in the course of time", () => {
  it("follows the periods, suspends at 0 (SuspendedEVSE) and goes on after", async () => {
    const b = await charging();
    b.csms.sent.length = 0;
    const periods = [
      [0, 10],
      [600, 0],
      [1200, 6],
    ] as const;
    await set(b, profile({ ...tx, chargingProfileKind: "Relative", periods, duration: 1800 }));
    expect(amps(b)).toBeLessThanOrEqual(10);
    await b.clock.advance(545_000);
    expect(statuses(b)).toEqual(["1:SuspendedEVSE"]);
    const standing = evse(b).meter.energyWh();
    await b.clock.advance(590_000);
    expect(evse(b).meter.energyWh()).toBe(standing);
    await b.clock.advance(15_000);
    expect(statuses(b)).toEqual(["1:SuspendedEVSE", "1:Charging"]);
    expect(amps(b)).toBeGreaterThan(5.5);
    expect(amps(b)).toBeLessThanOrEqual(6);
    await b.clock.advance(600_000);
    expect(amps(b)).toBeGreaterThan(15);
    expect(b.csms.of("transaction").map((e) => `${e.triggerReason} ${e.chargingState}`)).toEqual([
      "ChargingStateChanged SuspendedEVSE",
      "ChargingStateChanged Charging",
    ]);
  });

  it("suspends below the least current that can be signalled (6 A)", async () => {
    const b = await charging();
    await set(b, profile({ periods: [[0, 5.9]] }));
    expect(evse(b).chargePointStatus).toBe("SuspendedEVSE");
    await set(b, profile({ periods: [[0, 6]] }));
    expect(evse(b).chargePointStatus).toBe("Charging");
  });

  it("starts suspended when nothing is allowed, without saying Charging", async () => {
    const b = await running({ settings: quiet });
    await set(b, profile({ periods: [[0, 0]] }));
    evse(b).plug();
    await b.tap();
    expect(statuses(b).slice(2)).toEqual(["1:Preparing", "1:SuspendedEVSE"]);
    await clear(b);
    expect(statuses(b).slice(4)).toEqual(["1:Charging"]);
  });

  it("a full car under a limit: SuspendedEVSE comes first, SuspendedEV shows after", async () => {
    const b = await charging();
    await b.clock.advance(DAY);
    expect(evse(b).chargePointStatus).toBe("SuspendedEV");
    await set(b, profile({ periods: [[0, 0]] }));
    expect(evse(b).chargePointStatus).toBe("SuspendedEVSE");
    await clear(b);
    expect(evse(b).chargePointStatus).toBe("SuspendedEV");
  });

  it("a cable that is pulled and put back under a limit stays under it", async () => {
    const b = await running({ settings: { ...quiet, "TxCtrlr.StopTxOnEVSideDisconnect": "false" } });
    evse(b).plug();
    await b.tap();
    await set(b, profile({ periods: [[0, 0]] }));
    evse(b).unplug();
    expect(evse(b).chargePointStatus).toBe("SuspendedEV");
    evse(b).plug();
    expect(evse(b).chargePointStatus).toBe("SuspendedEVSE");
    evse(b).unplug();
    await clear(b);
    expect(evse(b).chargePointStatus).toBe("SuspendedEV");
    evse(b).plug();
    expect(evse(b).chargePointStatus).toBe("Charging");
  });

  it("does not give energy back to a transaction that lost its authorization", async () => {
    const b = await running({ settings: { ...quiet, "TxCtrlr.StopTxOnInvalidId": "false" } });
    b.csms.script.transaction = () => ({ ok: true, value: { idTokenInfo: { status: "Invalid" } } });
    evse(b).plug();
    await b.tap();
    expect(evse(b).chargePointStatus).toBe("SuspendedEVSE");
    await set(b, profile({ periods: [[0, 0]] }));
    await clear(b);
    await b.clock.advance(60_000);
    expect(evse(b).chargePointStatus).toBe("SuspendedEVSE");
    expect(evse(b).meter.powerW()).toBe(0);
  });

  it("recurs daily", async () => {
    const b = await running({ settings: quiet });
    const daily = { chargingProfileKind: "Recurring", recurrencyKind: "Daily" } as const;
    const periods = [
      [0, 0],
      [3600, 16],
    ] as const;
    await set(b, profile({ ...daily, start: 0, periods }));
    await b.clock.advance(2 * DAY - 60_000);
    evse(b).plug();
    await b.tap();
    expect(evse(b).chargePointStatus).toBe("Charging");
    await b.clock.advance(120_000);
    expect(evse(b).chargePointStatus).toBe("SuspendedEVSE");
    await b.clock.advance(3_600_000);
    expect(evse(b).chargePointStatus).toBe("Charging");
  });

  it("uses fewer phases when the profile says so (ConnectorSwitch3to1PhaseSupported)", async () => {
    const b = await charging();
    await set(b, profile({ periods: [[0, 10, 1]] }));
    expect(evse(b).meter.powerW()).toBeLessThanOrEqual(2300);
    expect(evse(b).meter.powerW()).toBeGreaterThan(2200);
  });

  it("has no timer when nothing will change, and leaves none behind", async () => {
    const b = await charging();
    const before = b.clock.pending;
    await set(b, profile({ periods: [[0, 8]] }));
    expect(b.clock.pending).toBe(before);
    await set(
      b,
      profile({
        periods: [
          [0, 8],
          [90_000, 10],
        ],
      }),
    );
    expect(b.clock.pending).toBe(before + 1);
    await clear(b);
    await set(b, profile({ start: 90_000 }));
    expect(b.clock.pending).toBe(before + 1);
    await clear(b);
    expect(b.clock.pending).toBe(before);
    await set(b, profile({ start: 90_000 }));
    await b.station.stop();
    expect(b.clock.pending).toBe(0);
  });
});

describe("the station's maximum (ChargePointMaxProfile)", () => {
  it("is for all connectors together, and what one leaves the other takes", async () => {
    const b = await charging(2);
    expect(await set(b, profile({ ...max, periods: [[0, 20]] }), 0)).toBe("Accepted");
    expect(amps(b)).toBeGreaterThan(15);
    evse(b, 2).plug();
    await b.tap(OTHER);
    await b.clock.advance(60_000);
    expect(amps(b, 1) + amps(b, 2)).toBeLessThanOrEqual(20);
    expect(amps(b, 1)).toBeGreaterThan(9.8);
    expect(amps(b, 2)).toBeGreaterThan(9.8);
    await set(b, profile({ id: 2, periods: [[0, 6]] }), 2);
    expect(amps(b, 1)).toBeGreaterThan(13.5);
    await b.tap(CARD);
    expect(evse(b, 1).transaction).toBeUndefined();
    expect(amps(b, 2)).toBeGreaterThan(5.5);
  });

  it("lets the later one wait when there is not enough for both, until the first car is full", async () => {
    const b = await charging(2);
    await set(b, profile({ ...max, periods: [[0, 10]] }), 0);
    evse(b, 2).plug();
    await b.tap(OTHER);
    expect(evse(b, 1).chargePointStatus).toBe("Charging");
    expect(evse(b, 2).chargePointStatus).toBe("SuspendedEVSE");
    for (let hours = 0; hours < 12 && evse(b, 1).chargePointStatus === "Charging"; hours += 0.25) {
      expect(evse(b, 2).meter.powerW()).toBe(0);
      await b.clock.advance(900_000);
    }
    expect(evse(b, 1).chargePointStatus).toBe("SuspendedEV");
    expect(evse(b, 2).chargePointStatus).toBe("Charging");
  });
});

describe("GetCompositeSchedule (1.6 §5.7, TC_066_CS)", () => {
  it("without a profile says what the hardware gives", async () => {
    const b = await running({ evses: 2 });
    expect(composite(b, 1, 300, "W")).toEqual({
      evseId: 1,
      scheduleStart: "2030-01-01T00:00:00.001Z",
      duration: 300,
      chargingRateUnit: "W",
      chargingSchedulePeriod: [{ startPeriod: 0, limit: 11_000, numberPhases: 3 }],
    });
    expect(composite(b, 0, 300, "W")?.chargingSchedulePeriod[0]?.limit).toBe(22_000);
    expect(composite(b, 1)?.chargingRateUnit).toBe("A");
    expect(composite(b, 3)).toBeUndefined();
    expect(composite(b, 1, 0)).toBeUndefined();
  });

  it("combines the purposes, period by period", async () => {
    const b = await charging();
    await set(
      b,
      profile({
        ...max,
        id: 1,
        periods: [
          [0, 10],
          [400, 15],
        ],
        start: 0,
      }),
      0,
    );
    await set(b, profile({ id: 2, periods: [[0, 8]], start: 0 }));
    await set(
      b,
      profile({
        ...tx,
        id: 3,
        unit: "W",
        periods: [
          [0, 8280],
          [200, 4830],
        ],
        start: 0,
        duration: 300,
      }),
    );
    const from = Math.round((b.clock.now() - Date.parse("2030-01-01T00:00:00Z")) / 1000);
    expect(composite(b, 1, 600, "A")?.chargingSchedulePeriod).toEqual([
      { startPeriod: 0, limit: 10, numberPhases: 3 },
      { startPeriod: 200 - from, limit: 7, numberPhases: 3 },
      { startPeriod: 300 - from, limit: 8, numberPhases: 3 },
    ]);
  });

  it("what it foretells is what happens", async () => {
    const b = await charging();
    await set(
      b,
      profile({
        ...tx,
        periods: [
          [0, 6],
          [300, 0],
          [600, 9],
          [900, 14],
        ],
        start: 0,
      }),
    );
    const said = composite(b, 1, 1200, "A");
    for (let s = 10; s < 1200; s += 60) {
      await b.clock.advance(s === 10 ? 10_000 : 60_000);
      const limit = said?.chargingSchedulePeriod.findLast((p) => p.startPeriod <= s)?.limit ?? 0;
      expect(amps(b)).toBeLessThanOrEqual(limit + 0.01);
      expect(amps(b)).toBeGreaterThan(limit * 0.97 - 0.01);
    }
  });
});

describe("RemoteStartTransaction with a charging profile (1.6 §5.16.2)", () => {
  const start = async (b: Bench, chargingProfile: ChargingProfile) => {
    evse(b).plug();
    const idToken = { idToken: CARD, type: "ISO14443" } as const;
    const { status } = b.csms.commands.remoteStart({ idToken, remoteStartId: 1, evseId: 1, chargingProfile });
    await b.clock.advance(60_000);
    return status;
  };

  it("applies it to the transaction that starts (TC_059_CS)", async () => {
    const b = await running({ settings: quiet });
    expect(await start(b, profile({ ...tx, periods: [[0, 7]] }))).toBe("Accepted");
    expect(amps(b)).toBeGreaterThan(6.5);
    expect(amps(b)).toBeLessThanOrEqual(7);
    expect(b.of("charging").map((f) => f.event)).toEqual(["installed", "limited"]);
  });

  it.each([
    ["another purpose", profile()],
    ["a transaction's id", profile({ ...tx, transactionId: "x" })],
    ["nonsense", profile({ ...tx, periods: [[5, 1]] })],
  ])("rejects one with %s (TC_060_CS)", async (_, p) => {
    const b = await running({ settings: quiet });
    expect(await start(b, p)).toBe("Rejected");
    expect(evse(b).transaction).toBeUndefined();
    expect(b.of("charging").map((f) => f.event)).toEqual(["refused"]);
  });
});

describe("durability", () => {
  it("refuses what cannot be stored, and says so; what it had stays", async () => {
    const whole = memoryStore();
    let broken = false;
    const atomically = <T>(work: () => T): T => {
      if (broken) throw new AppError("store.writeFailed", "the disk is full");
      return whole.atomically(work);
    };
    const b = await running({ settings: quiet, store: { ...whole, atomically } });
    expect(await set(b, profile({ id: 1, periods: [[0, 8]] }))).toBe("Accepted");
    broken = true;
    expect(await set(b, profile({ id: 2, periods: [[0, 9]] }))).toBe("Rejected");
    expect(() => b.csms.commands.clearChargingProfile({})).toThrow("the disk is full");
    expect(b.of("charging").at(-1)?.detail).toContain("it cannot be stored");
    broken = false;
    expect(composite(b, 1)?.chargingSchedulePeriod[0]?.limit).toBe(8);
    expect(await clear(b, { id: 1 })).toBe("Accepted");
  });

  it("keeps default and maximum over a power cut; TxProfiles end with their transaction", async () => {
    const b = await charging();
    await set(b, profile({ id: 1, periods: [[0, 8]] }));
    await set(b, profile({ ...tx, id: 2, periods: [[0, 12]] }));
    b.station.cutPower();
    expect(amps(b)).toBe(0);
    const again = await running({ store: b.store, settings: quiet });
    evse(again).plug();
    await again.tap();
    await again.clock.advance(60_000);
    expect(amps(again)).toBeLessThanOrEqual(8);
    expect(amps(again)).toBeGreaterThan(7.5);
    expect(await clear(again, { id: 2 })).toBe("Unknown");
    expect(await clear(again, { id: 1 })).toBe("Accepted");
    expect(b.store.values.names("charging.")).toEqual([]);
  });
});

import { afterEach, describe, expect, it } from "vitest";
import { createCentral, createStation, type LibraryStation } from "../../src/index.ts";

/** Smart charging over a real socket: the built-in central system says the limits, the meter values show them. */

const KNOWN = "04A2241BC85E80";
const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

async function pair() {
  const central = await createCentral();
  open.push(() => central.close());
  const station = await createStation({ csms: central.url, id: "CP001", ocpp: "1.6", retapMs: 0 });
  open.push(() => station.stop());
  await station.online();
  const send = async (action: string, payload: object) => {
    const outcome = await central.send("CP001", action, payload);
    expect(outcome.kind).toBe("result");
    return outcome.kind === "result" ? (outcome.payload as Record<string, unknown>) : {};
  };
  return { central, station, send };
}

const profile = (purpose: string, more: object, periods: object[]) => ({
  chargingProfileId: 1,
  stackLevel: 0,
  chargingProfilePurpose: purpose,
  chargingProfileKind: "Relative",
  chargingSchedule: { chargingRateUnit: "A", chargingSchedulePeriod: periods },
  ...more,
});
const problems = (station: LibraryStation) =>
  station.facts().filter((f) => f.kind === "frame" && f.problem !== undefined);

describe("OCPP 1.6 smart charging, station and central system", () => {
  it("limits, suspends, tells the composite schedule, clears (TC_057_CS, TC_066_CS, TC_067_CS)", async () => {
    const { central, station, send } = await pair();
    await station.plug();
    await station.tap(KNOWN);
    const started = await station.waitFor({ kind: "transaction", event: "started" });
    await station.waitFor({ kind: "transaction", event: "delivered", seqNo: 0 });
    const transactionId = central.book.transactions()[0]?.id;
    expect(started).toMatchObject({ kind: "transaction" });

    const zero = profile("TxProfile", { transactionId }, [{ startPeriod: 0, limit: 0 }]);
    expect(await send("SetChargingProfile", { connectorId: 1, csChargingProfiles: zero })).toEqual({
      status: "Accepted",
    });
    await station.waitFor({ kind: "connector", chargePointStatus: "SuspendedEVSE" });
    expect(station.status().evses[0]?.powerW).toBe(0);

    const some = profile("TxProfile", { transactionId }, [
      { startPeriod: 0, limit: 10 },
      { startPeriod: 100_000, limit: 6 },
    ]);
    await send("SetChargingProfile", { connectorId: 1, csChargingProfiles: some });
    await station.waitFor({ kind: "connector", chargePointStatus: "Charging" });
    const composite = await send("GetCompositeSchedule", { connectorId: 1, duration: 60 });
    expect(composite).toMatchObject({
      status: "Accepted",
      connectorId: 1,
      chargingSchedule: {
        duration: 60,
        chargingRateUnit: "A",
        chargingSchedulePeriod: [{ startPeriod: 0, limit: 10, numberPhases: 3 }],
      },
    });
    expect(await send("ClearChargingProfile", { id: 1 })).toEqual({ status: "Accepted" });
    expect(await send("ClearChargingProfile", { id: 1 })).toEqual({ status: "Unknown" });
    const wrong = profile("TxProfile", { transactionId: 987_654 }, [{ startPeriod: 0, limit: 0 }]);
    expect(await send("SetChargingProfile", { connectorId: 1, csChargingProfiles: wrong })).toEqual({
      status: "Rejected",
    });
    expect(problems(station)).toEqual([]);
  });

  it("sends clock-aligned values when told so, and all that the transaction gathered with its end", async () => {
    const { central, station, send } = await pair();
    const change = (key: string, value: string) => send("ChangeConfiguration", { key, value });
    for (const [key, value] of [
      ["MeterValuesAlignedData", "SoC,Temperature,Frequency,Current.Import,Voltage,Power.Offered"],
      ["StopTxnAlignedData", "SoC"],
      ["ClockAlignedDataInterval", "1"],
    ] as const)
      expect(await change(key, value)).toEqual({ status: "Accepted" });
    await station.waitFor({ kind: "frame", action: "MeterValues", messageType: "CALLRESULT" });
    await station.plug();
    await station.tap(KNOWN);
    await station.waitFor({ kind: "transaction", event: "updated", trigger: "MeterValueClock" });
    await station.tap(KNOWN);
    await station.waitFor({ kind: "frame", action: "StopTransaction", messageType: "CALLRESULT" });
    const stop = station.facts().find((f) => f.kind === "frame" && f.action === "StopTransaction");
    expect(JSON.stringify(stop)).toContain("Transaction.Begin");
    expect(JSON.stringify(stop)).toContain("Sample.Clock");
    expect(central.book.transactions()).toHaveLength(1);
    expect(problems(station)).toEqual([]);
  });

  it("starts remotely under a profile, and says in its keys what it can", async () => {
    const { station, send } = await pair();
    await station.plug();
    const chargingProfile = profile("TxProfile", {}, [{ startPeriod: 0, limit: 0 }]);
    expect(await send("RemoteStartTransaction", { idTag: KNOWN, connectorId: 1, chargingProfile })).toEqual({
      status: "Accepted",
    });
    await station.waitFor({ kind: "connector", chargePointStatus: "SuspendedEVSE" });
    const key = [
      "ChargeProfileMaxStackLevel",
      "ChargingScheduleAllowedChargingRateUnit",
      "ChargingScheduleMaxPeriods",
      "MaxChargingProfilesInstalled",
      "ConnectorSwitch3to1PhaseSupported",
    ];
    const { configurationKey } = await send("GetConfiguration", {
      key: [...key, "SupportedFeatureProfiles"],
    });
    const values = (configurationKey as { value: string; readonly: boolean }[]).map((k) => k.value);
    expect(values.slice(0, 5)).toEqual(["20", "Current,Power", "100", "20", "true"]);
    expect(values[5]?.split(",")).toContain("SmartCharging");
    expect(problems(station)).toEqual([]);
  });
});

import { describe, expect } from "vitest";
import type { Payload } from "./central.ts";
import { CARD, OTHER, tagInfo } from "./rig.ts";
import { rule, testCase } from "./row.ts";

describe("a charging session (1.6 §3, §4.8 to §4.10)", () => {
  testCase("TC_003_CS", {}, async ({ central, station, clock, pass }) => {
    await station.plug();
    await central.status(1, "Preparing");
    expect(await station.tap(CARD)).toBe("accepted by csms");
    expect(station.signals.slice(-2)).toEqual(["read", "accepted"]);
    await central.expect("Authorize", { idTag: CARD });
    const timestamp = new Date(clock.now()).toISOString();
    const start = await central.expect("StartTransaction", { connectorId: 1, idTag: CARD, timestamp });
    await central.status(1, "Charging");
    await pass(1800);
    await station.tap(CARD);
    const stop = await central.expect("StopTransaction", { transactionId: 1, idTag: CARD });
    expect(stop.meterStop).toBe(station.status().evses[0]?.meterWh);
    expect(Number(stop.meterStop) - Number(start.meterStart)).toBeGreaterThan(5000);
    await central.status(1, "Finishing");
    await station.unplug();
    await central.status(1, "Available");
    await central.nothing("StatusNotification");
  });

  testCase("TC_004_1_CS", {}, async ({ central, station }) => {
    expect(await station.tap(CARD)).toBe("accepted by csms");
    await central.expect("Authorize", { idTag: CARD });
    await central.status(1, "Preparing");
    await central.nothing("StartTransaction");
    await station.plug();
    await central.expect("StartTransaction", { connectorId: 1, idTag: CARD });
    await central.status(1, "Charging");
    await central.nothing("Authorize");
  });

  testCase("TC_004_2_CS", { keys: { ConnectionTimeOut: 40 } }, async ({ central, station, pass }) => {
    await station.tap(CARD);
    await central.expect("Authorize");
    await central.status(1, "Preparing");
    await pass(39);
    await central.nothing("StatusNotification");
    await pass(1);
    await central.status(1, "Available");
    await station.plug();
    await central.status(1, "Preparing");
    await central.nothing("StartTransaction");
  });

  testCase(
    "TC_023_4_CS",
    { answers: { Authorize: tagInfo("Invalid") } },
    async ({ central, station, pass }) => {
      await station.plug();
      await central.status(1, "Preparing");
      expect(await station.tap(CARD)).toBe("rejected by csms: Invalid");
      await central.expect("Authorize", { idTag: CARD });
      await pass(60);
      await central.nothing();
      await station.unplug();
      await central.status(1, "Available");
    },
  );

  testCase("TC_041_CS", {}, async ({ central, station }) => {
    await station.fault(1, "GroundFailure");
    await central.status(1, "Faulted", { errorCode: "GroundFailure" });
    await station.clear(1);
    await central.status(1, "Available", { errorCode: "NoError" });
  });

  rule("§4.9", "a fault while charging ends energy and transaction", {}, async ({ central, station }) => {
    await station.charge();
    for (const action of ["Authorize", "StartTransaction"]) await central.expect(action);
    for (const status of ["Preparing", "Charging"]) await central.status(1, status);
    await station.fault(1, "OverCurrentFailure");
    await central.expect("StopTransaction", { transactionId: 1, reason: "Other" });
    await central.status(1, "Faulted", { errorCode: "OverCurrentFailure" });
    expect(station.status().evses[0]?.powerW).toBe(0);
    expect(await station.tap(OTHER)).toMatch(/^rejected/);
    await station.clear(1);
    await central.status(1, "Finishing", { errorCode: "NoError" });
  });

  rule("§4.9", "a fault of the station itself is connector 0's", {}, async ({ central, station }) => {
    await station.fault(0, "ReaderFailure");
    await central.status(0, "Faulted", { errorCode: "ReaderFailure" });
    await station.clear(0);
    await central.status(0, "Available", { errorCode: "NoError" });
    await central.nothing("StatusNotification");
  });

  rule(
    "§4.9",
    "a full car is SuspendedEV, the transaction stays open",
    { keys: { MeterValueSampleInterval: 0 } },
    async ({ central, station, pass }) => {
      await station.charge();
      for (const status of ["Preparing", "Charging"]) await central.status(1, status);
      await pass(12 * 3600);
      await central.status(1, "SuspendedEV");
      central.skip();
      await central.nothing("StopTransaction");
    },
  );

  rule(
    "§9.1.20",
    "MinimumStatusDuration: what is over sooner is not told",
    { keys: { MinimumStatusDuration: 10 } },
    async ({ central, station, pass }) => {
      await station.plug();
      await pass(5);
      await station.unplug();
      await pass(60);
      await central.nothing("StatusNotification");
      await station.plug();
      await pass(10);
      await central.status(1, "Preparing");
    },
  );

  rule(
    "§3",
    "after the end another card may start while the cable is still in",
    {},
    async ({ central, station }) => {
      await station.charge();
      await station.tap(CARD);
      for (const status of ["Preparing", "Charging", "Finishing"]) await central.status(1, status);
      for (const action of ["Authorize", "StartTransaction", "StopTransaction"]) await central.expect(action);
      await station.tap(OTHER);
      await central.expect("Authorize", { idTag: OTHER });
      await central.expect("StartTransaction", { idTag: OTHER });
      // Transition F2: there is none from Finishing to Charging.
      await central.status(1, "Preparing");
      await central.status(1, "Charging");
    },
  );

  rule(
    "§3",
    "one transaction a connector, each with its own card",
    { connectors: 2 },
    async ({ central, station }) => {
      await station.charge(CARD, 1);
      await station.charge(OTHER, 2);
      for (const connectorId of [1, 2]) {
        await central.expect("Authorize");
        await central.expect("StartTransaction", { connectorId });
      }
      await station.tap(CARD);
      await central.expect("StopTransaction", { transactionId: 1 });
      await station.tap(OTHER);
      await central.expect("StopTransaction", { transactionId: 2 });
    },
  );

  rule("§4.1", "no energy before authorization", {}, async ({ station, pass }) => {
    await station.plug();
    await pass(3600);
    expect(station.status().evses[0]?.meterWh).toBe(0);
  });
});

const sampled = (payload: Payload) =>
  (payload.meterValue as { timestamp: string; sampledValue: Payload[] }[]).flatMap((m) => m.sampledValue);

describe("meter values (1.6 §3.16, §4.7)", () => {
  testCase(
    "TC_070_CS",
    {
      keys: {
        MeterValueSampleInterval: 30,
        MeterValuesSampledData: "Energy.Active.Import.Register,Power.Active.Import,Voltage",
      },
    },
    async ({ central, station, pass }) => {
      await station.charge();
      await pass(90);
      const register: number[] = [];
      for (let i = 0; i < 3; i++) {
        const values = await central.expect("MeterValues", { connectorId: 1, transactionId: 1 });
        const all = sampled(values);
        expect(new Set(all.map((v) => v.measurand))).toEqual(
          new Set(["Energy.Active.Import.Register", "Power.Active.Import", "Voltage"]),
        );
        expect(new Set(all.map((v) => v.context))).toEqual(new Set(["Sample.Periodic"]));
        register.push(Number(all.find((v) => v.measurand === "Energy.Active.Import.Register")?.value));
      }
      await central.nothing("MeterValues");
      expect(
        central.all("MeterValues").map((c) => (c.at - (central.all("StartTransaction")[0]?.at ?? 0)) / 1000),
      ).toEqual([30, 60, 90]);
      expect(register.every((wh, i) => i === 0 || wh > (register[i - 1] ?? 0))).toBe(true);
      central.skip();
    },
  );

  testCase(
    "TC_071_CS",
    {
      keys: {
        MeterValueSampleInterval: 0,
        ClockAlignedDataInterval: 900,
        MeterValuesAlignedData: "Energy.Active.Import.Register",
      },
    },
    async ({ central, station, pass }) => {
      await pass(600);
      await station.charge();
      await pass(1200);
      // On the clock, not from the start: 10:15 and 10:30.
      for (const timestamp of ["2030-01-01T10:15:00.000Z", "2030-01-01T10:30:00.000Z"]) {
        const values = await central.expect("MeterValues", { connectorId: 1, transactionId: 1 });
        expect(values.meterValue).toMatchObject([{ timestamp, sampledValue: [{ context: "Sample.Clock" }] }]);
      }
      await central.nothing("MeterValues");
      central.skip();
    },
  );

  rule(
    "§9.1.18",
    "clock-aligned values come also when nobody charges, without a transactionId",
    {
      keys: { ClockAlignedDataInterval: 600 },
    },
    async ({ central, pass }) => {
      await pass(600);
      const values = await central.expect("MeterValues", { connectorId: 1 });
      expect(values).not.toHaveProperty("transactionId");
    },
  );

  rule(
    "§9.1.16",
    "StopTxnSampledData: StopTransaction has begin, end and what was sampled between",
    {
      keys: { MeterValueSampleInterval: 60, StopTxnSampledData: "Energy.Active.Import.Register" },
    },
    async ({ central, station, pass }) => {
      await station.charge();
      await pass(120);
      await station.tap(CARD);
      for (const action of ["Authorize", "StartTransaction"]) await central.expect(action);
      const { transactionData } = await central.expect("StopTransaction");
      const contexts = sampled({ meterValue: transactionData }).map((v) => v.context);
      expect(contexts).toEqual([
        "Transaction.Begin",
        "Sample.Periodic",
        "Sample.Periodic",
        "Transaction.End",
      ]);
    },
  );

  rule(
    "§9.1.15",
    "MeterValueSampleInterval 0 sends none",
    { keys: { MeterValueSampleInterval: 0 } },
    async ({ central, station, pass }) => {
      await station.charge();
      await pass(3600);
      await central.nothing("MeterValues");
      central.skip();
    },
  );
});

import { describe, expect } from "vitest";
import { CARD, tagInfo } from "./rig.ts";
import { rule, testCase } from "./row.ts";

const anybody = { AllowOfflineTxForUnknownId: true, MeterValueSampleInterval: 0 };

describe("offline (1.6 §3.5, §3.7)", () => {
  testCase("TC_036_CS", { keys: { MeterValueSampleInterval: 60 } }, async ({ central, station, pass }) => {
    await station.charge();
    central.skip();
    await station.offline();
    await pass(180);
    expect(station.status().evses[0]?.chargePointStatus).toBe("Charging");
    await station.online();
    for (let i = 0; i < 3; i++) await central.expect("MeterValues", { transactionId: 1 });
    await central.nothing();
    await central.nothing("StatusNotification");
    await station.tap(CARD);
    await central.expect("StopTransaction", { transactionId: 1 });
  });

  testCase("TC_037_1_CS", { keys: anybody }, async ({ central, station, clock, pass }) => {
    await station.offline();
    await station.charge();
    const timestamp = new Date(clock.now()).toISOString();
    await pass(600);
    await station.online();
    await central.expect("StartTransaction", { connectorId: 1, idTag: CARD, timestamp });
    await central.status(1, "Charging");
    await central.nothing("Authorize");
  });

  testCase(
    "TC_037_2_CS",
    {
      keys: { ...anybody, StopTransactionOnInvalidId: false },
      answers: { StartTransaction: { transactionId: 3, ...tagInfo("Invalid") } },
    },
    async ({ central, station, pass }) => {
      await station.offline();
      await station.charge();
      await pass(60);
      await station.online();
      await central.expect("StartTransaction", { idTag: CARD });
      await central.status(1, "Charging");
      await central.status(1, "SuspendedEVSE");
      await pass(600);
      await central.nothing("StopTransaction");
    },
  );

  testCase(
    "TC_037_3_CS",
    {
      keys: anybody,
      answers: { StartTransaction: { transactionId: 3, ...tagInfo("Invalid") } },
    },
    async ({ central, station, pass }) => {
      await station.offline();
      await station.charge();
      await pass(60);
      await station.online();
      await central.expect("StartTransaction", { idTag: CARD });
      await central.expect("StopTransaction", { transactionId: 3, reason: "DeAuthorized" });
      await central.status(1, "Charging");
      await central.status(1, "Finishing");
    },
  );

  testCase("TC_038_CS", {}, async ({ central, station, clock, pass }) => {
    await station.charge();
    for (const action of ["Authorize", "StartTransaction"]) await central.expect(action);
    for (const status of ["Preparing", "Charging"]) await central.status(1, status);
    await station.offline();
    await pass(60);
    expect(await station.tap(CARD)).toBe("accepted by transaction");
    const timestamp = new Date(clock.now()).toISOString();
    await pass(60);
    await station.unplug();
    await station.online();
    await central.expect("StopTransaction", { transactionId: 1, idTag: CARD, timestamp });
    await central.status(1, "Available");
    await central.nothing("StatusNotification");
  });

  testCase("TC_039_CS", { keys: anybody }, async ({ central, station, pass }) => {
    await station.offline();
    await station.charge();
    await pass(600);
    await station.tap(CARD);
    await station.unplug();
    await station.online();
    const start = await central.expect("StartTransaction", { idTag: CARD });
    const stop = await central.expect("StopTransaction", { transactionId: 1, idTag: CARD });
    expect(Date.parse(String(stop.timestamp)) - Date.parse(String(start.timestamp))).toBe(600_000);
    expect(Number(stop.meterStop)).toBeGreaterThan(Number(start.meterStart));
    await central.nothing("StatusNotification");
  });

  rule(
    "§3.5",
    "a central system that cannot be reached refuses nobody by itself: what is known valid may charge",
    {},
    async ({ central, station }) => {
      await station.tap(CARD);
      await station.tap(CARD);
      await central.expect("Authorize");
      await station.offline();
      await station.charge();
      expect(station.signals.slice(-2)).toEqual(["read", "accepted"]);
      await station.online();
      await central.expect("StartTransaction", { idTag: CARD });
    },
  );

  rule(
    "§3.7",
    "StartTransaction, MeterValues and StopTransaction of an outage come in the order of their times",
    {
      keys: { ...anybody, MeterValueSampleInterval: 100 },
    },
    async ({ central, station, pass }) => {
      await station.offline();
      await station.charge();
      await pass(250);
      await station.tap(CARD);
      await station.online();
      const related = central.calls
        .filter((c) => /Transaction$|MeterValues/.test(c.action))
        .map((c) => c.action);
      expect(related.slice(-4)).toEqual([
        "StartTransaction",
        "MeterValues",
        "MeterValues",
        "StopTransaction",
      ]);
      central.skip();
    },
  );
});

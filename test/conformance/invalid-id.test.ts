import { describe, expect } from "vitest";
import { CARD, OTHER, type RigOptions, tagInfo } from "./rig.ts";
import { rule } from "./row.ts";

const refused = (more: RigOptions["keys"] = {}, status = "Blocked"): RigOptions => ({
  keys: { MeterValueSampleInterval: 0, ...more },
  answers: { StartTransaction: { transactionId: 7, ...tagInfo(status) } },
});

describe("StartTransaction.conf is not Accepted (1.6 §3.5.4, §4.8, erratum 3.17)", () => {
  for (const status of ["Blocked", "Expired", "Invalid", "ConcurrentTx"]) {
    rule(
      "§9.1.24",
      `StopTransactionOnInvalidId true: ${status} ends the transaction, DeAuthorized`,
      refused({}, status),
      async ({ central, station }) => {
        await station.charge();
        await central.expect("Authorize");
        await central.expect("StartTransaction");
        const stop = await central.expect("StopTransaction", { transactionId: 7, reason: "DeAuthorized" });
        expect(stop).not.toHaveProperty("idTag");
        expect(station.status().evses[0]?.powerW).toBe(0);
      },
    );

    rule(
      "§4.8",
      `StopTransactionOnInvalidId false: ${status} ends the energy only, SuspendedEVSE`,
      refused(
        {
          StopTransactionOnInvalidId: false,
        },
        status,
      ),
      async ({ central, station, pass }) => {
        await station.charge();
        await central.expect("Authorize");
        await central.expect("StartTransaction");
        await central.status(1, "Preparing");
        await central.status(1, "Charging");
        await central.status(1, "SuspendedEVSE");
        const wh = station.status().evses[0]?.meterWh;
        await pass(3600);
        expect(station.status().evses[0]?.meterWh).toBe(wh);
        await central.nothing("StopTransaction");
        await station.unplug();
        await central.expect("StopTransaction", { transactionId: 7, reason: "EVDisconnected" });
      },
    );
  }

  rule(
    "§3.5.4",
    "MaxEnergyOnInvalidId lets so many Wh flow, then SuspendedEVSE",
    refused({
      StopTransactionOnInvalidId: false,
      MaxEnergyOnInvalidId: 500,
    }),
    async ({ central, station, pass }) => {
      await station.charge();
      await central.expect("Authorize");
      await central.expect("StartTransaction", { meterStart: 0 });
      await central.status(1, "Preparing");
      await central.status(1, "Charging");
      await pass(60);
      await central.nothing("StatusNotification");
      await pass(600);
      await central.status(1, "SuspendedEVSE");
      const wh = station.status().evses[0]?.meterWh ?? 0;
      // Looked at every few seconds: at 11 kW no more than some 20 Wh beyond.
      expect(wh).toBeGreaterThanOrEqual(500);
      expect(wh).toBeLessThan(520);
      await pass(3600);
      expect(station.status().evses[0]?.meterWh).toBe(wh);
      await station.unplug();
      await central.expect("StopTransaction", { meterStop: wh });
    },
  );

  rule(
    "§9.1.14",
    "MaxEnergyOnInvalidId does not soften StopTransactionOnInvalidId",
    refused({
      MaxEnergyOnInvalidId: 500,
    }),
    async ({ central, station }) => {
      await station.charge();
      for (const action of ["Authorize", "StartTransaction"]) await central.expect(action);
      await central.expect("StopTransaction", { reason: "DeAuthorized" });
    },
  );

  rule(
    "§3.5.4",
    "nobody else may pay for it: another card does not bring the energy back",
    refused({
      StopTransactionOnInvalidId: false,
    }),
    async ({ central, station, pass }) => {
      await station.charge();
      expect(await station.tap(OTHER)).toMatch(/^rejected/);
      for (const action of ["Authorize", "StartTransaction", "Authorize"]) await central.expect(action);
      await pass(600);
      expect(station.status().evses[0]?.powerW).toBe(0);
    },
  );

  rule(
    "§3.5.4",
    "the card itself still ends the transaction that lost its energy",
    refused({
      StopTransactionOnInvalidId: false,
    }),
    async ({ central, station }) => {
      await station.charge();
      await station.tap(CARD);
      for (const action of ["Authorize", "StartTransaction"]) await central.expect(action);
      await central.expect("StopTransaction", { transactionId: 7, idTag: CARD });
    },
  );

  rule(
    "§4.8",
    "a late answer about a finished transaction gives its id, and stops nothing else",
    {
      answers: { StartTransaction: "silence" },
    },
    async ({ central, station }) => {
      await station.charge();
      await station.unplug();
      for (const action of ["Authorize", "StartTransaction"]) await central.expect(action);
      await central.nothing("StopTransaction");
      central.answer("StartTransaction", { transactionId: 8, ...tagInfo("Accepted") });
      await central.reply("StartTransaction", { transactionId: 7, ...tagInfo("Blocked") });
      await central.expect("StopTransaction", { transactionId: 7, reason: "EVDisconnected" });
      await station.charge(OTHER);
      await central.expect("Authorize");
      await central.expect("StartTransaction", { idTag: OTHER });
      await central.nothing("StopTransaction");
    },
  );
});

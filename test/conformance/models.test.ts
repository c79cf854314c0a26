import { describe, expect, it } from "vitest";
import { tableOf } from "../../src/app/models.ts";
import { loadDefinitions } from "../../src/drivers/definitions.ts";
import { quirkHelp, quirkNames } from "../../src/station/quirks.ts";
import { CARD, OTHER, type Rig } from "./rig.ts";
import { rule } from "./row.ts";

/** Vendor behaviour as data: every model in a session, and every quirk as the central system sees it. */

const { stations } = await loadDefinitions();
const models = [...stations.keys()];
const every15 = { MeterValueSampleInterval: 15 };

describe.each(models)("model %s", (model) => {
  rule("§4", "boots, charges a card, tells its energy and its end", { model }, async (rig) => {
    const { central, station } = rig;
    await station.charge();
    if (stations.get(model)?.settings?.["AuthCtrlr.Enabled"] !== false) await central.expect("Authorize");
    const start = await central.expect("StartTransaction");
    await rig.pass(1000);
    expect(await station.tap(CARD)).toMatch(/^accepted/);
    const stop = await central.expect("StopTransaction");
    expect(Number(stop.meterStop)).toBeGreaterThan(Number(start.meterStart));
    await station.unplug();
    expect(station.status().evses[0]?.chargePointStatus).toBe("Available");
    const keys = (await central.send("GetConfiguration")).configurationKey as { key: string }[];
    expect(keys.map((k) => k.key)).toEqual(tableOf(stations.get(model) ?? never()).keys16);
    central.skip();
  });

  rule("2.0.1", "registers and charges", { model, ocpp: "2.0.1" }, async ({ central, station }) => {
    await station.charge();
    central.skip();
    expect(station.status().evses[0]).toMatchObject({ status: "Occupied", transaction: {} });
  });
});

const never = (): never => {
  throw new Error("no such model");
};

it("there are at least eight models, and every quirk has one, with a line of help", () => {
  expect(models.length).toBeGreaterThanOrEqual(8);
  const used = new Set([...stations.values()].flatMap((m) => m.quirks ?? []));
  expect([...used].sort()).toEqual([...quirkNames].sort());
  for (const name of quirkNames) expect(quirkHelp(name).length).toBeGreaterThan(20);
});

const statuses = ({ central }: Rig) =>
  central.all("StatusNotification").flatMap(({ payload: p }) => (p.connectorId === 1 ? [p.status] : []));

describe("quirks on the wire", () => {
  rule(
    "mennekes-like",
    "asks in lower case, tells every status twice",
    { model: "mennekes-like" },
    async (rig) => {
      const { central, station } = rig;
      await station.charge();
      await central.expect("Authorize", { idTag: CARD.toLowerCase() });
      await central.expect("StartTransaction", { idTag: CARD });
      expect(statuses(rig)).toEqual([
        "Available",
        "Available",
        "Preparing",
        "Preparing",
        "Charging",
        "Charging",
      ]);
    },
  );

  rule(
    "mennekes-like",
    "has no heartbeat while it charges, and wants the cable pulled before the next card",
    { model: "mennekes-like", keys: { HeartbeatInterval: 60, MeterValueSampleInterval: 0 } },
    async (rig) => {
      const { central, station } = rig;
      await central.send(
        "ChangeConfiguration",
        { key: "HeartbeatInterval", value: "60" },
        { status: "Accepted" },
      );
      await rig.pass(61);
      await central.expect("Heartbeat");
      await station.charge();
      await rig.pass(200);
      await central.nothing("Heartbeat");
      await station.tap(CARD);
      central.skip();
      await rig.pass(61);
      await central.expect("Heartbeat");
      expect(await station.tap(OTHER)).toMatch(/^rejected by station/);
      await central.nothing("Authorize");
      await station.unplug();
      await station.plug();
      expect(await station.tap(OTHER)).toMatch(/^accepted/);
      central.skip();
    },
  );

  rule(
    "easee-like",
    "reverses the card, and tells SuspendedEV before Charging",
    { model: "easee-like" },
    async (rig) => {
      await rig.station.charge("047DAFBA7F8231");
      await rig.central.expect("Authorize", { idTag: "31827FBAAF7D04" });
      await rig.central.expect("StartTransaction");
      expect(statuses(rig)).toEqual(["Available", "Preparing", "SuspendedEV", "Charging"]);
    },
  );

  rule(
    "easee-like",
    "lacks its cache's key, and so a cache",
    { model: "easee-like" },
    async ({ central }) => {
      const asked = { key: ["AuthorizationCacheEnabled", "HeartbeatInterval"] };
      const answer = await central.send("GetConfiguration", asked);
      expect(answer).toMatchObject({ unknownKey: ["AuthorizationCacheEnabled"] });
      const change = { key: "AuthorizationCacheEnabled", value: "true" };
      await central.send("ChangeConfiguration", change, { status: "NotSupported" });
      await central.send("ClearCache", {}, { status: "Rejected" });
    },
  );

  rule("dbt-like", "speaks as an early 1.6 did", { model: "dbt-like", keys: every15 }, async (rig) => {
    const { central, station } = rig;
    await station.charge("04B3352CD96F91");
    const whole = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;
    await central.expect("Authorize", { idTag: "04B3352C" });
    const start = await central.expect("StartTransaction", { idTag: "04B3352C" });
    expect(start.timestamp).toMatch(whole);
    await rig.pass(16);
    const values = await central.expect("MeterValues");
    expect(values).not.toHaveProperty("transactionId");
    expect(values).toMatchObject({ meterValue: [{ timestamp: expect.stringMatching(whole) }] });
    await station.tap("04B3352CD96F91");
    const stop = await central.expect("StopTransaction");
    expect(Object.keys(stop)).not.toEqual(expect.arrayContaining(["transactionData"]));
    expect(Object.keys(stop)).not.toEqual(expect.arrayContaining(["idTag"]));
    for (const { payload } of central.all("StatusNotification")) expect(payload.timestamp).toMatch(whole);
  });

  rule(
    "dbt-like",
    "does not do the profiles that it does not name",
    { model: "dbt-like" },
    async ({ central }) => {
      await central.send("SendLocalList", { listVersion: 1, updateType: "Full" }, { status: "NotSupported" });
      await central.send("GetLocalListVersion", {}, { listVersion: -1 });
      await central.send("CancelReservation", { reservationId: 1 }, { error: "NotSupported" });
      await central.send("TriggerMessage", { requestedMessage: "Heartbeat" }, { status: "Accepted" });
      await central.expect("Heartbeat");
      const change = { key: "StopTransactionOnInvalidId", value: "false" };
      await central.send("ChangeConfiguration", change, { status: "Rejected" });
      const voltage = { key: "MeterValuesSampledData", value: "Voltage" };
      await central.send("ChangeConfiguration", voltage, { status: "Rejected" });
    },
  );

  rule(
    "smartevse-like",
    "knows six bytes, counts in kWh",
    { model: "smartevse-like", keys: every15 },
    async (rig) => {
      const { central, station } = rig;
      await station.charge("047DAFBA7F8231");
      await central.expect("Authorize", { idTag: "047DAFBA7F82" });
      await central.expect("StartTransaction");
      await rig.pass(60);
      const sample = (await central.expect("MeterValues")) as {
        meterValue?: { sampledValue: { unit: string; value: string }[] }[];
      };
      const energy = sample.meterValue?.[0]?.sampledValue[0];
      expect(energy?.unit).toBe("kWh");
      expect(Number(energy?.value)).toBeLessThan(1);
      central.skip();
    },
  );

  rule(
    "smartevse-like",
    "spells four bytes with zeros at the end",
    { model: "smartevse-like" },
    async (rig) => {
      await rig.station.tap("04A1B2C3");
      await rig.central.expect("Authorize", { idTag: "04A1B2C30000" });
    },
  );

  rule(
    "smartevse-like",
    "takes its Mode on with a restart",
    { model: "smartevse-like" },
    async ({ central, station }) => {
      const mode = (value: string) => ({ key: "Mode", value });
      await central.send("ChangeConfiguration", mode("Dusk"), { status: "Rejected" });
      await central.send("ChangeConfiguration", mode("Solar"), { status: "RebootRequired" });
      await station.power("cut");
      await station.power("restore");
      await central.send("ChangeConfiguration", mode("Solar"), { status: "Accepted" });
      central.skip();
    },
  );

  rule(
    "alfen-like",
    "rejects tokens that are no hex",
    { model: "alfen-like" },
    async ({ central, station }) => {
      await station.plug();
      const start = (idTag: string) => ({ connectorId: 1, idTag });
      await central.send("RemoteStartTransaction", start("APP-USER-1"), { status: "Rejected" });
      await central.send("RemoteStartTransaction", start("04a2241bc85e80"), { status: "Accepted" });
      await central.expect("Authorize", { idTag: "04a2241bc85e80" });
      await central.expect("StartTransaction");
    },
  );

  rule(
    "alfen-like",
    "tells codes of its own, and keeps a PIN to itself",
    { model: "alfen-like" },
    async (rig) => {
      const { central, station } = rig;
      await station.lock("jam");
      await station.charge().catch(() => {});
      await central.status(1, "Preparing", { vendorErrorCode: "0", vendorId: "com.example.post" });
      await central.expect("Authorize");
      const code = { errorCode: "ConnectorLockFailure", vendorErrorCode: "301" };
      await central.status(1, "Faulted", code);
      await central.send("ChangeConfiguration", { key: "MasterPin", value: "4711" }, { status: "Accepted" });
      expect(JSON.stringify(rig.facts)).not.toContain("4711");
      const told = await central.send("GetConfiguration", { key: ["MasterPin", "StationSerial"] });
      expect(told).toEqual({
        configurationKey: [
          { key: "MasterPin", readonly: false },
          { key: "StationSerial", readonly: true, value: "ACE0000001" },
        ],
      });
      await central.send(
        "ChangeConfiguration",
        { key: "StationMaxCurrent", value: "65" },
        { status: "Rejected" },
      );
      await central.send("ChangeConfiguration", { key: "StationSerial", value: "x" }, { status: "Rejected" });
    },
  );

  rule(
    "free-wallbox",
    "starts without Authorize, whatever is thought of it",
    { model: "free-wallbox" },
    async (rig) => {
      const { central, station } = rig;
      central.answer("StartTransaction", { transactionId: 1, idTagInfo: { status: "Blocked" } });
      await station.charge(OTHER);
      await central.expect("StartTransaction", { idTag: OTHER });
      await central.nothing("Authorize");
      expect(station.status().evses[0]?.chargePointStatus).toBe("Charging");
    },
  );

  rule(
    "fast-dc-two-outlets",
    "charges at both outlets",
    { model: "fast-dc-two-outlets", keys: every15 },
    async (rig) => {
      const { central, station } = rig;
      await station.charge(CARD, 1);
      await station.charge(OTHER, 2);
      for (const connectorId of [1, 2]) {
        await central.expect("Authorize");
        await central.expect("StartTransaction", { connectorId });
      }
      await rig.pass(16);
      const values = (await central.expect("MeterValues")) as {
        meterValue?: { sampledValue: { measurand: string; phase?: string }[] }[];
      };
      const sampled = values.meterValue?.[0]?.sampledValue ?? [];
      expect(sampled.map((v) => v.measurand)).toContain("SoC");
      expect(sampled.every((v) => v.phase === undefined)).toBe(true);
      central.skip();
    },
  );
});

import { describe, expect } from "vitest";
import { CARD, type Rig } from "./rig.ts";
import { rule, testCase } from "./row.ts";

const at = "2030-01-01T10:00:00.000Z";
const boot = (status: string, interval: number) => ({ status, interval, currentTime: at });

describe("BootNotification (1.6 §4.2)", () => {
  testCase(
    "TC_001_CS",
    {
      watchBoot: true,
      connectors: 2,
      answers: { BootNotification: boot("Accepted", 300) },
    },
    async ({ central, pass }) => {
      expect(central.handshakes[0]?.headers["sec-websocket-protocol"]).toBe("ocpp1.6");
      expect(central.handshakes[0]?.url).toMatch(/\/CP001$/);
      await central.expect("BootNotification", {
        chargePointVendor: "tapstation",
        chargePointModel: "Generic AC",
      });
      for (const connectorId of [0, 1, 2])
        await central.status(connectorId, "Available", { errorCode: "NoError" });
      await pass(299);
      await central.nothing("Heartbeat");
      await pass(1);
      await central.expect("Heartbeat");
    },
  );

  testCase(
    "TC_002_CS",
    {
      watchBoot: true,
      answers: { BootNotification: boot("Pending", 60) },
    },
    async ({ central, pass }) => {
      await central.expect("BootNotification");
      await pass(30);
      // The central system may look at and change the configuration, and trigger messages (§4.2).
      await central.send(
        "GetConfiguration",
        { key: ["HeartbeatInterval"] },
        { configurationKey: [{ value: "300" }] },
      );
      await central.send(
        "ChangeConfiguration",
        { key: "MeterValueSampleInterval", value: "20" },
        { status: "Accepted" },
      );
      await central.nothing();
      await central.nothing("StatusNotification");
      await central.nothing("Heartbeat");
      central.answer("BootNotification", boot("Accepted", 300));
      await pass(30);
      await central.expect("BootNotification");
      await central.status(0, "Available");
      await central.status(1, "Available");
    },
  );

  rule(
    "§4.2",
    "nothing but BootNotification goes before Accepted, whatever happens meanwhile",
    {
      watchBoot: true,
      answers: { BootNotification: "silence" },
    },
    async ({ central, station, pass }) => {
      await station.plug();
      await station.tap(CARD);
      await station.fault(1, "GroundFailure");
      await pass(20);
      expect(central.calls.map((c) => c.action)).toEqual(["BootNotification"]);
      await central.reply("BootNotification", boot("Accepted", 300));
      await central.expect("BootNotification");
      // What counts is how it is now, no history.
      await central.status(0, "Available");
      await central.status(1, "Faulted", { errorCode: "GroundFailure" });
      await central.nothing("StatusNotification");
    },
  );

  for (const status of ["Pending", "Rejected"]) {
    rule(
      "§4.2",
      `${status}: again after the interval, not before`,
      {
        watchBoot: true,
        answers: { BootNotification: boot(status, 45) },
      },
      async ({ central, pass }) => {
        await central.expect("BootNotification");
        await pass(44);
        await central.nothing("BootNotification");
        await pass(1);
        await central.expect("BootNotification");
        await pass(45);
        await central.expect("BootNotification");
        await central.nothing("StatusNotification");
      },
    );
  }

  rule(
    "§4.2",
    "Rejected: the central system's messages are not for this station and get no answer",
    {
      watchBoot: true,
      answers: { BootNotification: boot("Rejected", 60) },
    },
    async ({ central }) => {
      await central.expect("BootNotification");
      await central.sendInVain("GetConfiguration", {});
      await central.sendInVain("TriggerMessage", { requestedMessage: "BootNotification" });
      await central.nothing("BootNotification");
    },
  );

  rule(
    "§5.17",
    "Pending: TriggerMessage brings what it asks for, and nothing else",
    {
      watchBoot: true,
      answers: { BootNotification: boot("Pending", 600) },
    },
    async ({ central }) => {
      await central.expect("BootNotification");
      await central.send(
        "TriggerMessage",
        { requestedMessage: "StatusNotification", connectorId: 1 },
        { status: "Accepted" },
      );
      await central.status(1, "Available");
      await central.send("TriggerMessage", { requestedMessage: "Heartbeat" }, { status: "Accepted" });
      await central.expect("Heartbeat");
      central.answer("BootNotification", boot("Accepted", 300));
      await central.send("TriggerMessage", { requestedMessage: "BootNotification" }, { status: "Accepted" });
      await central.expect("BootNotification");
      await central.status(0, "Available");
      await central.status(1, "Available");
    },
  );

  rule(
    "§4.2",
    "an interval of 0 leaves the heartbeat to the station: its own HeartbeatInterval",
    {
      watchBoot: true,
      keys: { HeartbeatInterval: 120 },
      answers: { BootNotification: boot("Accepted", 0) },
    },
    async ({ central, pass }) => {
      await central.expect("BootNotification");
      await pass(120);
      await central.expect("Heartbeat");
    },
  );

  rule(
    "§4.2",
    "an interval of 0 with Pending is no flood: the station waits its own time",
    {
      watchBoot: true,
      answers: { BootNotification: boot("Pending", 0) },
    },
    async ({ central, pass }) => {
      await pass(60);
      expect(central.all("BootNotification").length).toBeGreaterThan(1);
      expect(central.all("BootNotification").length).toBeLessThan(12);
      central.skip();
    },
  );

  rule(
    "§4.2",
    "the interval of Accepted is HeartbeatInterval from then on",
    {
      watchBoot: true,
      answers: { BootNotification: boot("Accepted", 77) },
    },
    async ({ central }) => {
      await central.expect("BootNotification");
      await central.send(
        "GetConfiguration",
        { key: ["HeartbeatInterval"] },
        { configurationKey: [{ value: "77" }] },
      );
    },
  );

  rule(
    "§4.6",
    "HeartbeatInterval, when it is changed, counts from then on",
    {},
    async ({ central, pass }) => {
      await pass(30);
      await central.send(
        "ChangeConfiguration",
        { key: "HeartbeatInterval", value: "50" },
        { status: "Accepted" },
      );
      await pass(49);
      await central.nothing("Heartbeat");
      await pass(1);
      await central.expect("Heartbeat");
      await pass(50);
      await central.expect("Heartbeat");
    },
  );

  rule(
    "§4.2",
    "CALLERROR and silence: asked again, and nothing else said",
    {
      watchBoot: true,
      keys: { MessageTimeout: 10 },
      answers: { BootNotification: "silence" },
    },
    async ({ central, pass }) => {
      await pass(60);
      central.answer("BootNotification", { error: "InternalError" });
      await pass(60);
      expect(new Set(central.calls.map((c) => c.action))).toEqual(new Set(["BootNotification"]));
      central.answer("BootNotification", boot("Accepted", 300));
      await pass(60);
      await central.status(1, "Available");
      central.skip();
    },
  );

  rule(
    "§4.2.1",
    "a station that was never accepted lets nobody charge",
    {
      watchBoot: true,
      keys: { AllowOfflineTxForUnknownId: true },
      answers: { BootNotification: boot("Pending", 600) },
    },
    async ({ central, station }) => {
      await station.plug();
      expect(await station.tap(CARD)).toBe("rejected by station: Invalid");
      await central.expect("BootNotification");
    },
  );

  rule(
    "§4.2.1",
    "one that was accepted once goes by its offline rules",
    { keys: { AllowOfflineTxForUnknownId: true } },
    async ({ central, station }) => {
      central.answer("BootNotification", boot("Pending", 600));
      await station.power("cut");
      await station.power("restore");
      await station.plug();
      expect(await station.tap(CARD)).toBe("accepted by settings");
      await central.expect("BootNotification");
      await central.nothing("StartTransaction");
    },
  );
});

/** The connection breaks and comes back. */
const blink = async ({ station, pass }: Rig, seconds = 10) => {
  await station.offline();
  await pass(seconds);
  await station.online();
};

describe("after a mere reconnect (1.6 §4.9, OCPP-J §5.4)", () => {
  rule(
    "J §5.4",
    "no BootNotification, and no status that has not changed",
    { connectors: 2 },
    async (rig) => {
      await blink(rig);
      await rig.central.nothing("BootNotification");
      await rig.central.nothing("StatusNotification");
    },
  );

  rule("§4.9", "only what has changed, as it is now", { connectors: 2 }, async (rig) => {
    const { central, station } = rig;
    await station.offline();
    await station.plug(1);
    await station.plug(2);
    await station.unplug(2);
    await station.online();
    await central.status(1, "Preparing");
    await central.nothing("StatusNotification");
  });

  rule("§4.6", "heartbeats rest while offline", { keys: { HeartbeatInterval: 60 } }, async (rig) => {
    const { central, pass } = rig;
    await central.send("ChangeConfiguration", { key: "HeartbeatInterval", value: "60" });
    await blink(rig, 600);
    await central.nothing("Heartbeat");
    await pass(60);
    await central.expect("Heartbeat");
    await central.nothing("Heartbeat");
  });
});

describe("the connection breaks while the station registers (1.6 §4.2)", () => {
  rule(
    "§4.2",
    "before the answer: BootNotification goes again with the next connection",
    {
      watchBoot: true,
      answers: { BootNotification: "silence" },
    },
    async ({ central, station }) => {
      await central.expect("BootNotification");
      central.answer("BootNotification", boot("Accepted", 300));
      await station.offline();
      await station.online();
      await central.expect("BootNotification");
      await central.status(1, "Available");
    },
  );

  rule(
    "§4.2",
    "while Pending: the interval holds over a reconnect",
    {
      watchBoot: true,
      answers: { BootNotification: boot("Pending", 60) },
    },
    async (rig) => {
      await rig.central.expect("BootNotification");
      await blink(rig, 10);
      await rig.pass(49);
      await rig.central.nothing("BootNotification");
      await rig.pass(1);
      await rig.central.expect("BootNotification");
    },
  );

  rule(
    "J §5.3",
    "the central system hangs up: connected again after the back-off, without BootNotification",
    {
      keys: { "OCPPCommCtrlr.RetryBackOffWaitMinimum": 3 },
    },
    async ({ central, station, pass }) => {
      await central.hangUp();
      expect(station.status().online).toBe(false);
      await pass(2);
      expect(central.handshakes).toHaveLength(1);
      await pass(1);
      await central.reconnected();
      expect(station.status().online).toBe(true);
      await central.nothing("BootNotification");
      await central.nothing("StatusNotification");
    },
  );
});

describe("registration changes later (1.6 §4.2, §5.17)", () => {
  rule(
    "§4.2",
    "a triggered BootNotification that is answered Pending silences the station until Accepted",
    {
      keys: { HeartbeatInterval: 30 },
    },
    async ({ central, station, pass }) => {
      central.answer("BootNotification", boot("Pending", 100), boot("Accepted", 0));
      await central.send("TriggerMessage", { requestedMessage: "BootNotification" }, { status: "Accepted" });
      await central.expect("BootNotification");
      await station.plug();
      await pass(90);
      await central.nothing();
      await central.nothing("Heartbeat");
      await central.nothing("StatusNotification");
      await central.send("RemoteStartTransaction", { idTag: CARD, connectorId: 1 }, { status: "Rejected" });
      await pass(10);
      await central.expect("BootNotification");
      await central.status(1, "Preparing");
    },
  );

  rule(
    "§4.2",
    "Rejected with an interval of 0 is no flood",
    {
      watchBoot: true,
      answers: { BootNotification: boot("Rejected", 0) },
    },
    async ({ central, pass }) => {
      await pass(60);
      expect(central.all("BootNotification").length).toBeLessThan(12);
      central.skip();
    },
  );

  rule(
    "§4.2",
    "after a restart that is answered Rejected the queue waits, and the transaction is not lost",
    {
      keys: { MeterValueSampleInterval: 0 },
    },
    async ({ central, station, pass }) => {
      await station.charge();
      central.skip();
      central.answer("BootNotification", boot("Rejected", 60), boot("Accepted", 300));
      await station.power("cut");
      await station.power("restore");
      await central.expect("BootNotification");
      await pass(59);
      await central.nothing();
      await pass(1);
      await central.expect("BootNotification");
      await central.expect("StopTransaction", { transactionId: 1, reason: "PowerLoss" });
    },
  );

  rule(
    "§4.2",
    "Pending: RemoteStopTransaction is rejected, though its transaction runs",
    {},
    async ({ central, station }) => {
      await station.charge();
      for (const action of ["Authorize", "StartTransaction"]) await central.expect(action);
      central.answer("BootNotification", boot("Pending", 100));
      await central.send("TriggerMessage", { requestedMessage: "BootNotification" }, { status: "Accepted" });
      await central.expect("BootNotification");
      await central.send("RemoteStopTransaction", { transactionId: 1 }, { status: "Rejected" });
      await central.nothing("StopTransaction");
    },
  );
});

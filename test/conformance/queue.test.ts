import { describe, expect } from "vitest";
import type { Reply } from "./central.ts";
import { CARD, OTHER, type Rig, type RigOptions, tagInfo } from "./rig.ts";
import { rule } from "./row.ts";

const seconds = (rig: Rig, action: string) => {
  const calls = rig.central.all(action);
  return calls.map((c) => (c.at - (calls[0]?.at ?? 0)) / 1000);
};
/** The order in which transaction-related messages came. */
const related = (rig: Rig) =>
  rig.central.calls.map((c) => c.action).filter((a) => /^(Start|Stop)Transaction$|^MeterValues$/.test(a));

const attempts = {
  TransactionMessageAttempts: 3,
  TransactionMessageRetryInterval: 60,
  MeterValueSampleInterval: 0,
};

const fails = { error: "InternalError" };

describe("transaction-related messages that fail (1.6 §3.7.1)", () => {
  const retries: readonly (readonly [string, RigOptions["keys"], Reply, readonly number[]])[] = [
    ["Attempts 3, Interval 60: again after 60 s, after 120 s more, then given up", {}, fails, [0, 60, 180]],
    [
      "silence fails, too: the wait runs from the end of MessageTimeout",
      { MessageTimeout: 10 },
      "silence",
      [0, 70, 200],
    ],
    ["Attempts 0: sent once", { TransactionMessageAttempts: 0 }, fails, [0]],
    ["Attempts 1: sent once", { TransactionMessageAttempts: 1 }, fails, [0]],
    ["Interval 0: again at once", { TransactionMessageRetryInterval: 0 }, fails, [0, 0, 0]],
  ];
  for (const [says, keys, reply, sent] of retries) {
    rule(
      "§3.7.1",
      says,
      { keys: { ...attempts, ...keys }, answers: { StartTransaction: reply } },
      async (rig) => {
        await rig.station.charge();
        await rig.pass(600);
        expect(seconds(rig, "StartTransaction")).toEqual(sent);
        rig.central.skip();
      },
    );
  }

  rule(
    "§3.7",
    "what comes later waits for what fails; both keep their order",
    { keys: attempts },
    async (rig) => {
      const { central, station, pass } = rig;
      central.answer(
        "StartTransaction",
        fails,
        { transactionId: 1, ...tagInfo("Accepted") },
        { transactionId: 2, ...tagInfo("Accepted") },
      );
      await station.charge();
      await station.unplug();
      await station.charge(OTHER);
      expect(related(rig)).toEqual(["StartTransaction"]);
      await pass(60);
      expect(related(rig)).toEqual([
        "StartTransaction",
        "StartTransaction",
        "StopTransaction",
        "StartTransaction",
      ]);
      expect(central.all("StartTransaction").map((c) => c.payload.idTag)).toEqual([CARD, CARD, OTHER]);
      central.skip();
    },
  );

  rule(
    "§3.7",
    "other messages overtake: Authorize, StatusNotification and Heartbeat do not wait",
    {
      keys: attempts,
      answers: { StartTransaction: fails },
      connectors: 2,
    },
    async (rig) => {
      await rig.station.charge();
      await rig.central.expect("Authorize");
      await rig.central.expect("StartTransaction");
      await rig.station.tap(OTHER);
      await rig.central.expect("Authorize", { idTag: OTHER });
      await rig.central.send("TriggerMessage", { requestedMessage: "Heartbeat" }, { status: "Accepted" });
      await rig.central.expect("Heartbeat");
      await rig.central.status(1, "Preparing");
      await rig.central.status(1, "Charging");
    },
  );

  rule(
    "§3.7.1",
    "being offline is no failure and costs no attempt",
    {
      keys: { ...attempts, TransactionMessageAttempts: 2 },
    },
    async (rig) => {
      const { central, station, pass } = rig;
      central.answer("StartTransaction", fails, { transactionId: 1, ...tagInfo("Accepted") });
      await station.charge();
      await central.expect("Authorize");
      await central.expect("StartTransaction");
      await station.offline();
      await pass(3600);
      await station.online();
      await pass(60);
      await central.expect("StartTransaction");
      expect(station.status().queued).toBe(0);
    },
  );

  rule(
    "§3.7.1",
    "a connection that blinks does not use the attempts up: the wait goes on",
    {
      keys: attempts,
      answers: { StartTransaction: fails },
    },
    async (rig) => {
      const { station, pass } = rig;
      await station.charge();
      for (let i = 0; i < 5; i++) {
        await pass(5);
        await station.offline();
        await pass(5);
        await station.online();
      }
      expect(seconds(rig, "StartTransaction")).toEqual([0]);
      await pass(600);
      expect(seconds(rig, "StartTransaction")).toEqual([0, 60, 180]);
      rig.central.skip();
    },
  );

  rule(
    "§3.7.1",
    "what was tried before the power went counts",
    {
      keys: attempts,
      answers: { StartTransaction: fails, StopTransaction: fails },
    },
    async (rig) => {
      await rig.station.charge();
      await rig.station.power("cut");
      await rig.station.power("restore");
      await rig.pass(1000);
      expect(rig.central.all("StartTransaction")).toHaveLength(3);
      expect(rig.central.all("StopTransaction")).toHaveLength(3);
      expect(rig.station.status().queued).toBe(0);
      rig.central.skip();
    },
  );

  rule(
    "erratum J 3.1",
    "a message id is never used twice, over retries, connections and restarts",
    {
      keys: attempts,
      answers: { StartTransaction: fails },
    },
    async ({ central, station, pass }) => {
      await station.charge();
      await pass(200);
      await station.offline();
      await station.online();
      await station.power("cut");
      await station.power("restore");
      const ids = central.calls.map((c) => c.id);
      expect(new Set(ids).size).toBe(ids.length);
      expect(Math.max(...ids.map((id) => id.length))).toBeLessThanOrEqual(36);
      central.skip();
    },
  );
});

describe("StartTransaction was never answered (erratum 3.18)", () => {
  rule(
    "erratum 3.18",
    "what follows goes with transactionId -1",
    {
      keys: { ...attempts, MeterValueSampleInterval: 300 },
      answers: { StartTransaction: fails },
    },
    async ({ central, station, pass }) => {
      await station.charge();
      await pass(301);
      await station.unplug();
      central.skip();
      expect(central.all("MeterValues").map((c) => c.payload.transactionId)).toEqual([-1]);
      expect(central.all("StopTransaction").map((c) => c.payload.transactionId)).toEqual([-1]);
    },
  );

  rule(
    "§4.8",
    "the id that comes late is in all that waited for it",
    {
      keys: { ...attempts, MeterValueSampleInterval: 60 },
    },
    async ({ central, station, pass }) => {
      await station.offline();
      await central.settle();
      central.answer("StartTransaction", { transactionId: 4242, ...tagInfo("Accepted") });
      await station.online();
      await station.charge();
      await station.offline();
      await pass(150);
      await station.unplug();
      await station.online();
      central.skip();
      expect(central.all("MeterValues").map((c) => c.payload.transactionId)).toEqual([4242, 4242]);
      expect(central.all("StopTransaction").map((c) => c.payload.transactionId)).toEqual([4242]);
    },
  );
});

describe("one message at a time (OCPP-J §4.1.1)", () => {
  rule(
    "J §4.1.1",
    "no CALL leaves while another one waits for its answer",
    {
      answers: { Authorize: "silence", StartTransaction: "silence" },
      keys: { MeterValueSampleInterval: 1, MessageTimeout: 30 },
    },
    async (rig) => {
      const { central, station, pass } = rig;
      await station.plug();
      central.skip();
      await station.tap(CARD);
      const before = central.calls.length;
      await station.fault(0, "OtherError");
      await pass(20);
      expect(central.calls.length).toBe(before);
      await central.reply("Authorize", tagInfo("Accepted"));
      await central.expect("Authorize");
      expect(central.calls.slice(before).map((c) => c.action)).toContain("StartTransaction");
      central.skip();
    },
  );

  rule(
    "J §4.1.1",
    "a CALL of the central system is answered meanwhile",
    { answers: { Authorize: "silence" } },
    async ({ central, station }) => {
      await station.tap(CARD);
      await central.send("GetLocalListVersion", {}, { listVersion: 0 });
      await central.expect("Authorize");
    },
  );
});

describe("the queue outlives the power (1.6 §3.7, §4.2, §5.14)", () => {
  rule(
    "§3.7",
    "what was not acknowledged is sent again after a power cut, in order",
    {
      keys: { ...attempts, AllowOfflineTxForUnknownId: true },
    },
    async (rig) => {
      const { central, station } = rig;
      await station.offline();
      await station.charge();
      await station.unplug();
      await station.charge(OTHER);
      await station.power("cut");
      await station.power("restore");
      await station.online();
      expect(related(rig)).toEqual([
        "StartTransaction",
        "StopTransaction",
        "StartTransaction",
        "StopTransaction",
      ]);
      expect(central.all("StopTransaction").map((c) => [c.payload.transactionId, c.payload.reason])).toEqual([
        [1, "EVDisconnected"],
        [2, "PowerLoss"],
      ]);
      central.skip();
    },
  );

  rule("§3.7", "what was acknowledged is not sent again", { keys: attempts }, async (rig) => {
    await rig.station.charge();
    await rig.station.unplug();
    rig.central.skip();
    await rig.station.power("cut");
    await rig.station.power("restore");
    await rig.central.expect("BootNotification");
    await rig.central.nothing("StartTransaction");
    await rig.central.nothing("StopTransaction");
  });

  rule(
    "§4.2",
    "cached messages wait for Accepted, not for the connection",
    {
      keys: { ...attempts, AllowOfflineTxForUnknownId: true },
    },
    async (rig) => {
      const { central, station, pass } = rig;
      await station.offline();
      await station.charge();
      await station.unplug();
      await station.power("cut");
      const boot = (status: string) => ({ status, interval: 30, currentTime: "2030-01-01T10:00:00Z" });
      central.answer("BootNotification", boot("Pending"), boot("Accepted"));
      await station.power("restore");
      await station.online();
      await central.expect("BootNotification");
      await central.nothing();
      await pass(30);
      for (const action of ["BootNotification", "StartTransaction", "StopTransaction"])
        await central.expect(action);
    },
  );
});

describe("clock-aligned values outside a transaction (1.6 §3.7: they are transaction-related, too)", () => {
  const aligned = { ...attempts, ClockAlignedDataInterval: 900, AllowOfflineTxForUnknownId: true };
  const timesOf = ({ central }: Rig) =>
    central
      .all("MeterValues")
      .map((c) => (c.payload.meterValue as { timestamp: string }[])[0]?.timestamp.slice(11, 16));

  rule(
    "§3.7",
    "those of an outage are kept, and come in the order of their times",
    { keys: aligned },
    async (rig) => {
      const { central, station, pass } = rig;
      await station.offline();
      await pass(1000);
      await station.charge();
      await station.unplug();
      await pass(1000);
      await station.online();
      expect(related(rig)).toEqual(["MeterValues", "StartTransaction", "StopTransaction", "MeterValues"]);
      expect(timesOf(rig)).toEqual(["10:15", "10:30"]);
      expect(central.all("MeterValues")[0]?.payload).not.toHaveProperty("transactionId");
      central.skip();
    },
  );

  rule("§3.7", "they outlive the power", { keys: aligned }, async (rig) => {
    const { central, station, pass } = rig;
    await station.offline();
    await pass(1000);
    await station.power("cut");
    await station.power("restore");
    await station.online();
    await central.expect("BootNotification");
    await central.expect("MeterValues", { connectorId: 1 });
    expect(timesOf(rig)).toEqual(["10:15"]);
  });

  rule(
    "§3.7.1",
    "they are tried as often as others, then given up",
    {
      keys: aligned,
      answers: { MeterValues: fails },
    },
    async (rig) => {
      await rig.pass(1500);
      expect(timesOf(rig)).toEqual(["10:15", "10:15", "10:15"]);
      expect(seconds(rig, "MeterValues")).toEqual([0, 60, 180]);
    },
  );
});

describe("the connection breaks while a transaction message waits for its answer (1.6 §3.7, §4.8)", () => {
  rule(
    "§4.8",
    "it is sent again over the next connection, the same but for its id, and what follows gets the new transactionId",
    {
      keys: attempts,
      answers: { StartTransaction: "silence" },
    },
    async ({ central, station }) => {
      await station.charge();
      await central.expect("Authorize");
      const first = await central.expect("StartTransaction");
      central.answer("StartTransaction", { transactionId: 99, ...tagInfo("Accepted") });
      await station.offline();
      await station.unplug();
      await station.online();
      expect(await central.expect("StartTransaction")).toEqual(first);
      await central.expect("StopTransaction", { transactionId: 99 });
      const [one, two] = central.all("StartTransaction");
      expect(one?.id).not.toBe(two?.id);
    },
  );

  rule(
    "§3.7.1",
    "that is no failed attempt: also with Attempts 1 it is sent again",
    {
      keys: { ...attempts, TransactionMessageAttempts: 1 },
      answers: { StartTransaction: "silence" },
    },
    async ({ central, station }) => {
      await station.charge();
      await central.expect("Authorize");
      await central.expect("StartTransaction");
      await station.offline();
      await station.online();
      await central.expect("StartTransaction");
    },
  );

  rule(
    "§3.7",
    "the answer that is stored ends it, also when the power goes right after",
    { keys: attempts },
    async ({ central, station }) => {
      await station.charge();
      await station.power("cut");
      await station.power("restore");
      for (const action of ["Authorize", "StartTransaction", "BootNotification"])
        await central.expect(action);
      await central.expect("StopTransaction", { transactionId: 1, reason: "PowerLoss" });
    },
  );
});

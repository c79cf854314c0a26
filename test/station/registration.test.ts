import { describe, expect, it } from "vitest";
import { bench, CARD, evseOf, kindsOf, running, statusesOf } from "../support/station.ts";

/** What may and must be said before the central system accepts: 1.6 §4.2, 2.0.1 B01 to B03. */

const answer = (status: "Accepted" | "Pending" | "Rejected", interval: number) => () =>
  ({ ok: true, value: { status, interval, currentTime: "2030-01-01T00:00:00.000Z" } }) as const;

async function unaccepted(status: "Pending" | "Rejected") {
  const b = bench({ evses: 2 });
  b.csms.script.boot = answer(status, 300);
  b.station.start();
  await b.clock.advance(1);
  return b;
}

describe("the next BootNotification", () => {
  it.each(["Pending", "Rejected"] as const)(
    "a connection that breaks while %s does not bring it forward (1.6 §4.2, B02.FR.04)",
    async (status) => {
      const b = await unaccepted(status);
      for (let i = 0; i < 5; i++) {
        b.csms.disconnect();
        await b.clock.advance(2000);
        b.csms.connect();
        await b.clock.advance(1);
      }
      expect(kindsOf(b)).toEqual(["boot"]);
      await b.clock.advance(290_000);
      expect(kindsOf(b)).toEqual(["boot", "boot"]);
    },
  );

  it("comes at once when the time ran out while the connection was away", async () => {
    const b = await unaccepted("Pending");
    b.csms.disconnect();
    await b.clock.advance(400_000);
    expect(kindsOf(b)).toEqual(["boot"]);
    b.csms.connect();
    await b.clock.advance(1);
    expect(kindsOf(b)).toEqual(["boot", "boot"]);
  });

  it("comes at once after a power cut", async () => {
    const b = await unaccepted("Pending");
    b.station.cutPower();
    b.station.start();
    await b.clock.advance(1);
    expect(kindsOf(b)).toEqual(["boot", "boot"]);
  });

  it("Accepted with interval 0 leaves the station its own heartbeat interval", async () => {
    const b = bench({ settings: { "OCPPCommCtrlr.HeartbeatInterval": "100" } });
    b.csms.script.boot = answer("Accepted", 0);
    b.station.start();
    await b.clock.advance(101_000);
    expect(b.csms.of("heartbeat")).toHaveLength(1);
  });
});

describe("while Pending (1.6 §4.2, B02)", () => {
  it("what is triggered is sent, and nothing else", async () => {
    const b = await unaccepted("Pending");
    evseOf(b).plug();
    const { commands } = b.csms;
    const trigger = (message: Parameters<typeof commands.trigger>[0]["message"], evseId?: number) =>
      commands.trigger(evseId === undefined ? { message } : { message, evseId });
    expect(trigger("StatusNotification", 1)).toEqual({ status: "Accepted" });
    expect(trigger("Heartbeat")).toEqual({ status: "Accepted" });
    expect(trigger("MeterValues", 2)).toEqual({ status: "Accepted" });
    await b.clock.advance(1);
    expect(kindsOf(b)).toEqual(["boot", "status", "heartbeat", "meterValues"]);
    expect(trigger("BootNotification")).toEqual({ status: "Accepted" });
    await b.clock.advance(1);
    expect(b.csms.of("boot").map((p) => p.reason)).toEqual(["PowerUp", "Triggered"]);
  });

  it("remote start and remote stop are refused", async () => {
    const b = await running();
    evseOf(b).plug();
    await b.tap();
    const transactionId = evseOf(b).transaction?.transactionId ?? "";
    b.csms.script.boot = answer("Pending", 300);
    b.csms.commands.trigger({ message: "BootNotification" });
    await b.clock.advance(1);
    expect(b.station.view().registration).toBe("Pending");
    const wish = { idToken: { idToken: CARD, type: "ISO14443" }, remoteStartId: 1 } as const;
    expect(b.csms.commands.remoteStart(wish)).toEqual({ status: "Rejected" });
    expect(b.csms.commands.remoteStop({ transactionId })).toEqual({ status: "Rejected" });
    await b.clock.advance(1);
    expect(evseOf(b).transaction?.transactionId).toBe(transactionId);
  });

  it("the station knows when it is rejected", async () => {
    expect((await unaccepted("Pending")).csms.listener?.isRejected()).toBe(false);
    expect((await unaccepted("Rejected")).csms.listener?.isRejected()).toBe(true);
  });
});

describe("TriggerMessage (1.6 §5.17, F06)", () => {
  it("StatusNotification without a connector is the station's and every connector's", async () => {
    const b = await running({ evses: 2 });
    b.csms.sent.length = 0;
    b.csms.commands.trigger({ message: "StatusNotification" });
    b.csms.commands.trigger({ message: "StatusNotification", evseId: 0 });
    expect(b.csms.commands.trigger({ message: "StatusNotification", evseId: 3 })).toEqual({
      status: "Rejected",
    });
    await b.clock.advance(1);
    expect(statusesOf(b)).toEqual(["0:Available", "1:Available", "2:Available", "0:Available"]);
  });

  it("MeterValues are no transaction message, say which transaction runs, and have the wanted measurands", async () => {
    const b = await running({
      settings: { "SampledDataCtrlr.TxUpdatedMeasurands": "Energy.Active.Import.Register" },
    });
    evseOf(b).plug();
    await b.tap();
    const before = b.csms.of("transaction").length;
    b.csms.script.transaction = () => new Promise(() => {});
    b.csms.commands.trigger({ message: "MeterValues", evseId: 1 });
    await b.clock.advance(1);
    expect(b.csms.of("transaction")).toHaveLength(before);
    expect(b.csms.of("meterValues")).toMatchObject([
      {
        evseId: 1,
        transactionId: evseOf(b).transaction?.transactionId,
        meterValue: [{ sampledValue: [{ measurand: "Energy.Active.Import.Register", context: "Trigger" }] }],
      },
    ]);
  });

  it("BootNotification once accepted: 1.6 sends it, 2.0.1 refuses (F06.FR.17)", async () => {
    const b = await running();
    const { commands } = b.csms;
    expect(commands.trigger({ message: "BootNotification", unlessRegistered: true })).toEqual({
      status: "Rejected",
    });
    expect(commands.trigger({ message: "BootNotification" })).toEqual({ status: "Accepted" });
    await b.clock.advance(1);
    expect(b.csms.of("boot")).toHaveLength(2);
  });

  it("BootNotification accepted again leaves what was told: a reconnect tells only what changed (1.6 §4.9)", async () => {
    const b = await running();
    b.csms.commands.trigger({ message: "BootNotification" });
    await b.clock.advance(1);
    b.csms.disconnect();
    b.csms.sent.length = 0;
    b.csms.connect();
    await b.clock.advance(1);
    expect(statusesOf(b)).toEqual([]);
  });
});

import { describe, expect, it } from "vitest";
import { CARD, eventsOf, evseOf, OTHER, running, statusesOf } from "../support/station.ts";

/** In service and out of it: ChangeAvailability, faults and resets around transactions and waiting cards. */

const remote = { idToken: { idToken: CARD, type: "ISO14443" }, remoteStartId: 7 } as const;

describe("ChangeAvailability (1.6 §5.2, 2.0.1 G03, G04)", () => {
  it("scheduled during a transaction, it stands after a power cut in the middle", async () => {
    const b = await running();
    evseOf(b).plug();
    await b.tap();
    b.csms.commands.changeAvailability({ evseId: 1, operative: false });
    b.station.cutPower();
    b.csms.sent.length = 0;
    b.station.start();
    await b.clock.advance(1);
    expect(statusesOf(b)).toEqual(["0:Unavailable", "1:Unavailable"]);
    expect(await b.tap()).toBe("rejected by station: Invalid");
  });

  it("tells the station's own status too when the last transaction has ended", async () => {
    const b = await running({ evses: 2 });
    b.station.plug(evseOf(b, 2));
    await b.tap();
    b.csms.sent.length = 0;
    expect(b.csms.commands.changeAvailability({ operative: false })).toEqual({ status: "Scheduled" });
    await b.tap();
    expect(statusesOf(b)).toEqual(["1:Unavailable", "2:Finishing", "0:Unavailable"]);
    expect(await b.tap()).toMatch(/^rejected by station/);
    b.station.unplug(evseOf(b, 2));
    expect(statusesOf(b).at(-1)).toBe("2:Unavailable");
  });

  it.each(["out of service", "faulted"] as const)(
    "a card that waits for the cable starts nothing on an EVSE that is %s",
    async (how) => {
      const b = await running();
      await b.tap();
      const out = how === "faulted";
      if (out) b.station.fault(evseOf(b), "GroundFailure");
      else b.csms.commands.changeAvailability({ evseId: 1, operative: false });
      b.station.plug(evseOf(b));
      await b.clock.advance(1);
      expect(eventsOf(b)).toEqual([]);
      if (out) b.station.clear(evseOf(b));
      else b.csms.commands.changeAvailability({ evseId: 1, operative: true });
      await b.clock.advance(1);
      expect(eventsOf(b)).toEqual(["Started Authorized"]);
    },
  );

  it("and gives up after ConnectionTimeOut there", async () => {
    const b = await running();
    await b.tap();
    b.csms.commands.changeAvailability({ evseId: 1, operative: false });
    b.station.plug(evseOf(b));
    await b.clock.advance(61_000);
    b.csms.commands.changeAvailability({ evseId: 1, operative: true });
    await b.clock.advance(1);
    expect(eventsOf(b)).toEqual([]);
    expect(statusesOf(b).at(-2)).toBe("1:Preparing");
  });
});

describe("Reset (1.6 §5.14, 2.0.1 B11, B12)", () => {
  it("of one EVSE is refused (B12.FR.09)", async () => {
    const b = await running({ evses: 2 });
    expect(b.csms.commands.reset({ type: "Immediate", evseId: 1 })).toEqual({ status: "Rejected" });
    await b.clock.advance(2000);
    expect(b.csms.of("boot")).toHaveLength(1);
  });

  it("immediate: the end of the transaction is told before the restart (B12.FR.04)", async () => {
    const b = await running();
    evseOf(b).plug();
    await b.tap();
    b.csms.commands.reset({ type: "Immediate" });
    await b.clock.advance(1);
    expect(eventsOf(b).at(-1)).toBe("Ended ResetCommand ImmediateReset");
    await b.clock.advance(2000);
    expect(b.csms.of("boot")).toHaveLength(2);
  });

  it("immediate: restarts without an answer, and tells it afterwards (B12.FR.05)", async () => {
    const b = await running();
    evseOf(b).plug();
    await b.tap();
    b.csms.script.transaction = () => new Promise(() => {});
    b.csms.commands.reset({ type: "Immediate" });
    await b.clock.advance(9000);
    expect(b.station.powered).toBe(true);
    await b.clock.advance(1001);
    expect(b.station.powered).toBe(false);
    expect(b.station.view().queued).toBe(1);
  });

  it("scheduled: idle EVSEs go out of service, and come back with the restart", async () => {
    const b = await running({ evses: 2 });
    b.station.plug(evseOf(b));
    await b.tap();
    expect(b.csms.commands.reset({ type: "OnIdle" })).toEqual({ status: "Scheduled" });
    await b.clock.advance(1);
    expect(statusesOf(b).at(-1)).toBe("2:Unavailable");
    expect(await b.tap(OTHER)).toMatch(/^rejected/);
    expect(b.csms.commands.remoteStart({ ...remote, evseId: 2 })).toEqual({ status: "Rejected" });
    await b.tap();
    await b.clock.advance(1500);
    expect(statusesOf(b).slice(-3)).toEqual(["0:Available", "1:Preparing", "2:Available"]);
  });

  it("nothing begins while a soft reset waits for its last answer", async () => {
    const b = await running();
    evseOf(b).plug();
    await b.tap();
    b.csms.script.transaction = () => new Promise(() => {});
    b.csms.commands.reset({ type: "Soft" });
    await b.clock.advance(1);
    expect(await b.tap(OTHER)).toMatch(/^rejected/);
    expect(b.csms.commands.remoteStart(remote)).toEqual({ status: "Rejected" });
  });
});

describe("remote start (1.6 §5.11)", () => {
  it("twice at once without authorization: one starts, the other does not lie in wait", async () => {
    const b = await running({ settings: { "AuthCtrlr.AuthorizeRemoteStart": "false" } });
    b.csms.commands.remoteStart(remote);
    b.csms.commands.remoteStart({ ...remote, remoteStartId: 8 });
    await b.clock.advance(1);
    b.station.plug(evseOf(b));
    await b.clock.advance(1);
    b.station.unplug(evseOf(b));
    b.station.plug(evseOf(b));
    await b.clock.advance(1);
    expect(b.csms.of("transaction").filter((e) => e.eventType === "Started")).toHaveLength(1);
  });
});

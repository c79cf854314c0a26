import { describe, expect, it } from "vitest";
import { errorCodes } from "../../src/station/control.ts";
import {
  bench,
  CARD,
  eventsOf as events,
  evseOf as evse,
  kindsOf as kinds,
  OTHER,
  running,
  statusesOf as statuses,
} from "../support/station.ts";

describe("registration (1.6 §4.2, 2.0.1 B01 to B03)", () => {
  it("sends nothing but BootNotification before Accepted, then connector 0 and every connector", async () => {
    const b = bench({ evses: 2 });
    b.station.start();
    await b.clock.advance(1);
    expect(kinds(b)).toEqual(["boot", "status", "status", "status"]);
    expect(statuses(b)).toEqual(["0:Available", "1:Available", "2:Available"]);
  });

  it.each(["Pending", "Rejected"] as const)(
    "waits the interval of a %s answer and asks again",
    async (status) => {
      const b = bench();
      b.csms.script.boot = () => ({ ok: true, value: { status, interval: 17, currentTime: "x" } });
      b.station.start();
      await b.clock.advance(16_000);
      expect(kinds(b)).toEqual(["boot"]);
      delete b.csms.script.boot;
      await b.clock.advance(1001);
      expect(kinds(b)).toEqual(["boot", "boot", "status", "status"]);
    },
  );

  it("asks again after the house's own interval when there is no answer, and says so once", async () => {
    const b = bench();
    b.csms.script.boot = () => ({ ok: false, failure: "timeout", detail: "no answer" });
    b.station.start();
    await b.clock.advance(95_000);
    expect(kinds(b)).toEqual(["boot", "boot", "boot", "boot"]);
    expect(b.of("fault").map((f) => f.state)).toEqual(["raised"]);
    delete b.csms.script.boot;
    await b.clock.advance(30_000);
    expect(b.of("fault").map((f) => f.state)).toEqual(["raised", "cleared"]);
  });

  it("does not boot again on a mere reconnect, and tells only what changed", async () => {
    const b = await running();
    b.csms.disconnect();
    b.csms.sent.length = 0;
    evse(b).plug();
    b.csms.connect();
    await b.clock.advance(1);
    expect(kinds(b)).toEqual(["status"]);
    expect(statuses(b)).toEqual(["1:Preparing"]);
  });

  it("tells everything after a long outage where the dialect wants it (B04.FR.01)", async () => {
    const b = await running({
      traits: () => ({ typedTokens: true, idTokenMax: 36, offlineThreshold: true, nineStates: false }),
    });
    b.csms.disconnect();
    b.csms.sent.length = 0;
    await b.clock.advance(61_000);
    b.csms.connect();
    await b.clock.advance(1);
    expect(statuses(b)).toEqual(["0:Available", "1:Available"]);
  });

  it("beats at the interval of the answer, and not while offline", async () => {
    const b = await running();
    await b.clock.advance(601_000);
    expect(b.csms.of("heartbeat")).toHaveLength(2);
    b.csms.disconnect();
    await b.clock.advance(601_000);
    expect(b.csms.of("heartbeat")).toHaveLength(2);
  });
});

describe("a charging session (1.6 §4.8 to §4.10, 2.0.1 E01 to E07)", () => {
  it("plug first: read before verdict, Started after Authorize, same card stops without asking", async () => {
    const b = await running();
    evse(b).plug();
    expect(await b.tap()).toBe("accepted by csms: Accepted");
    expect(b.of("signal").map((s) => s.signal)).toEqual(["ready", "read", "accepted"]);
    expect(events(b)).toEqual(["Started Authorized"]);
    await b.clock.advance(120_000);
    expect(await b.tap()).toBe("accepted by transaction: Accepted");
    expect(b.csms.of("authorize")).toHaveLength(1);
    expect(events(b)).toEqual([
      "Started Authorized",
      "Updated MeterValuePeriodic",
      "Updated MeterValuePeriodic",
      "Ended StopAuthorized Local",
    ]);
    evse(b).unplug();
    await b.clock.advance(1);
    expect(statuses(b).slice(2)).toEqual(["1:Preparing", "1:Charging", "1:Finishing", "1:Available"]);
    expect(b.csms.of("transaction").map((e) => e.seqNo)).toEqual([0, 1, 2, 3]);
  });

  it("the meter rises while energy flows, and stands still otherwise", async () => {
    const b = await running();
    evse(b).plug();
    await b.tap();
    await b.clock.advance(3_600_000);
    await b.tap();
    const register = b.csms.of("transaction").map((e) => e.meterWh as number);
    expect(register[0]).toBe(1000);
    expect(register.at(-1)).toBeGreaterThan(11_900);
    expect(register.at(-1)).toBeLessThan(12_020);
    expect([...register].sort((a, z) => a - z)).toEqual(register);
    await b.clock.advance(3_600_000);
    expect(Math.round(evse(b).meter.energyWh())).toBe(register.at(-1));
  });

  it("a full car suspends the transaction, which stays open (1.6 §4.9 SuspendedEV, 2.0.1 E02)", async () => {
    const b = await running({ settings: { "SampledDataCtrlr.TxUpdatedInterval": "0" } });
    evse(b).plug();
    await b.tap();
    await b.clock.advance(12 * 3_600_000);
    expect(statuses(b).slice(2)).toEqual(["1:Preparing", "1:Charging", "1:SuspendedEV"]);
    expect(events(b)).toEqual(["Started Authorized", "Updated ChargingStateChanged"]);
    expect(evse(b).meter.powerW()).toBe(0);
    await b.tap();
    expect(events(b).at(-1)).toBe("Ended StopAuthorized Local");
    evse(b).unplug();
    evse(b).plug();
    await b.tap();
    await b.clock.advance(60_000);
    expect(evse(b).meter.powerW()).toBeGreaterThan(10_000);
  });

  it("tap first: waits for the cable, and starts with it", async () => {
    const b = await running();
    expect(await b.tap()).toBe("accepted by csms: Accepted");
    expect(events(b)).toEqual([]);
    evse(b).plug();
    await b.clock.advance(1);
    expect(events(b)).toEqual(["Started CablePluggedIn"]);
    expect(statuses(b).slice(2)).toEqual(["1:Preparing", "1:Charging"]);
  });

  it("tap first without a cable: gives up after ConnectionTimeOut", async () => {
    const b = await running();
    await b.tap();
    await b.clock.advance(60_000);
    expect(statuses(b).slice(2)).toEqual(["1:Preparing", "1:Available"]);
    expect(b.of("authorization").map((f) => f.event)).toEqual(["timeout"]);
    evse(b).plug();
    await b.clock.advance(1);
    expect(events(b)).toEqual([]);
  });

  it("the same card again before the cable takes the authorization back", async () => {
    const b = await running();
    await b.tap();
    expect(await b.tap()).toBe("accepted by transaction: Accepted");
    evse(b).plug();
    await b.clock.advance(1);
    expect(events(b)).toEqual([]);
    expect(b.of("authorization").map((f) => f.event)).toEqual(["cancelled"]);
  });

  it("a stack of cards: a card that waits for its cable gives way to the next one that is accepted", async () => {
    const b = await running();
    b.csms.script.authorize = ({ idToken }) => ({
      ok: true,
      value: { idTokenInfo: { status: idToken.idToken === "04FFFFFFFFFFFF" ? "Invalid" : "Accepted" } },
    });
    expect(await b.tap(CARD)).toBe("accepted by csms: Accepted");
    expect(await b.tap("04FFFFFFFFFFFF")).toBe("rejected by csms: Invalid");
    expect(await b.tap(OTHER)).toBe("accepted by csms: Accepted");
    expect(b.csms.of("authorize")).toHaveLength(3);
    expect(b.of("authorization").map((f) => [f.event, f.idToken.idToken])).toEqual([["cancelled", CARD]]);
    evse(b).plug();
    await b.clock.advance(1);
    expect(b.csms.of("transaction").map((e) => e.idToken)).toEqual([{ idToken: OTHER, type: "ISO14443" }]);
  });

  it("a refused card starts nothing", async () => {
    const b = await running();
    b.csms.script.authorize = () => ({ ok: true, value: { idTokenInfo: { status: "Invalid" } } });
    evse(b).plug();
    expect(await b.tap()).toBe("rejected by csms: Invalid");
    expect(b.of("signal").map((s) => s.signal)).toEqual(["ready", "read", "rejected"]);
    expect(events(b)).toEqual([]);
  });

  it.each([
    ["timeout", "rejected by settings: Unknown"],
    ["callError", "rejected by csms: Invalid"],
    ["badAnswer", "rejected by csms: Invalid"],
  ] as const)("no usable answer (%s) is never a yes", async (failure, verdict) => {
    const b = await running();
    b.csms.script.authorize = () => ({ ok: false, failure, detail: "scripted" });
    evse(b).plug();
    expect(await b.tap()).toBe(verdict);
    expect(events(b)).toEqual([]);
  });

  it("pulling the cable ends the transaction", async () => {
    const b = await running();
    evse(b).plug();
    await b.tap();
    evse(b).unplug();
    await b.clock.advance(1);
    expect(events(b).at(-1)).toBe("Ended EVCommunicationLost EVDisconnected");
    expect(statuses(b).at(-1)).toBe("1:Available");
  });

  it("with StopTransactionOnEVSideDisconnect false it suspends and goes on with the cable", async () => {
    const b = await running({ settings: { "TxCtrlr.StopTxOnEVSideDisconnect": "false" } });
    evse(b).plug();
    await b.tap();
    evse(b).unplug();
    await b.clock.advance(1);
    expect(statuses(b).at(-1)).toBe("1:SuspendedEV");
    evse(b).plug();
    await b.clock.advance(1);
    expect(statuses(b).at(-1)).toBe("1:Charging");
    expect(events(b).filter((e) => e.startsWith("Ended"))).toEqual([]);
  });

  it("another card of the same group stops, one of no group does not (1.6 §3.10)", async () => {
    const b = await running();
    const groups: Record<string, string> = { [CARD]: "FLEET", [OTHER]: "FLEET" };
    b.csms.script.authorize = ({ idToken }) => {
      const group = groups[idToken.idToken];
      const groupIdToken =
        group === undefined ? {} : { groupIdToken: { idToken: group, type: "Central" as const } };
      return { ok: true, value: { idTokenInfo: { status: "Accepted", ...groupIdToken } } };
    };
    evse(b).plug();
    await b.tap();
    expect(await b.tap("04FFFFFFFFFFFF")).toBe("rejected by station: Accepted");
    expect(await b.tap(OTHER)).toBe("accepted by csms: Accepted");
    expect(events(b).at(-1)).toBe("Ended StopAuthorized Local");
    expect(b.csms.of("transaction").at(-1)?.idToken).toMatchObject({ idToken: OTHER });
  });

  it("with two EVSEs and no cable the cable decides", async () => {
    const b = await running({ evses: 2 });
    await b.tap();
    b.station.plug(evse(b, 2));
    await b.clock.advance(1);
    expect(b.csms.of("transaction").map((e) => e.evseId)).toEqual([2]);
  });

  it("swallows the same card at once, and a card that is being asked about", async () => {
    const b = await running();
    let answer: (() => void) | undefined;
    b.csms.script.authorize = () =>
      new Promise((resolve) => {
        answer = () => resolve({ ok: true, value: { idTokenInfo: { status: "Accepted" } } });
      });
    const first = b.tap();
    await b.clock.advance(3000);
    expect(await b.tap()).toBe("ignored");
    answer?.();
    await first;
    expect(b.csms.of("authorize")).toHaveLength(1);
    expect(b.of("card").map((c) => c.event)).toEqual(["presented", "ignored"]);
  });

  it("takes a tap although the clock was set back meanwhile", async () => {
    const b = await running();
    evse(b).plug();
    await b.tap();
    b.clock.jump(b.clock.now() - 3_600_000);
    expect(await b.tap()).toBe("accepted by transaction: Accepted");
  });
});

describe("remote start and stop (1.6 §5.11, §5.12)", () => {
  it("starts after authorization, with the remote start's id and trigger", async () => {
    const b = await running();
    evse(b).plug();
    const idToken = { idToken: CARD, type: "ISO14443" } as const;
    expect(b.csms.commands.remoteStart({ idToken, remoteStartId: 7 })).toEqual({ status: "Accepted" });
    await b.clock.advance(1);
    expect(kinds(b).slice(-3)).toEqual(["authorize", "transaction", "status"]);
    expect(b.csms.of("transaction")[0]).toMatchObject({ triggerReason: "RemoteStart", remoteStartId: 7 });
    const transactionId = evse(b).transaction?.transactionId ?? "";
    expect(b.csms.commands.remoteStop({ transactionId: "other" })).toEqual({ status: "Rejected" });
    expect(b.csms.commands.remoteStop({ transactionId })).toEqual({ status: "Accepted" });
    await b.clock.advance(1);
    expect(events(b).at(-1)).toBe("Ended RemoteStop Remote");
  });

  it("without AuthorizeRemoteTxRequests starts at once", async () => {
    const b = await running({ settings: { "AuthCtrlr.AuthorizeRemoteStart": "false" } });
    evse(b).plug();
    b.csms.commands.remoteStart({ idToken: { idToken: CARD, type: "ISO14443" }, remoteStartId: 1 });
    await b.clock.advance(1);
    expect(b.csms.of("authorize")).toHaveLength(0);
    expect(events(b)).toEqual(["Started RemoteStart"]);
  });

  it("waits for the cable no longer than ConnectionTimeOut", async () => {
    const b = await running();
    b.csms.commands.remoteStart({ idToken: { idToken: CARD, type: "ISO14443" }, remoteStartId: 1 });
    await b.clock.advance(61_000);
    evse(b).plug();
    await b.clock.advance(1);
    expect(events(b)).toEqual([]);
  });

  it("is rejected when nothing is free", async () => {
    const b = await running();
    evse(b).fault("GroundFailure");
    const answer = b.csms.commands.remoteStart({
      idToken: { idToken: CARD, type: "ISO14443" },
      remoteStartId: 1,
    });
    expect(answer).toEqual({ status: "Rejected" });
  });
});

describe("reset (1.6 §5.14, 2.0.1 B11, B12)", () => {
  it("soft: ends the transaction, waits for its delivery, restarts and boots", async () => {
    const b = await running();
    evse(b).plug();
    await b.tap();
    expect(b.csms.commands.reset({ type: "Soft" })).toEqual({ status: "Accepted" });
    await b.clock.advance(1500);
    expect(events(b).at(-1)).toBe("Ended ResetCommand Reboot");
    expect(b.csms.of("boot").map((p) => p.reason)).toEqual(["PowerUp", "RemoteReset"]);
    expect(statuses(b).at(-1)).toBe("1:Preparing");
  });

  it("hard: restarts without waiting, and delivers the end after registration", async () => {
    const b = await running();
    evse(b).plug();
    await b.tap();
    b.csms.script.transaction = () => new Promise(() => {});
    b.csms.commands.reset({ type: "Hard" });
    await b.clock.advance(500);
    expect(b.station.powered).toBe(false);
  });

  it("on idle: waits for the transaction's own end", async () => {
    const b = await running();
    evse(b).plug();
    await b.tap();
    expect(b.csms.commands.reset({ type: "OnIdle" })).toEqual({ status: "Scheduled" });
    await b.clock.advance(100_000);
    expect(b.csms.of("boot")).toHaveLength(1);
    await b.tap();
    await b.clock.advance(2000);
    expect(b.csms.of("boot").map((p) => p.reason)).toEqual(["PowerUp", "ScheduledReset"]);
  });
});

describe("offline and power loss", () => {
  it("queues a transaction and delivers it in order, marked offline", async () => {
    const b = await running({ settings: { "AuthCtrlr.OfflineTxForUnknownIdEnabled": "true" } });
    b.csms.disconnect();
    evse(b).plug();
    expect(await b.tap()).toBe("accepted by settings: Accepted");
    await b.clock.advance(61_000);
    await b.tap();
    expect(events(b)).toEqual([]);
    b.csms.connect();
    await b.clock.advance(1);
    expect(events(b)).toEqual([
      "Started Authorized",
      "Updated MeterValuePeriodic",
      "Ended StopAuthorized Local",
    ]);
    expect(b.csms.of("transaction").every((e) => e.offline === true)).toBe(true);
    expect(b.csms.of("authorize")).toHaveLength(0);
  });

  it("retries after attempts x interval, then gives the message up and goes on", async () => {
    const b = await running();
    b.csms.script.transaction = (e) =>
      e.eventType === "Started" ? { ok: false, failure: "callError", detail: "no" } : { ok: true, value: {} };
    evse(b).plug();
    await b.tap();
    await b.clock.advance(59_000);
    expect(b.csms.of("transaction")).toHaveLength(1);
    await b.clock.advance(1500);
    expect(b.csms.of("transaction")).toHaveLength(2);
    await b.clock.advance(120_000);
    expect(events(b).slice(0, 3)).toEqual(["Started Authorized", "Started Authorized", "Started Authorized"]);
    expect(
      events(b)
        .slice(3)
        .every((e) => e.startsWith("Updated")),
    ).toBe(true);
    expect(b.of("transaction").filter((f) => f.event === "discarded")).toHaveLength(1);
  });

  it("gives a message up at once that the dialect cannot say", async () => {
    const b = await running();
    b.csms.script.transaction = () => ({ ok: false, failure: "unsupported", detail: "too long" });
    evse(b).plug();
    await b.tap();
    expect(b.of("transaction").map((f) => f.event)).toEqual(["started", "discarded"]);
    expect(b.store.queue.size()).toBe(0);
  });

  it("a card that is refused after an offline start ends the transaction (1.6 §3.5.4)", async () => {
    const b = await running({ settings: { "AuthCtrlr.OfflineTxForUnknownIdEnabled": "true" } });
    b.csms.script.transaction = () => ({ ok: true, value: { idTokenInfo: { status: "Invalid" } } });
    b.csms.disconnect();
    evse(b).plug();
    await b.tap();
    b.csms.connect();
    await b.clock.advance(1);
    expect(events(b)).toEqual(["Started Authorized", "Ended Deauthorized DeAuthorized"]);
  });

  it("with StopTransactionOnInvalidId false only the energy stops, after MaxEnergyOnInvalidId", async () => {
    const settings = { "TxCtrlr.StopTxOnInvalidId": "false", "TxCtrlr.MaxEnergyOnInvalidId": "500" };
    const b = await running({ settings });
    b.csms.script.transaction = () => ({ ok: true, value: { idTokenInfo: { status: "Blocked" } } });
    evse(b).plug();
    await b.tap();
    await b.clock.advance(3_600_000);
    expect(statuses(b).at(-1)).toBe("1:SuspendedEVSE");
    const used = evse(b).meter.energyWh() - 1000;
    expect(used).toBeGreaterThanOrEqual(500);
    expect(used).toBeLessThan(520);
    expect(events(b).some((e) => e.startsWith("Ended"))).toBe(false);
  });

  it("a power cut leaves a record, and the end is told with PowerLoss when power is back", async () => {
    const b = await running();
    evse(b).plug();
    await b.tap();
    await b.clock.advance(600_000);
    b.station.cutPower();
    expect(await b.tap()).toBe("ignored");
    await b.clock.advance(600_000);
    b.station.start();
    await b.clock.advance(1);
    expect(b.csms.of("transaction").at(-1)).toMatchObject({ eventType: "Ended", stoppedReason: "PowerLoss" });
    expect(evse(b).transaction).toBeUndefined();
    expect(statuses(b).at(-1)).toBe("1:Preparing");
  });

  it("an orderly stop ends the transaction, with a truthful reason, and delivers its end", async () => {
    const b = await running();
    evse(b).plug();
    await b.tap();
    b.csms.latency = (arrive) => void b.clock.setTimeout(arrive, 100);
    const stopped = b.station.stop();
    await b.clock.advance(200);
    await stopped;
    expect(events(b).at(-1)).toBe("Ended AbnormalCondition Reboot");
    expect(b.store.queue.size()).toBe(0);
    expect(b.clock.pending).toBe(0);
  });

  it("an orderly stop does not wait for ever for an answer", async () => {
    const b = await running();
    evse(b).plug();
    await b.tap();
    b.csms.script.transaction = () => new Promise(() => {});
    const stopped = b.station.stop();
    await b.clock.advance(5000);
    await stopped;
    expect(b.store.queue.size()).toBe(1);
  });

  it("a power cut while the central system is asked leaves no tap without an end", async () => {
    const b = await running();
    b.csms.script.authorize = () => new Promise(() => {});
    const tapped = b.tap();
    await b.clock.advance(3000);
    b.station.cutPower();
    expect(await tapped).toBe("ignored");
  });

  it("refuses cards as long as the central system has never accepted the station (1.6 §4.2.1)", async () => {
    const b = bench({ settings: { "AuthCtrlr.OfflineTxForUnknownIdEnabled": "true" } });
    b.csms.auto = false;
    b.station.start();
    expect(await b.tap()).toBe("rejected by station: Invalid");
  });
});

describe("list and cache in use", () => {
  const listed = (status: "Accepted" | "Blocked") => ({
    version: 1,
    type: "Full" as const,
    entries: [{ token: { idToken: CARD.toLowerCase(), type: "ISO14443" as const }, info: { status } }],
  });

  it("LocalPreAuthorize: a listed card starts without Authorize, whatever its case", async () => {
    const b = await running({ settings: { "AuthCtrlr.LocalPreAuthorize": "true" } });
    expect(b.csms.commands.updateList(listed("Accepted"))).toEqual({ status: "Accepted" });
    evse(b).plug();
    expect(await b.tap()).toBe("accepted by list: Accepted");
    expect(b.csms.of("authorize")).toHaveLength(0);
    expect(events(b)).toEqual(["Started Authorized"]);
  });

  it("a Blocked list entry starts nothing offline, though unknown cards may", async () => {
    const b = await running({ settings: { "AuthCtrlr.OfflineTxForUnknownIdEnabled": "true" } });
    b.csms.commands.updateList(listed("Blocked"));
    b.csms.disconnect();
    evse(b).plug();
    expect(await b.tap()).toBe("rejected by list: Blocked");
  });

  it("an answer is cached and serves offline; a listed token is not cached", async () => {
    const b = await running();
    await b.tap();
    await b.tap();
    expect(b.store.cache.size()).toBe(1);
    b.csms.disconnect();
    evse(b).plug();
    expect(await b.tap()).toBe("accepted by cache: Accepted");
    const listedOne = await running();
    listedOne.csms.commands.updateList(listed("Accepted"));
    await listedOne.tap();
    expect(listedOne.store.cache.size()).toBe(0);
  });

  it("reports a LocalListConflict on connector 0", async () => {
    const b = await running();
    b.csms.commands.updateList(listed("Accepted"));
    b.csms.script.authorize = () => ({ ok: true, value: { idTokenInfo: { status: "Blocked" } } });
    await b.tap();
    expect(b.csms.of("status").at(-1)).toMatchObject({ evseId: 0, errorCode: "LocalListConflict" });
  });
});

describe("availability and faults", () => {
  it("out of service during a transaction is scheduled, and kept over a restart", async () => {
    const b = await running();
    evse(b).plug();
    await b.tap();
    expect(b.csms.commands.changeAvailability({ evseId: 1, operative: false })).toEqual({
      status: "Scheduled",
    });
    await b.tap();
    expect(statuses(b).slice(-2)).toEqual(["1:Finishing", "0:Unavailable"]);
    expect(await b.tap()).toBe("rejected by station: Invalid");
    b.station.unplug(evse(b));
    expect(statuses(b).at(-1)).toBe("1:Unavailable");
    const again = await running({ store: b.store });
    expect(statuses(again)).toContain("1:Unavailable");
  });

  it("a fault shows, ends the transaction, and is raised and cleared once", async () => {
    const b = await running();
    evse(b).plug();
    await b.tap();
    b.station.fault(evse(b), "GroundFailure");
    await b.clock.advance(1);
    expect(b.csms.of("status").at(-1)).toMatchObject({
      errorCode: "GroundFailure",
      chargePointStatus: "Faulted",
    });
    expect(events(b).at(-1)).toBe("Ended AbnormalCondition GroundFault");
    b.station.clear(evse(b));
    b.station.clear(evse(b));
    expect(b.of("fault").map((f) => f.state)).toEqual(["raised", "cleared"]);
  });

  const named: Readonly<Record<string, string>> = {
    GroundFailure: "GroundFault",
    OverCurrentFailure: "OvercurrentFault",
    OverVoltage: "PowerQuality",
    UnderVoltage: "PowerQuality",
  };
  it.each(errorCodes)("%s ends the transaction with the reason that 2.0.1 has for it", async (errorCode) => {
    const b = await running();
    evse(b).plug();
    await b.tap();
    b.station.fault(evse(b), errorCode);
    await b.clock.advance(1);
    expect(events(b).at(-1)).toBe(`Ended AbnormalCondition ${named[errorCode] ?? "Other"}`);
  });
});

import { describe, expect, test } from "vitest";
import { DEMO } from "../../src/central/index.ts";
import { ACTIONS_16 } from "../../src/central/v16.ts";
import { payloadCheck } from "../../src/ocpp/schemas.ts";
import { BOOT_16, NOW, start, startTx } from "./support.ts";

const KNOWN = DEMO.card.hiddenId;
const check = payloadCheck("1.6");

describe("OCPP 1.6", () => {
  test("a station boots, and what it says of itself is written down", async () => {
    const { central, station } = await start({ heartbeatInterval: 77 });
    const cp = await station("CP1");
    const answer = await cp.ask("BootNotification", BOOT_16);
    expect(answer).toMatchObject({ status: "Accepted", interval: 77 });
    expect(Date.parse(answer.currentTime as string)).not.toBeNaN();
    expect(central.book.assets().find((a) => a.id === "CP1")).toMatchObject({
      location: DEMO.location,
      autoRegistered: true,
      approved: true,
      ocpp: "1.6",
      vendor: "Tap",
      model: "One",
      lastSeen: expect.any(String) as string,
    });
  });

  test("a known card is Accepted without regard to case, and the fact tells which card and mode decided", async () => {
    const { facts, station } = await start();
    const cp = await station("CP1");
    expect(await cp.ask("Authorize", { idTag: KNOWN.toLowerCase() })).toEqual({
      idTagInfo: { status: "Accepted" },
    });
    expect(facts).toEqual([
      {
        kind: "access",
        time: expect.any(String) as string,
        station: "CP1",
        source: "central",
        idToken: KNOWN.toLowerCase(),
        status: "Accepted",
        mode: "Whitelisting",
        modeFrom: "location",
        card: { nickname: DEMO.card.nickname, user: DEMO.user },
        free: true,
        why: expect.stringContaining("whitelisted") as string,
      },
    ]);
  });

  test("a card's expiry goes along, as 1.6 calls it", async () => {
    const { central, station } = await start();
    central.book.addCard({
      hiddenId: "AABBCCDD",
      nickname: "Guest",
      user: DEMO.email,
      expiry: "2099-01-01T00:00:00Z",
    });
    const cp = await station("CP1");
    expect(await cp.ask("Authorize", { idTag: "AABBCCDD" })).toEqual({
      idTagInfo: { status: "Accepted", expiryDate: "2099-01-01T00:00:00.000Z" },
    });
  });

  test("a session: start, meter values, stop", async () => {
    const { central, station } = await start();
    const cp = await station("CP1");
    const { transactionId, idTagInfo } = await cp.ask("StartTransaction", startTx(KNOWN));
    expect(idTagInfo).toEqual({ status: "Accepted" });
    expect(transactionId).toEqual(expect.any(Number));
    await cp.ask("MeterValues", {
      connectorId: 1,
      transactionId,
      meterValue: [{ timestamp: NOW, sampledValue: [{ value: "150" }] }],
    });
    const stop = { transactionId, idTag: KNOWN, meterStop: 2100, timestamp: "2030-01-01T11:00:00Z" };
    expect(await cp.ask("StopTransaction", stop)).toEqual({ idTagInfo: { status: "Accepted" } });
    expect(central.book.transactions()).toEqual([
      {
        id: transactionId,
        station: "CP1",
        connector: 1,
        idToken: KNOWN,
        status: "Accepted",
        free: true,
        startTime: NOW,
        meterStart: 100,
        stopTime: "2030-01-01T11:00:00.000Z",
        meterStop: 2100,
        reason: "Local",
      },
    ]);
  });

  test("a StartTransaction that is sent again gets the same transaction id, and is judged once", async () => {
    const { central, facts, station } = await start();
    const cp = await station("CP1");
    const first = await cp.ask("StartTransaction", startTx(KNOWN));
    expect(await cp.ask("StartTransaction", startTx(KNOWN))).toEqual(first);
    await cp.ask("StopTransaction", { transactionId: first.transactionId, meterStop: 200, timestamp: NOW });
    expect(await cp.ask("StartTransaction", startTx(KNOWN))).toEqual(first);
    expect(central.book.transactions()).toHaveLength(1);
    expect(facts.filter((f) => f.kind === "access")).toHaveLength(1);
    const other = await cp.ask("StartTransaction", startTx(KNOWN, { meterStart: 101 }));
    expect(other.transactionId).not.toBe(first.transactionId);
  });

  test("what Authorize told is not told again at start and stop; a decision that differs is", async () => {
    const { central, facts, station } = await start();
    const cp = await station("CP1");
    const access = () => facts.map((f) => f.kind === "access" && [f.status, f.mode]);
    await cp.ask("Authorize", { idTag: KNOWN });
    const { transactionId } = await cp.ask("StartTransaction", startTx(KNOWN));
    await cp.ask("StopTransaction", { transactionId, meterStop: 200, timestamp: NOW, idTag: KNOWN });
    expect(access()).toEqual([["Accepted", "Whitelisting"]]);
    await cp.ask("StartTransaction", startTx(KNOWN, { meterStart: 200 }));
    expect(access()).toHaveLength(2);
    await cp.ask("Authorize", { idTag: KNOWN });
    central.book.setAccessMode({ location: DEMO.location }, "open");
    await cp.ask("StartTransaction", startTx(KNOWN, { meterStart: 300 }));
    expect(access().slice(2)).toEqual([
      ["Accepted", "Whitelisting"],
      ["Accepted", "Open"],
    ]);
  });

  test("a second stop changes nothing; unknown and foreign transactions are acknowledged and left alone", async () => {
    const { central, station } = await start();
    const [cp1, cp2] = [await station("CP1"), await station("CP2")];
    const { transactionId } = await cp1.ask("StartTransaction", startTx(KNOWN));
    const stop = { transactionId, meterStop: 200, timestamp: NOW };
    expect(await cp2.ask("StopTransaction", stop)).toEqual({});
    expect(central.book.transactions({ running: true })).toHaveLength(1);
    await cp1.ask("StopTransaction", stop);
    await cp1.ask("StopTransaction", { ...stop, meterStop: 999 });
    expect(central.book.transactions({ station: "CP1" })).toMatchObject([{ meterStop: 200 }]);
    for (const id of [-1, 424242, 2 ** 53, 1e300]) {
      expect(await cp1.ask("StopTransaction", { ...stop, transactionId: id })).toEqual({});
    }
  });

  test("a token that charges elsewhere is ConcurrentTx at the start, not at Authorize, and is free again after the stop", async () => {
    const { station } = await start();
    const [cp1, cp2] = [await station("CP1"), await station("CP2")];
    const { transactionId } = await cp1.ask("StartTransaction", startTx(KNOWN));
    expect(await cp2.ask("Authorize", { idTag: KNOWN })).toEqual({ idTagInfo: { status: "Accepted" } });
    expect(await cp2.ask("StartTransaction", startTx(KNOWN))).toEqual({
      transactionId: expect.any(Number) as number,
      idTagInfo: { status: "ConcurrentTx" },
    });
    await cp1.ask("StopTransaction", { transactionId, meterStop: 200, timestamp: NOW });
    const again = await cp2.ask("StartTransaction", startTx(KNOWN, { meterStart: 300 }));
    expect(again.idTagInfo).toEqual({ status: "Accepted" });
  });

  test("a transaction that its station will never end can be ended in the books; a stop that comes all the same counts", async () => {
    const { central, station } = await start();
    const [cp1, cp2] = [await station("CP1"), await station("CP2")];
    const { transactionId } = await cp1.ask("StartTransaction", startTx(KNOWN));
    const id = transactionId as number;
    expect(central.book.endTransaction(id)).toMatchObject({ id, reason: "AssumedEnded" });
    expect(() => central.book.endTransaction(id)).toThrow(`There is no running transaction "${id}"`);
    expect((await cp2.ask("StartTransaction", startTx(KNOWN))).idTagInfo).toEqual({ status: "Accepted" });
    await cp1.ask("StopTransaction", { transactionId, meterStop: 450, timestamp: NOW, reason: "Reboot" });
    expect(central.book.transactions()[0]).toMatchObject({ meterStop: 450, reason: "Reboot" });
  });

  test("a start on a connector ends what the books still had running there", async () => {
    const { central, station } = await start();
    const cp = await station("CP1");
    const first = await cp.ask("StartTransaction", startTx(KNOWN));
    const second = await cp.ask("StartTransaction", startTx(KNOWN, { meterStart: 500 }));
    expect(second.idTagInfo).toEqual({ status: "Accepted" });
    expect(central.book.transactions({ running: true }).map((t) => t.id)).toEqual([second.transactionId]);
    await cp.ask("StopTransaction", {
      transactionId: first.transactionId,
      meterStop: 450,
      timestamp: NOW,
      reason: "PowerLoss",
    });
    expect(central.book.transactions()[0]).toMatchObject({ meterStop: 450, reason: "PowerLoss" });
  });

  test("an unknown token's start gets a transaction id and Invalid", async () => {
    const { station } = await start();
    const cp = await station("CP1");
    expect(await cp.ask("StartTransaction", startTx("DEADBEEF"))).toEqual({
      transactionId: expect.any(Number) as number,
      idTagInfo: { status: "Invalid" },
    });
  });

  test("a station that is written down and not approved is Pending, may say nothing else, and is Accepted once approved", async () => {
    const { central, station } = await start();
    central.book.addAsset({ id: "CP7", approved: false });
    const cp = await station("CP7");
    expect((await cp.call("Heartbeat", {})).slice(0, 3)).toEqual([4, "m1", "SecurityError"]);
    expect(await cp.ask("BootNotification", BOOT_16)).toMatchObject({ status: "Pending" });
    expect((await cp.call("Authorize", { idTag: KNOWN }))[2]).toBe("SecurityError");
    expect(central.stations()).toMatchObject([{ id: "CP7", registration: "Pending" }]);
    central.book.approveAsset("CP7");
    expect(await cp.ask("BootNotification", BOOT_16)).toMatchObject({ status: "Accepted" });
    expect(await cp.ask("Authorize", { idTag: KNOWN })).toEqual({ idTagInfo: { status: "Accepted" } });
  });

  test("connectors' statuses are known", async () => {
    const { central, station } = await start();
    const cp = await station("CP1");
    await cp.ask("StatusNotification", { connectorId: 0, errorCode: "NoError", status: "Available" });
    await cp.ask("StatusNotification", { connectorId: 1, errorCode: "NoError", status: "Charging" });
    expect(central.stations()).toMatchObject([
      { id: "CP1", version: "1.6", connectors: { 0: "Available", 1: "Charging" } },
    ]);
  });

  const REQUESTS: Record<string, object> = {
    Authorize: { idTag: "X" },
    BootNotification: BOOT_16,
    DataTransfer: { vendorId: "someone" },
    DiagnosticsStatusNotification: { status: "Idle" },
    FirmwareStatusNotification: { status: "Idle" },
    Heartbeat: {},
    LogStatusNotification: { status: "Idle" },
    MeterValues: { connectorId: 0, meterValue: [{ timestamp: NOW, sampledValue: [{ value: "1" }] }] },
    SecurityEventNotification: { type: "StartupOfTheDevice", timestamp: NOW },
    SignCertificate: { csr: "x" },
    SignedFirmwareStatusNotification: { status: "Idle" },
    StartTransaction: startTx("X"),
    StatusNotification: { connectorId: 1, errorCode: "NoError", status: "Available" },
    StopTransaction: { transactionId: 1, meterStop: 0, timestamp: NOW },
  };

  test("every action that a station starts is answered validly", async () => {
    const { station } = await start();
    const cp = await station("CP1");
    expect(Object.keys(REQUESTS)).toEqual(Object.keys(ACTIONS_16));
    for (const [action, payload] of Object.entries(REQUESTS)) {
      expect(check(action, "response", await cp.ask(action, payload)), action).toBeUndefined();
    }
  });
});

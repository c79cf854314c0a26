import { describe, expect, test } from "vitest";
import { DEMO } from "../../src/central/index.ts";
import { ACTIONS_201 } from "../../src/central/v201.ts";
import { payloadCheck } from "../../src/ocpp/schemas.ts";
import { BOOT_201, iso14443, NOW, start, txEvent } from "./support.ts";

const KNOWN = DEMO.card.hiddenId;
const check = payloadCheck("2.0.1");

const register = (value: number, more: object = {}) => ({
  meterValue: [{ timestamp: NOW, sampledValue: [{ value, ...more }] }],
});

async function start201() {
  const all = await start();
  return { ...all, cs: await all.station("CS1", "2.0.1") };
}

describe("OCPP 2.0.1", () => {
  test("a station boots, and what it says of itself is written down", async () => {
    const { central, cs } = await start201();
    expect(await cs.ask("BootNotification", BOOT_201)).toMatchObject({ status: "Accepted", interval: 300 });
    expect(central.book.assets().find((a) => a.id === "CS1")).toMatchObject({
      ocpp: "2.0.1",
      vendor: "Tap",
      model: "Two",
    });
  });

  test("known is Accepted with its expiry, unknown is Unknown, blocked is Blocked", async () => {
    const { central, cs } = await start201();
    central.book.addCard({
      hiddenId: "AABBCCDD",
      nickname: "Guest",
      user: DEMO.email,
      expiry: "2099-01-01T00:00:00Z",
    });
    expect(await cs.ask("Authorize", iso14443("aabbccdd"))).toEqual({
      idTokenInfo: { status: "Accepted", cacheExpiryDateTime: "2099-01-01T00:00:00.000Z" },
    });
    expect(await cs.ask("Authorize", iso14443("DEADBEEF"))).toEqual({ idTokenInfo: { status: "Unknown" } });
    central.book.blockCard(KNOWN);
    expect(await cs.ask("Authorize", iso14443(KNOWN))).toEqual({ idTokenInfo: { status: "Blocked" } });
  });

  test("a contract id is known to the roaming hub as an eMAID", async () => {
    const { central, cs } = await start201();
    central.book.addRoaming({ idToken: "A1B2C3D4", contractId: "NL-TNM-C12345678", provider: "TNM" });
    central.book.setAccessMode({ location: DEMO.location }, "Roaming");
    const byContract = { idToken: { idToken: "NL-TNM-C12345678", type: "eMAID" } };
    expect(await cs.ask("Authorize", byContract)).toEqual({ idTokenInfo: { status: "Accepted" } });
  });

  test("a session is one transaction, with the meter's registers", async () => {
    const { central, cs } = await start201();
    const started = { ...iso14443(KNOWN), ...register(100) };
    expect(await cs.ask("TransactionEvent", txEvent("Started", "T1", started))).toEqual({
      idTokenInfo: { status: "Accepted" },
    });
    expect(
      await cs.ask("TransactionEvent", txEvent("Updated", "T1", { ...register(150), seqNo: 1 })),
    ).toEqual({});
    const ended = {
      ...register(2.1, { unitOfMeasure: { unit: "kWh" }, measurand: "Energy.Active.Import.Register" }),
      seqNo: 2,
      triggerReason: "StopAuthorized",
      timestamp: "2030-01-01T11:00:00Z",
      transactionInfo: { transactionId: "T1", stoppedReason: "Local" },
    };
    expect(await cs.ask("TransactionEvent", txEvent("Ended", "T1", ended))).toEqual({});
    expect(central.book.transactions()).toEqual([
      {
        id: expect.any(Number) as number,
        stationTransactionId: "T1",
        station: "CS1",
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

  test("a cable-first transaction learns its token later; a refused token gives way to an accepted one", async () => {
    const { central, cs } = await start201();
    await cs.ask("TransactionEvent", txEvent("Started", "T1", { triggerReason: "CablePluggedIn" }));
    const unknown = txEvent("Updated", "T1", { ...iso14443("DEADBEEF"), seqNo: 1 });
    expect(await cs.ask("TransactionEvent", unknown)).toEqual({ idTokenInfo: { status: "Unknown" } });
    await cs.ask("TransactionEvent", txEvent("Updated", "T1", { ...iso14443(KNOWN), seqNo: 2 }));
    await cs.ask("TransactionEvent", txEvent("Updated", "T1", { ...iso14443("DEADBEEF"), seqNo: 3 }));
    expect(central.book.transactions()).toMatchObject([{ idToken: KNOWN, status: "Accepted", free: true }]);
  });

  test("an event that comes again is answered alike and changes nothing", async () => {
    const { central, facts, cs } = await start201();
    const started = txEvent("Started", "T1", { ...iso14443(KNOWN), ...register(100) });
    const first = await cs.ask("TransactionEvent", started);
    expect(await cs.ask("TransactionEvent", started)).toEqual(first);
    expect(facts.filter((f) => f.kind === "access")).toHaveLength(1);
    const ended = txEvent("Ended", "T1", { ...register(200), seqNo: 1 });
    await cs.ask("TransactionEvent", ended);
    await cs.ask("TransactionEvent", txEvent("Ended", "T1", { ...register(999), seqNo: 1 }));
    expect(central.book.transactions()).toMatchObject([{ meterStart: 100, meterStop: 200 }]);
  });

  test("a transaction whose Started event was lost is written down all the same", async () => {
    const { central, cs } = await start201();
    await cs.ask("TransactionEvent", txEvent("Ended", "T9", { ...register(200), seqNo: 4 }));
    expect(central.book.transactions()).toMatchObject([{ stationTransactionId: "T9", meterStop: 200 }]);
  });

  test("ConcurrentTx is answered to Started only", async () => {
    const { cs, station } = await start201();
    const other = await station("CS2", "2.0.1");
    await cs.ask("TransactionEvent", txEvent("Started", "T1", iso14443(KNOWN)));
    const second = await other.ask("TransactionEvent", txEvent("Started", "U1", iso14443(KNOWN)));
    expect(second).toEqual({ idTokenInfo: { status: "ConcurrentTx" } });
    const stop = await cs.ask("TransactionEvent", txEvent("Ended", "T1", { ...iso14443(KNOWN), seqNo: 1 }));
    expect(stop).toEqual({ idTokenInfo: { status: "Accepted" } });
  });

  test("what Authorize told is not told again at start and stop", async () => {
    const { facts, cs } = await start201();
    await cs.ask("Authorize", iso14443(KNOWN));
    await cs.ask("TransactionEvent", txEvent("Started", "T1", { triggerReason: "CablePluggedIn" }));
    await cs.ask("TransactionEvent", txEvent("Updated", "T1", { ...iso14443(KNOWN), seqNo: 1 }));
    const stop = { ...iso14443(KNOWN), triggerReason: "StopAuthorized" };
    await cs.ask("TransactionEvent", txEvent("Updated", "T1", { ...stop, seqNo: 2 }));
    await cs.ask("TransactionEvent", txEvent("Ended", "T1", { ...stop, seqNo: 3 }));
    expect(facts.filter((f) => f.kind === "access")).toHaveLength(1);
    await cs.ask("TransactionEvent", txEvent("Started", "T2", iso14443("DEADBEEF")));
    expect(facts.filter((f) => f.kind === "access").at(-1)).toMatchObject({ status: "Unknown" });
  });

  test("a PIN is judged, and neither told nor written down", async () => {
    const { central, facts, cs } = await start201();
    const pin = { idToken: { idToken: "4711", type: "KeyCode" } };
    expect(await cs.ask("Authorize", pin)).toEqual({ idTokenInfo: { status: "Unknown" } });
    central.book.addCard({ hiddenId: "4711", force: true, nickname: "PIN", user: DEMO.email });
    expect(await cs.ask("TransactionEvent", txEvent("Started", "T1", pin))).toEqual({
      idTokenInfo: { status: "Accepted" },
    });
    expect(facts.map((f) => f.kind === "access" && [f.idToken, f.card?.nickname])).toEqual([
      ["***", undefined],
      ["***", "PIN"],
    ]);
    expect(central.book.unknownTokens()).toEqual([]);
    expect(central.book.transactions()).toMatchObject([{ stationTransactionId: "T1", status: "Accepted" }]);
    expect(JSON.stringify(central.book.transactions())).not.toContain("4711");
    await expect(central.received.waitFor("Nothing", undefined, { timeoutMs: 1 })).rejects.toThrow(
      expect.objectContaining({ message: expect.not.stringContaining("4711") as string }),
    );
  });

  test("connectors' statuses are known", async () => {
    const { central, cs } = await start201();
    await cs.ask("StatusNotification", {
      timestamp: NOW,
      connectorStatus: "Occupied",
      evseId: 1,
      connectorId: 1,
    });
    expect(central.stations()).toMatchObject([
      { id: "CS1", version: "2.0.1", connectors: { "1.1": "Occupied" } },
    ]);
  });

  const hash = { hashAlgorithm: "SHA256", issuerNameHash: "a", issuerKeyHash: "b", serialNumber: "c" };
  const limit = { chargingLimitSource: "EMS" };
  const part = { requestId: 1, seqNo: 0, generatedAt: NOW };
  const schedule = {
    id: 1,
    chargingRateUnit: "W",
    chargingSchedulePeriod: [{ startPeriod: 0, limit: 1 }],
  };
  const REQUESTS: Record<string, object> = {
    Authorize: iso14443("X"),
    BootNotification: BOOT_201,
    ClearedChargingLimit: limit,
    DataTransfer: { vendorId: "someone" },
    FirmwareStatusNotification: { status: "Idle" },
    Get15118EVCertificate: { iso15118SchemaVersion: "1", action: "Install", exiRequest: "x" },
    GetCertificateStatus: { ocspRequestData: { ...hash, responderURL: "http://x" } },
    Heartbeat: {},
    LogStatusNotification: { status: "Idle" },
    MeterValues: { evseId: 0, ...register(1) },
    NotifyChargingLimit: { chargingLimit: limit },
    NotifyCustomerInformation: { ...part, data: "x" },
    NotifyDisplayMessages: { requestId: 1 },
    NotifyEVChargingNeeds: { evseId: 1, chargingNeeds: { requestedEnergyTransfer: "DC" } },
    NotifyEVChargingSchedule: { timeBase: NOW, evseId: 1, chargingSchedule: schedule },
    NotifyEvent: {
      generatedAt: NOW,
      seqNo: 0,
      eventData: [
        {
          eventId: 1,
          timestamp: NOW,
          trigger: "Alerting",
          actualValue: "x",
          eventNotificationType: "HardWiredNotification",
          component: { name: "c" },
          variable: { name: "v" },
        },
      ],
    },
    NotifyMonitoringReport: part,
    NotifyReport: part,
    PublishFirmwareStatusNotification: { status: "Idle" },
    ReportChargingProfiles: {
      requestId: 1,
      chargingLimitSource: "EMS",
      evseId: 1,
      chargingProfile: [
        {
          id: 1,
          stackLevel: 0,
          chargingProfilePurpose: "TxProfile",
          chargingProfileKind: "Absolute",
          chargingSchedule: [schedule],
        },
      ],
    },
    ReservationStatusUpdate: { reservationId: 1, reservationUpdateStatus: "Expired" },
    SecurityEventNotification: { type: "StartupOfTheDevice", timestamp: NOW },
    SignCertificate: { csr: "x" },
    StatusNotification: { timestamp: NOW, connectorStatus: "Available", evseId: 1, connectorId: 1 },
    TransactionEvent: txEvent("Started", "T1"),
  };

  test("every action that a station starts is answered validly", async () => {
    const { cs } = await start201();
    expect(Object.keys(REQUESTS)).toEqual(Object.keys(ACTIONS_201));
    for (const [action, payload] of Object.entries(REQUESTS)) {
      expect(check(action, "response", await cs.ask(action, payload)), action).toBeUndefined();
    }
  });
});

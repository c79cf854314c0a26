import { describe, expect } from "vitest";
import { CARD, OTHER, type Rig, tagInfo } from "./rig.ts";
import { rule, testCase } from "./row.ts";

/** The cable and its lock. The generic AC station has a socket that locks, the DC station a fixed cable. */

const FIXED = { model: "generic-dc" };
const lockOf = (rig: Rig) => rig.station.status().evses[0]?.lock;
const EV_SIDE = { errorCode: "NoError", info: "EV side disconnected" };

async function charging({ central, station }: Rig): Promise<void> {
  await station.charge();
  await central.expect("Authorize");
  await central.expect("StartTransaction");
  await central.status(1, "Preparing");
  await central.status(1, "Charging");
}

describe("the cable pulled at the car (1.6 §4.9, §4.10)", () => {
  testCase("TC_005_1_CS", {}, async (rig) => {
    const { central, station } = rig;
    await charging(rig);
    expect(lockOf(rig)).toBe("locked");
    await station.unplug();
    await central.expect("StopTransaction", { reason: "EVDisconnected" });
    await central.status(1, "Finishing", EV_SIDE);
    await central.status(1, "Available");
    expect(lockOf(rig)).toBe("open");
  });

  testCase("TC_005_2_CS", { keys: { UnlockConnectorOnEVSideDisconnect: false } }, async (rig) => {
    const { central, station } = rig;
    await charging(rig);
    await station.unplug();
    await central.expect("StopTransaction", { reason: "EVDisconnected" });
    await central.status(1, "Finishing", EV_SIDE);
    expect(lockOf(rig)).toBe("held");
    expect(await station.tap(OTHER)).toMatch(/^rejected/);
    await central.expect("Authorize", { idTag: OTHER });
    await central.nothing("StatusNotification");
    expect(await station.tap(CARD)).toBe("accepted by transaction");
    await central.status(1, "Available");
    expect(lockOf(rig)).toBe("open");
  });

  testCase("TC_005_3_CS", { keys: { StopTransactionOnEVSideDisconnect: false } }, async (rig) => {
    const { central, station } = rig;
    await charging(rig);
    await station.unplug();
    await central.status(1, "SuspendedEV", EV_SIDE);
    await central.nothing("StopTransaction");
    expect(lockOf(rig)).toBe("locked");
    await station.plug();
    await central.status(1, "Charging");
    await station.tap(CARD);
    await central.expect("StopTransaction");
    await central.status(1, "Finishing");
    await station.unplug();
    await central.status(1, "Available");
  });

  rule("§4.9 C1", "a fixed cable needs no further action: Available at once", FIXED, async (rig) => {
    await charging(rig);
    await rig.station.unplug();
    await rig.central.expect("StopTransaction", { reason: "EVDisconnected" });
    await rig.central.status(1, "Available");
    expect(lockOf(rig)).toBeUndefined();
  });
});

describe("UnlockConnector (1.6 §5.18)", () => {
  testCase("TC_017_1_CS", {}, async ({ central }) => {
    await central.send("UnlockConnector", { connectorId: 1 }, { status: "Unlocked" });
  });

  testCase("TC_017_2_CS", FIXED, async ({ central }) => {
    await central.send("UnlockConnector", { connectorId: 1 }, { status: "NotSupported" });
  });

  testCase("TC_018_1_CS", {}, async (rig) => {
    const { central, station } = rig;
    await charging(rig);
    await central.send("UnlockConnector", { connectorId: 1 }, { status: "Unlocked" });
    await central.expect("StopTransaction", { reason: "UnlockCommand" });
    await central.status(1, "Finishing");
    expect(lockOf(rig)).toBe("open");
    await station.unplug();
    await central.status(1, "Available");
  });

  testCase("TC_018_2_CS", FIXED, async (rig) => {
    await charging(rig);
    await rig.central.send("UnlockConnector", { connectorId: 1 }, { status: "NotSupported" });
    await rig.central.nothing("StopTransaction");
  });

  testCase("TC_030_CS", {}, async (rig) => {
    const { central, station } = rig;
    await charging(rig);
    await station.lock("jam");
    await central.send("UnlockConnector", { connectorId: 1 }, { status: "UnlockFailed" });
    await central.expect("StopTransaction", { reason: "UnlockCommand" });
    await central.status(1, "Faulted", { errorCode: "ConnectorLockFailure" });
    expect(lockOf(rig)).toBe("locked");
    await station.unplug();
    expect(lockOf(rig)).toBe("locked");
    await station.lock("free");
    expect(lockOf(rig)).toBe("open");
    await central.status(1, "Available", { errorCode: "NoError" });
  });

  rule("§5.18", "a cable that is kept comes free by command too", {}, async (rig) => {
    const { central, station } = rig;
    central.answer("StartTransaction", { transactionId: 1, ...tagInfo("Blocked") });
    await station.charge();
    await central.expect("Authorize");
    await central.expect("StartTransaction");
    await central.expect("StopTransaction", { reason: "DeAuthorized" });
    expect(lockOf(rig)).toBe("held");
    await central.send("UnlockConnector", { connectorId: 1 }, { status: "Unlocked" });
    expect(lockOf(rig)).toBe("open");
  });

  rule(
    "2.0.1 F05",
    "a cable that is fixed is not unlocked",
    { ...FIXED, ocpp: "2.0.1" },
    async ({ central }) => {
      await central.send("UnlockConnector", { evseId: 1, connectorId: 1 }, { status: "UnlockFailed" });
    },
  );
});

describe("the lock", () => {
  testCase("TC_024_CS", {}, async (rig) => {
    const { central, station } = rig;
    await station.lock("jam");
    await station.plug();
    await central.status(1, "Preparing");
    await station.tap(CARD);
    await central.expect("Authorize");
    await central.status(1, "Faulted", { errorCode: "ConnectorLockFailure" });
    await central.nothing("StartTransaction");
    expect(rig.of("authorization").at(-1)).toMatchObject({ why: "the cable cannot be locked" });
    expect(station.signals.filter((s) => s === "fault")).toHaveLength(1);
    await station.lock("free");
    await central.status(1, "Preparing", { errorCode: "NoError" });
    await station.tap(CARD);
    await central.expect("Authorize");
    await central.expect("StartTransaction");
    await central.status(1, "Charging");
  });

  rule(
    "erratum 3.5",
    "after DeAuthorized the cable is kept, for the same tag or its group only",
    {},
    async (rig) => {
      const { central, station } = rig;
      const family = { parentIdTag: "FAMILY" };
      central.answer("StartTransaction", { transactionId: 1, ...tagInfo("Blocked", family) });
      central.answer("Authorize", tagInfo("Accepted"), tagInfo("Accepted"), tagInfo("Accepted", family));
      await station.charge();
      await central.expect("Authorize", { idTag: CARD });
      await central.expect("StartTransaction");
      await central.expect("StopTransaction", { reason: "DeAuthorized" });
      expect(rig.of("lock").at(-1)).toMatchObject({ event: "held" });
      central.skip();
      expect(await station.tap(OTHER)).toMatch(/^rejected/);
      await central.expect("Authorize", { idTag: OTHER });
      await central.send("RemoteStartTransaction", { connectorId: 1, idTag: OTHER }, { status: "Rejected" });
      await station.unplug();
      expect(lockOf(rig)).toBe("held");
      expect(await station.tap(OTHER)).toBe("accepted by csms");
      await central.expect("Authorize", { idTag: OTHER });
      expect(lockOf(rig)).toBe("open");
      await central.status(1, "Available");
      await central.nothing("StartTransaction");
    },
  );

  rule("§4.9", "a kept cable shows Finishing, also after a power cut", {}, async (rig) => {
    const { central, station } = rig;
    central.answer("StartTransaction", { transactionId: 1, ...tagInfo("Blocked") });
    await station.charge();
    for (const action of ["Authorize", "StartTransaction", "StopTransaction"]) await central.expect(action);
    await station.power("cut");
    central.skip();
    await station.power("restore");
    await central.expect("BootNotification");
    await central.status(0, "Available");
    await central.status(1, "Finishing");
    expect(await station.tap(CARD)).toBe("accepted by transaction");
    expect(lockOf(rig)).toBe("open");
  });
});

describe("power cuts (1.6 §4.10)", () => {
  testCase("TC_032_1_CS", { model: "public-post" }, async (rig) => {
    const { central, station } = rig;
    await charging(rig);
    await station.power("cut");
    await central.expect("StopTransaction", { reason: "PowerLoss" });
    expect(station.powered).toBe(false);
    central.skip();
    await station.power("restore");
    await central.expect("BootNotification");
    await central.nothing("StopTransaction");
    expect(station.status().queued).toBe(0);
  });

  testCase("TC_032_2_CS", {}, async (rig) => {
    const { central, station } = rig;
    await charging(rig);
    await station.power("cut");
    await central.nothing("StopTransaction");
    await station.power("restore");
    await central.expect("BootNotification");
    await central.expect("StopTransaction", { reason: "PowerLoss" });
  });

  testCase("TC_034_CS", {}, async ({ central, station }) => {
    await central.send("ChangeAvailability", { connectorId: 1, type: "Inoperative" }, { status: "Accepted" });
    await central.status(1, "Unavailable");
    await station.power("cut");
    await station.power("restore");
    await central.expect("BootNotification");
    await central.status(1, "Unavailable");
  });
});

describe("a connector that is to become Unavailable (1.6 §4.9, §5.2)", () => {
  rule("§4.9 F8", "shows Finishing until the cable is taken, and starts nothing", {}, async (rig) => {
    const { central, station } = rig;
    await charging(rig);
    await central.send(
      "ChangeAvailability",
      { connectorId: 1, type: "Inoperative" },
      { status: "Scheduled" },
    );
    await station.tap(CARD);
    await central.expect("StopTransaction");
    await central.status(1, "Finishing");
    expect(await station.tap(CARD)).toMatch(/^rejected by station/);
    await station.unplug();
    await central.status(1, "Unavailable");
  });

  rule("§4.9 C8", "is Unavailable at once when nothing is left to do", FIXED, async (rig) => {
    const { central, station } = rig;
    await charging(rig);
    await central.send(
      "ChangeAvailability",
      { connectorId: 1, type: "Inoperative" },
      { status: "Scheduled" },
    );
    await station.unplug();
    await central.expect("StopTransaction");
    await central.status(1, "Unavailable");
  });

  rule("§5.2", "by a second command it is so at once", {}, async (rig) => {
    const { central, station } = rig;
    await charging(rig);
    const request = { connectorId: 1, type: "Inoperative" };
    await central.send("ChangeAvailability", request, { status: "Scheduled" });
    await station.tap(CARD);
    await central.expect("StopTransaction");
    await central.status(1, "Finishing");
    await central.send("ChangeAvailability", request, { status: "Accepted" });
    await central.status(1, "Unavailable");
  });
});

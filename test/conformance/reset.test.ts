import { describe, expect } from "vitest";
import { CARD, OTHER } from "./rig.ts";
import { rule, testCase } from "./row.ts";

const done = { status: "Accepted" };

describe("Reset (1.6 §5.14)", () => {
  for (const [id, type] of [
    ["TC_013_CS", "Hard"],
    ["TC_014_CS", "Soft"],
  ] as const) {
    testCase(id, {}, async ({ central, pass }) => {
      await central.send("Reset", { type }, done);
      await pass(5);
      expect(central.handshakes).toHaveLength(2);
      await central.expect("BootNotification");
      await central.status(0, "Available");
      await central.status(1, "Available");
    });
  }

  testCase("TC_015_CS", {}, async ({ central, station, pass }) => {
    await station.charge();
    for (const action of ["Authorize", "StartTransaction"]) await central.expect(action);
    await central.send("Reset", { type: "Hard" }, done);
    await pass(5);
    // The restart need not wait for the end of the transaction, which is told after it.
    await central.expect("BootNotification");
    await central.expect("StopTransaction", { transactionId: 1, reason: "HardReset" });
    expect(station.status().evses[0]?.transaction).toBeUndefined();
  });

  testCase("TC_016_CS", {}, async ({ central, station, pass }) => {
    await station.charge();
    for (const action of ["Authorize", "StartTransaction"]) await central.expect(action);
    await central.send("Reset", { type: "Soft" }, done);
    await pass(5);
    await central.expect("StopTransaction", { transactionId: 1, reason: "SoftReset" });
    await central.expect("BootNotification");
  });

  rule(
    "§5.14",
    "Soft waits a while for the answer to StopTransaction, and queues it when none comes",
    {
      answers: { StopTransaction: "silence" },
    },
    async ({ central, station, pass }) => {
      await station.charge();
      for (const action of ["Authorize", "StartTransaction"]) await central.expect(action);
      await central.send("Reset", { type: "Soft" }, done);
      await pass(5);
      await central.expect("StopTransaction");
      await central.nothing("BootNotification");
      central.answer("StopTransaction", {});
      await pass(60);
      await central.expect("BootNotification");
      await central.expect("StopTransaction", { transactionId: 1, reason: "SoftReset" });
    },
  );

  rule(
    "§5.14",
    "nothing begins while a reset is on its way",
    { answers: { StopTransaction: "silence" }, connectors: 2 },
    async ({ central, station, pass }) => {
      await station.charge();
      await central.send("Reset", { type: "Soft" }, done);
      await station.plug(2);
      expect(await station.tap(OTHER)).toMatch(/^rejected/);
      await central.send("RemoteStartTransaction", { idTag: OTHER, connectorId: 2 }, { status: "Rejected" });
      await pass(30);
      central.skip();
    },
  );

  rule(
    "§5.14",
    "a cable that stayed in is Preparing after the restart; its driver has to tap anew",
    {},
    async ({ central, station, pass }) => {
      await station.charge();
      await central.send("Reset", { type: "Hard" }, done);
      central.skip();
      await pass(5);
      await central.status(1, "Preparing");
      central.skip();
      expect(await station.tap(CARD)).toBe("accepted by csms");
      await central.expect("Authorize");
      await central.expect("StartTransaction");
    },
  );

  rule(
    "§5.14",
    "an authorization that waits for its cable does not survive",
    {},
    async ({ central, station, pass }) => {
      await station.tap(CARD);
      await central.expect("Authorize");
      await central.send("Reset", { type: "Hard" }, done);
      await pass(5);
      await central.expect("BootNotification");
      await station.plug();
      await central.nothing("StartTransaction");
    },
  );
});

describe("ChangeAvailability (1.6 §5.2)", () => {
  const change = (connectorId: number, type: string) => ({ connectorId, type });

  rule(
    "§5.2",
    "an idle connector goes at once, and comes back; others stay",
    { connectors: 2 },
    async ({ central, station }) => {
      await central.send("ChangeAvailability", change(1, "Inoperative"), done);
      await central.status(1, "Unavailable");
      expect(await station.tap(CARD)).toBe("accepted by csms");
      await central.expect("Authorize");
      await station.plug(1);
      await central.nothing("StartTransaction");
      await central.send("ChangeAvailability", change(1, "Operative"), done);
      await central.status(1, "Preparing");
      await central.status(2, "Preparing");
      await central.nothing("StatusNotification", { connectorId: 0 });
    },
  );

  rule(
    "§5.2",
    "out of service nobody is let in: no free connector, no Authorize",
    {},
    async ({ central, station }) => {
      await central.send("ChangeAvailability", change(1, "Inoperative"), done);
      await station.plug();
      expect(await station.tap(CARD)).toMatch(/^rejected by station/);
      await central.nothing("Authorize");
    },
  );

  rule(
    "§5.2",
    "a running transaction goes on: Scheduled, Unavailable when its cable is out",
    {},
    async ({ central, station }) => {
      await station.charge();
      for (const action of ["Authorize", "StartTransaction"]) await central.expect(action);
      for (const status of ["Preparing", "Charging"]) await central.status(1, status);
      await central.send("ChangeAvailability", change(1, "Inoperative"), { status: "Scheduled" });
      await central.nothing("StatusNotification");
      await station.tap(CARD);
      await central.expect("StopTransaction");
      await central.status(1, "Finishing");
      await station.unplug();
      await central.status(1, "Unavailable");
      await central.nothing("StatusNotification", { connectorId: 1 });
    },
  );

  rule("§5.2", "Operative takes a scheduled change back", {}, async ({ central, station }) => {
    await station.charge();
    await central.send("ChangeAvailability", change(1, "Inoperative"), { status: "Scheduled" });
    await central.send("ChangeAvailability", change(1, "Operative"), done);
    central.skip();
    await station.tap(CARD);
    await central.expect("StopTransaction");
    await central.status(1, "Finishing");
    await station.unplug();
    await central.status(1, "Available");
  });

  rule(
    "§5.2",
    "connector 0 is the station and all its connectors",
    { connectors: 2 },
    async ({ central }) => {
      await central.send("ChangeAvailability", change(0, "Inoperative"), done);
      for (const connectorId of [0, 1, 2]) await central.status(connectorId, "Unavailable");
      await central.send("ChangeAvailability", change(0, "Operative"), done);
      for (const connectorId of [0, 1, 2]) await central.status(connectorId, "Available");
    },
  );

  rule(
    "§5.2",
    "connector 0 with one transaction: Scheduled, the others at once, the station last",
    {
      connectors: 2,
    },
    async ({ central, station }) => {
      await station.charge(CARD, 1);
      central.skip();
      await central.send("ChangeAvailability", change(0, "Inoperative"), { status: "Scheduled" });
      await central.status(2, "Unavailable");
      await central.nothing("StatusNotification", { connectorId: 1 });
      await central.nothing("StatusNotification", { connectorId: 0 });
      await station.tap(CARD);
      await central.expect("StopTransaction");
      await central.status(1, "Finishing");
      await station.unplug();
      await central.status(1, "Unavailable");
      await central.status(0, "Unavailable");
    },
  );

  for (const type of ["Inoperative", "Operative"]) {
    rule("§5.2", `${type} to what is so already is Accepted and tells nothing`, {}, async ({ central }) => {
      await central.send("ChangeAvailability", change(1, type), done);
      central.skip();
      await central.send("ChangeAvailability", change(1, type), done);
      await central.nothing("StatusNotification");
    });
  }

  for (const connectorId of [2, -1]) {
    rule("§5.2", `connector ${connectorId} does not exist: Rejected`, {}, async ({ central }) => {
      await central.send("ChangeAvailability", change(connectorId, "Inoperative"), { status: "Rejected" });
    });
  }

  for (const how of ["power cut", "Reset Hard", "Reset Soft"]) {
    rule("§5.2", `it outlives a ${how}`, { connectors: 2 }, async ({ central, station, pass }) => {
      await central.send("ChangeAvailability", change(2, "Inoperative"), done);
      await central.status(2, "Unavailable");
      if (how === "power cut") {
        await station.power("cut");
        await station.power("restore");
      } else await central.send("Reset", { type: how.slice(6) }, done);
      await pass(5);
      await central.expect("BootNotification");
      await central.status(2, "Unavailable");
      await central.status(1, "Available");
    });
  }

  rule("§5.2", "scheduled, it comes true over a power cut, too", {}, async ({ central, station }) => {
    await station.charge();
    await central.send("ChangeAvailability", change(1, "Inoperative"), { status: "Scheduled" });
    central.skip();
    await station.power("cut");
    await station.power("restore");
    await central.expect("BootNotification");
    await central.expect("StopTransaction", { reason: "PowerLoss" });
    await central.status(1, "Unavailable");
  });

  rule(
    "§5.2",
    "an authorization that waits for its cable starts nothing while its connector is out of service",
    {},
    async ({ central, station }) => {
      await station.tap(CARD);
      await central.expect("Authorize");
      await central.status(1, "Preparing");
      await central.send("ChangeAvailability", change(1, "Inoperative"), done);
      await central.status(1, "Unavailable");
      await station.plug();
      await central.nothing("StartTransaction");
    },
  );
});

describe("a reset overtakes a reset (1.6 §5.14)", () => {
  rule(
    "§5.14",
    "Hard does not wait for what Soft waits for",
    { answers: { StopTransaction: "silence" } },
    async ({ central, station, pass }) => {
      await station.charge();
      for (const action of ["Authorize", "StartTransaction"]) await central.expect(action);
      await central.send("Reset", { type: "Soft" }, done);
      await central.expect("StopTransaction", { reason: "SoftReset" });
      central.answer("StopTransaction", {});
      await central.send("Reset", { type: "Hard" }, done);
      await pass(2);
      await central.expect("BootNotification");
      await central.expect("StopTransaction", { transactionId: 1, reason: "SoftReset" });
    },
  );

  rule(
    "§5.14",
    "the last answer comes with the command: one restart, and the queue goes on after it",
    {
      answers: { StopTransaction: "silence" },
    },
    async ({ central, station, pass }) => {
      await station.charge();
      await station.unplug();
      for (const action of ["Authorize", "StartTransaction", "StopTransaction"]) await central.expect(action);
      central.answer("StopTransaction", {});
      central.raw(JSON.stringify([2, "r1", "Reset", { type: "Hard" }]));
      await central.reply("StopTransaction", {});
      await pass(5);
      await central.expect("BootNotification");
      await station.charge();
      await station.unplug();
      for (const action of ["Authorize", "StartTransaction", "StopTransaction"]) await central.expect(action);
    },
  );
});

describe("service outlives restarts both ways (1.6 §5.2)", () => {
  rule("§5.2", "what was taken back into service stays there", {}, async ({ central, station }) => {
    for (const type of ["Inoperative", "Operative"])
      await central.send("ChangeAvailability", { connectorId: 1, type }, done);
    await station.power("cut");
    await station.power("restore");
    await central.expect("BootNotification");
    expect(station.status().evses[0]?.chargePointStatus).toBe("Available");
  });
});

import { describe, expect } from "vitest";
import { CARD, entry, OTHER, tagInfo } from "./rig.ts";
import { rule, testCase } from "./row.ts";

const checked = { AuthorizeRemoteTxRequests: true };
const unchecked = { AuthorizeRemoteTxRequests: false };
const start = { idTag: CARD, connectorId: 1 };

describe("RemoteStartTransaction (1.6 §5.11)", () => {
  testCase("TC_010_CS", { keys: unchecked }, async ({ central, station }) => {
    await station.plug();
    await central.status(1, "Preparing");
    await central.send("RemoteStartTransaction", start, { status: "Accepted" });
    await central.expect("StartTransaction", { idTag: CARD, connectorId: 1 });
    await central.status(1, "Charging");
  });

  testCase("TC_011_1_CS", { keys: unchecked }, async ({ central, station }) => {
    await central.send("RemoteStartTransaction", start, { status: "Accepted" });
    await central.status(1, "Preparing");
    await central.nothing("StartTransaction");
    await station.plug();
    await central.expect("StartTransaction", { idTag: CARD });
    await central.status(1, "Charging");
  });

  testCase(
    "TC_011_2_CS",
    { keys: { ...unchecked, ConnectionTimeOut: 30 } },
    async ({ central, station, pass }) => {
      await central.send("RemoteStartTransaction", start, { status: "Accepted" });
      await central.status(1, "Preparing");
      await pass(29);
      await central.nothing("StatusNotification");
      await pass(1);
      await central.status(1, "Available");
      await station.plug();
      await central.nothing("StartTransaction");
    },
  );

  testCase(
    "TC_023_5_CS",
    { keys: checked, answers: { Authorize: tagInfo("Invalid") } },
    async ({ central, station }) => {
      await station.plug();
      await central.status(1, "Preparing");
      await central.send("RemoteStartTransaction", start, { status: "Accepted" });
      await central.expect("Authorize", { idTag: CARD });
      await central.nothing();
      await central.nothing("StatusNotification");
    },
  );

  testCase("TC_026_CS", { keys: unchecked }, async ({ central, station }) => {
    await station.charge(OTHER);
    await central.send("RemoteStartTransaction", start, { status: "Rejected" });
    for (const action of ["Authorize", "StartTransaction"]) await central.expect(action);
  });

  testCase("TC_027_CS", { keys: unchecked }, async ({ central, station }) => {
    await station.plug();
    await central.send("RemoteStartTransaction", { idTag: CARD, connectorId: 0 }, { status: "Rejected" });
    await central.nothing("StartTransaction");
  });

  testCase("TC_008_2_CS", { keys: { ...checked, LocalPreAuthorize: true } }, async ({ central, station }) => {
    const localAuthorizationList = [entry(CARD, "Accepted")];
    await central.send("SendLocalList", { listVersion: 1, updateType: "Full", localAuthorizationList });
    await station.plug();
    await central.send("RemoteStartTransaction", start, { status: "Accepted" });
    await central.expect("StartTransaction", { idTag: CARD });
    await central.nothing("Authorize");
  });

  rule(
    "§5.11",
    "AuthorizeRemoteTxRequests true: as a card would be, Authorize first",
    { keys: checked },
    async ({ central, station }) => {
      await station.plug();
      await central.send("RemoteStartTransaction", start, { status: "Accepted" });
      await central.expect("Authorize", { idTag: CARD });
      await central.expect("StartTransaction", { idTag: CARD });
    },
  );

  rule(
    "§5.11",
    "AuthorizeRemoteTxRequests true without LocalPreAuthorize: a list entry does not spare Authorize",
    {
      keys: checked,
    },
    async ({ central, station }) => {
      const localAuthorizationList = [entry(CARD, "Accepted")];
      await central.send("SendLocalList", { listVersion: 1, updateType: "Full", localAuthorizationList });
      await station.plug();
      await central.send("RemoteStartTransaction", start);
      await central.expect("Authorize");
      await central.expect("StartTransaction");
    },
  );

  rule(
    "§5.11",
    "AuthorizeRemoteTxRequests false: neither list nor cache is asked, StartTransaction.conf decides",
    {
      keys: unchecked,
      answers: { StartTransaction: { transactionId: 5, ...tagInfo("Blocked") } },
    },
    async ({ central, station }) => {
      const localAuthorizationList = [entry(CARD, "Blocked")];
      await central.send("SendLocalList", { listVersion: 1, updateType: "Full", localAuthorizationList });
      await station.plug();
      await central.send("RemoteStartTransaction", start, { status: "Accepted" });
      await central.expect("StartTransaction", { idTag: CARD });
      await central.expect("StopTransaction", { transactionId: 5, reason: "DeAuthorized" });
    },
  );

  rule(
    "§5.11",
    "the answer goes first, then what it starts",
    { keys: checked },
    async ({ central, station }) => {
      await station.plug();
      central.skip();
      const from = central.wire.length;
      await central.send("RemoteStartTransaction", start);
      expect(central.wire.slice(from, from + 4)).toEqual([
        "> RemoteStartTransaction",
        "< result",
        "< Authorize",
        "< StartTransaction",
      ]);
      central.skip();
    },
  );

  rule(
    "§5.11",
    "without a connectorId the station chooses: the one with the cable in",
    {
      keys: unchecked,
      connectors: 2,
    },
    async ({ central, station }) => {
      await station.plug(2);
      await central.send("RemoteStartTransaction", { idTag: CARD }, { status: "Accepted" });
      await central.expect("StartTransaction", { connectorId: 2, idTag: CARD });
    },
  );

  rule(
    "§5.11",
    "without a connectorId and without a free connector it is rejected",
    { keys: unchecked },
    async ({ central, station }) => {
      await station.charge(OTHER);
      await central.send("RemoteStartTransaction", { idTag: CARD }, { status: "Rejected" });
      central.skip();
    },
  );

  for (const connectorId of [-1, 2, 99]) {
    rule("§5.11", `connector ${connectorId} does not exist`, { keys: unchecked }, async ({ central }) => {
      await central.send("RemoteStartTransaction", { idTag: CARD, connectorId }, { status: "Rejected" });
    });
  }

  rule(
    "§4.9",
    "rejected where the connector is out of service or faulted",
    { keys: unchecked, connectors: 2 },
    async ({ central, station }) => {
      await central.send(
        "ChangeAvailability",
        { connectorId: 1, type: "Inoperative" },
        { status: "Accepted" },
      );
      await station.fault(2, "GroundFailure");
      await central.send("RemoteStartTransaction", start, { status: "Rejected" });
      await central.send("RemoteStartTransaction", { idTag: CARD, connectorId: 2 }, { status: "Rejected" });
    },
  );

  rule(
    "§5.11",
    "a second remote start finds the connector taken",
    { keys: unchecked },
    async ({ central, station }) => {
      await central.send("RemoteStartTransaction", start, { status: "Accepted" });
      await central.send("RemoteStartTransaction", { ...start, idTag: OTHER }, { status: "Rejected" });
      await station.plug();
      await central.expect("StartTransaction", { idTag: CARD });
    },
  );

  rule(
    "§4.2",
    "nothing remote while Pending",
    {
      keys: unchecked,
      watchBoot: true,
      answers: {
        BootNotification: () => ({ status: "Pending", interval: 60, currentTime: "2030-01-01T10:00:00Z" }),
      },
    },
    async ({ central, station }) => {
      await central.expect("BootNotification");
      await station.plug();
      await central.send("RemoteStartTransaction", start, { status: "Rejected" });
      await central.send("RemoteStopTransaction", { transactionId: 1 }, { status: "Rejected" });
    },
  );

  rule(
    "§5.11",
    "a person's card ends what was started from afar",
    { keys: unchecked },
    async ({ central, station }) => {
      await station.plug();
      await central.send("RemoteStartTransaction", start);
      await central.expect("StartTransaction");
      expect(await station.tap(CARD)).toBe("accepted by transaction");
      await central.expect("StopTransaction", { idTag: CARD });
    },
  );
});

describe("RemoteStopTransaction (1.6 §5.12)", () => {
  testCase("TC_012_CS", {}, async ({ central, station }) => {
    await station.charge();
    for (const action of ["Authorize", "StartTransaction"]) await central.expect(action);
    await central.status(1, "Preparing");
    await central.status(1, "Charging");
    await central.send("RemoteStopTransaction", { transactionId: 1 }, { status: "Accepted" });
    await central.expect("StopTransaction", { transactionId: 1, reason: "Remote" });
    await central.status(1, "Finishing");
    await station.unplug();
    await central.status(1, "Available");
  });

  testCase("TC_028_CS", {}, async ({ central, station, pass }) => {
    await station.charge();
    for (const action of ["Authorize", "StartTransaction"]) await central.expect(action);
    await central.send("RemoteStopTransaction", { transactionId: 4711 }, { status: "Rejected" });
    await pass(60);
    await central.nothing("StopTransaction");
  });

  rule("§5.12", "rejected for a transaction that has ended, and for -1", {}, async ({ central, station }) => {
    await central.send("RemoteStopTransaction", { transactionId: 1 }, { status: "Rejected" });
    await station.charge();
    await station.unplug();
    for (const action of ["Authorize", "StartTransaction", "StopTransaction"]) await central.expect(action);
    await central.send("RemoteStopTransaction", { transactionId: 1 }, { status: "Rejected" });
    await central.send("RemoteStopTransaction", { transactionId: -1 }, { status: "Rejected" });
  });

  rule(
    "§5.12",
    "of two transactions it stops the one with that id",
    { connectors: 2 },
    async ({ central, station }) => {
      await station.charge(CARD, 1);
      await station.charge(OTHER, 2);
      central.skip();
      await central.send("RemoteStopTransaction", { transactionId: 2 }, { status: "Accepted" });
      await central.expect("StopTransaction", { transactionId: 2 });
      expect(station.status().evses.map((e) => e.chargePointStatus)).toEqual(["Charging", "Finishing"]);
    },
  );
});

describe("transaction ids (1.6 §4.8, §5.12)", () => {
  for (const transactionId of [0, -5, 2_147_483_647]) {
    rule(
      "§4.8",
      `${transactionId} is an id like any other`,
      {
        answers: { StartTransaction: { transactionId, ...tagInfo("Accepted") } },
      },
      async ({ central, station }) => {
        await station.charge();
        for (const action of ["Authorize", "StartTransaction"]) await central.expect(action);
        await central.send("RemoteStopTransaction", { transactionId }, { status: "Accepted" });
        await central.expect("StopTransaction", { transactionId, reason: "Remote" });
      },
    );
  }

  rule(
    "§5.12",
    "before StartTransaction.conf no id fits",
    { answers: { StartTransaction: "silence" } },
    async ({ central, station }) => {
      await station.charge();
      for (const action of ["Authorize", "StartTransaction"]) await central.expect(action);
      await central.send("RemoteStopTransaction", { transactionId: 1 }, { status: "Rejected" });
      await central.reply("StartTransaction", { transactionId: 1, ...tagInfo("Accepted") });
      await central.send("RemoteStopTransaction", { transactionId: 1 }, { status: "Accepted" });
      await central.expect("StopTransaction", { transactionId: 1 });
    },
  );
});

import { describe, expect } from "vitest";
import { CARD, entry, OTHER, type RigOptions, THIRD, tagInfo } from "./rig.ts";
import { rule, testCase } from "./row.ts";

/** A family: one parentIdTag for both cards. */
const family = { parentIdTag: "FAMILY" };
const ofFamily = (request: Record<string, unknown>) =>
  tagInfo("Accepted", request.idTag === THIRD ? {} : family);

describe("stopping with a card (1.6 §3.10, §4.1, §4.10)", () => {
  testCase("TC_068_CS", {}, async ({ central, station }) => {
    await station.charge();
    await central.expect("Authorize", { idTag: CARD });
    await central.expect("StartTransaction", { idTag: CARD });
    expect(await station.tap(CARD)).toBe("accepted by transaction");
    const stop = await central.expect("StopTransaction", { transactionId: 1, idTag: CARD });
    // Omitted means Local (§4.10).
    expect(stop.reason ?? "Local").toBe("Local");
    await central.nothing("Authorize");
    await central.status(1, "Preparing");
    await central.status(1, "Charging");
    await central.status(1, "Finishing");
    await station.unplug();
    await central.status(1, "Available");
  });

  testCase("TC_069_CS", { answers: { Authorize: ofFamily } }, async ({ central, station }) => {
    await station.charge();
    await central.expect("Authorize");
    await central.expect("StartTransaction");
    expect(await station.tap(OTHER)).toBe("accepted by csms");
    await central.expect("Authorize", { idTag: OTHER });
    await central.expect("StopTransaction", { idTag: OTHER });
  });

  rule(
    "§3.10",
    "the parent may come with StartTransaction.conf only",
    {
      answers: {
        Authorize: (request) => tagInfo("Accepted", request.idTag === CARD ? {} : family),
        StartTransaction: { transactionId: 1, ...tagInfo("Accepted", family) },
      },
    },
    async ({ central, station }) => {
      await station.charge();
      await station.tap(OTHER);
      for (const action of ["Authorize", "StartTransaction", "Authorize", "StopTransaction"])
        await central.expect(action);
    },
  );

  rule(
    "§3.10",
    "a valid card of another group, or of none, does not stop",
    {
      answers: { Authorize: ofFamily },
    },
    async ({ central, station }) => {
      await station.charge();
      expect(await station.tap(THIRD)).toMatch(/^rejected by station/);
      for (const action of ["Authorize", "StartTransaction", "Authorize"]) await central.expect(action);
      await central.nothing("StopTransaction");
      expect(station.status().evses[0]?.chargePointStatus).toBe("Charging");
    },
  );

  rule(
    "§3.10",
    "two cards without a parent are no group, whatever they share",
    {
      answers: { Authorize: tagInfo("Accepted", { parentIdTag: "" }) },
    },
    async ({ central, station }) => {
      await station.charge();
      expect(await station.tap(OTHER)).toMatch(/^rejected/);
      for (const action of ["Authorize", "StartTransaction", "Authorize"]) await central.expect(action);
    },
  );

  rule(
    "§3.10",
    "a card whose idTag is the parentIdTag is not of the group by that",
    {
      answers: {
        Authorize: (request) => tagInfo("Accepted", request.idTag === CARD ? { parentIdTag: OTHER } : {}),
      },
    },
    async ({ central, station }) => {
      await station.charge();
      expect(await station.tap(OTHER)).toMatch(/^rejected/);
      for (const action of ["Authorize", "StartTransaction", "Authorize"]) await central.expect(action);
    },
  );

  rule(
    "§4.1",
    "a group member that is not Accepted does not stop",
    {
      answers: {
        Authorize: (request) => tagInfo(request.idTag === CARD ? "Accepted" : "Blocked", family),
      },
    },
    async ({ central, station }) => {
      await station.charge();
      expect(await station.tap(OTHER)).toBe("rejected by csms: Blocked");
      for (const action of ["Authorize", "StartTransaction", "Authorize"]) await central.expect(action);
    },
  );

  const withFamilyList: RigOptions = { answers: { Authorize: ofFamily } };
  const list = {
    listVersion: 1,
    updateType: "Full",
    localAuthorizationList: [entry(CARD, "Accepted", family), entry(OTHER, "Accepted", family)],
  };

  rule(
    "§3.5",
    "LocalPreAuthorize: the parent in the list is enough, no Authorize",
    {
      ...withFamilyList,
      keys: { LocalPreAuthorize: true },
    },
    async ({ central, station }) => {
      await central.send("SendLocalList", list);
      await station.charge();
      expect(await station.tap(OTHER)).toBe("accepted by list");
      await central.expect("StartTransaction", { idTag: CARD });
      await central.expect("StopTransaction", { idTag: OTHER });
    },
  );

  rule(
    "§3.5",
    "offline, the parent in the list stops when LocalAuthorizeOffline is true",
    withFamilyList,
    async ({ central, station }) => {
      await central.send("SendLocalList", list);
      await station.charge();
      await station.offline();
      expect(await station.tap(OTHER)).toBe("accepted by list");
      await station.online();
      for (const action of ["Authorize", "StartTransaction"]) await central.expect(action);
      await central.expect("StopTransaction", { idTag: OTHER });
    },
  );

  rule(
    "§3.5",
    "offline, an unknown card does not stop, also where unknown cards may start",
    {
      keys: { AllowOfflineTxForUnknownId: true },
    },
    async ({ central, station }) => {
      await station.charge();
      await station.offline();
      expect(await station.tap(OTHER)).toMatch(/^rejected/);
      for (const action of ["Authorize", "StartTransaction"]) await central.expect(action);
    },
  );

  rule(
    "§4.1",
    "the card that started stops, also when the list calls it Blocked meanwhile",
    {},
    async ({ central, station }) => {
      await station.charge();
      const localAuthorizationList = [entry(CARD, "Blocked")];
      await central.send("SendLocalList", { listVersion: 1, updateType: "Full", localAuthorizationList });
      expect(await station.tap(CARD)).toBe("accepted by transaction");
      for (const action of ["Authorize", "StartTransaction", "StopTransaction"]) await central.expect(action);
    },
  );

  rule(
    "§4.10",
    "StopTransaction.conf of a group member is about the card that stopped",
    {
      keys: { LocalPreAuthorize: true },
      answers: { Authorize: ofFamily, StopTransaction: tagInfo("Blocked", family) },
    },
    async ({ central, station }) => {
      await station.charge();
      await station.tap(OTHER);
      await station.unplug();
      for (const action of ["Authorize", "StartTransaction", "Authorize", "StopTransaction"])
        await central.expect(action);
      await station.offline();
      expect(await station.tap(OTHER)).toBe("rejected by cache: Blocked");
      expect(await station.tap(CARD)).toBe("accepted by cache");
    },
  );

  rule(
    "§4.10",
    "an answer to StopTransaction, whatever it says, does not keep the transaction open",
    {
      answers: { StopTransaction: tagInfo("Invalid") },
    },
    async ({ central, station, pass }) => {
      await station.charge();
      await station.tap(CARD);
      for (const action of ["Authorize", "StartTransaction", "StopTransaction"]) await central.expect(action);
      await pass(300);
      await central.nothing("StopTransaction");
    },
  );
});

describe("the reasons of StopTransaction (1.6 §4.10, §7.36)", () => {
  const reasons: readonly (readonly [
    string,
    string,
    (rig: Parameters<Parameters<typeof rule>[3]>[0]) => Promise<unknown>,
  ])[] = [
    ["EVDisconnected", "the cable pulled at the car", ({ station }) => station.unplug()],
    [
      "Remote",
      "RemoteStopTransaction",
      ({ central }) => central.send("RemoteStopTransaction", { transactionId: 1 }),
    ],
    ["HardReset", "Reset Hard", ({ central }) => central.send("Reset", { type: "Hard" })],
    ["SoftReset", "Reset Soft", ({ central }) => central.send("Reset", { type: "Soft" })],
    [
      "UnlockCommand",
      "UnlockConnector",
      ({ central }) => central.send("UnlockConnector", { connectorId: 1 }),
    ],
    ["Other", "a fault", ({ station }) => station.fault(1, "GroundFailure")],
  ];
  for (const [reason, by, act] of reasons) {
    rule("§7.36", `${reason}: ${by}`, {}, async (rig) => {
      await rig.station.charge();
      await act(rig);
      await rig.pass(5);
      await rig.central.expect("Authorize");
      await rig.central.expect("StartTransaction");
      // After a hard reset it comes when the station is back.
      if (reason === "HardReset") await rig.central.expect("BootNotification");
      const stop = await rig.central.expect("StopTransaction", { transactionId: 1, reason });
      expect(stop).not.toHaveProperty("idTag");
      rig.central.skip();
    });
  }

  rule("§7.36", "PowerLoss: the power was away", {}, async ({ central, station, pass }) => {
    await station.charge();
    await station.power("cut");
    await pass(60);
    await station.power("restore");
    for (const action of ["Authorize", "StartTransaction", "BootNotification"]) await central.expect(action);
    await central.expect("StopTransaction", { transactionId: 1, reason: "PowerLoss" });
  });
});

describe("who is the starter (1.6 §3.9, §3.10)", () => {
  rule(
    "§7.28",
    "a card stops what was started from afar in other letters",
    {
      keys: { AuthorizeRemoteTxRequests: false },
    },
    async ({ central, station }) => {
      await station.plug();
      await central.send("RemoteStartTransaction", { idTag: CARD.toLowerCase(), connectorId: 1 });
      await central.expect("StartTransaction", { idTag: CARD.toLowerCase() });
      expect(await station.tap(CARD)).toBe("accepted by transaction");
      await central.expect("StopTransaction");
    },
  );

  rule(
    "§3.10",
    "offline, the cache knows the parent of a card that was seen before",
    {
      answers: { Authorize: ofFamily },
    },
    async ({ central, station }) => {
      await station.tap(OTHER);
      await station.tap(OTHER);
      await station.charge();
      await station.offline();
      expect(await station.tap(OTHER)).toBe("accepted by cache");
      await station.online();
      for (const action of ["Authorize", "Authorize", "StartTransaction"]) await central.expect(action);
      await central.expect("StopTransaction", { idTag: OTHER });
    },
  );

  rule(
    "§3.10",
    "parents are one in any letters",
    {
      answers: {
        Authorize: (r) => tagInfo("Accepted", { parentIdTag: r.idTag === CARD ? "Family" : "FAMILY" }),
      },
    },
    async ({ central, station }) => {
      await station.charge();
      expect(await station.tap(OTHER)).toBe("accepted by csms");
      for (const action of ["Authorize", "StartTransaction", "Authorize", "StopTransaction"])
        await central.expect(action);
    },
  );

  rule(
    "§3.9",
    "an idTag need not look like a card: 20 characters of any kind",
    {
      keys: { AuthorizeRemoteTxRequests: true },
    },
    async ({ central, station }) => {
      const idTag = "app:user-7_ABC.xyz/2";
      await station.plug();
      await central.send("RemoteStartTransaction", { idTag, connectorId: 1 }, { status: "Accepted" });
      await central.expect("Authorize", { idTag });
      await central.expect("StartTransaction", { idTag });
    },
  );
});

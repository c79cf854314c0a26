import { describe, expect } from "vitest";
import { CARD, cardNo, entry, OTHER, THIRD, tagInfo } from "./rig.ts";
import { rule, testCase } from "./row.ts";

describe("the Authorization Cache (1.6 §3.5.1)", () => {
  testCase("TC_007_1_CS", { keys: { LocalPreAuthorize: true } }, async ({ central, station }) => {
    await station.tap(CARD);
    await station.tap(CARD);
    await central.expect("Authorize", { idTag: CARD });
    await station.plug();
    expect(await station.tap(CARD)).toBe("accepted by cache");
    await central.expect("StartTransaction", { idTag: CARD, connectorId: 1 });
    await central.nothing("Authorize");
  });

  testCase(
    "TC_007_2_CS",
    {
      keys: { LocalPreAuthorize: true, AuthorizeRemoteTxRequests: true },
    },
    async ({ central, station }) => {
      await station.tap(CARD);
      await station.tap(CARD);
      await central.expect("Authorize");
      await station.plug();
      await central.send("RemoteStartTransaction", { idTag: CARD, connectorId: 1 }, { status: "Accepted" });
      await central.expect("StartTransaction", { idTag: CARD });
    },
  );

  testCase("TC_061_1_CS", { keys: { LocalPreAuthorize: true } }, async ({ central, station }) => {
    await station.tap(CARD);
    await station.tap(CARD);
    await central.expect("Authorize");
    await central.send("ClearCache", {}, { status: "Accepted" });
    central.answer("Authorize", tagInfo("Invalid"));
    expect(await station.tap(CARD)).toBe("rejected by csms: Invalid");
    await central.expect("Authorize", { idTag: CARD });
  });

  testCase(
    "TC_061_2_CS",
    {
      keys: { LocalPreAuthorize: true, AuthorizeRemoteTxRequests: true },
    },
    async ({ central, station }) => {
      await station.tap(CARD);
      await station.tap(CARD);
      await central.expect("Authorize");
      await central.send("ClearCache", {}, { status: "Accepted" });
      await station.plug();
      central.answer("Authorize", tagInfo("Invalid"));
      await central.send("RemoteStartTransaction", { idTag: CARD, connectorId: 1 }, { status: "Accepted" });
      await central.expect("Authorize", { idTag: CARD });
      await central.nothing("StartTransaction");
    },
  );

  for (const status of ["Blocked", "Expired", "Invalid", "ConcurrentTx"]) {
    rule(
      "§3.5.1",
      `holds what is not valid, too: ${status}`,
      {
        keys: { AllowOfflineTxForUnknownId: true },
        answers: { Authorize: tagInfo(status) },
      },
      async ({ central, station }) => {
        await station.tap(CARD);
        await central.expect("Authorize");
        await station.offline();
        expect(await station.tap(CARD)).toBe(`rejected by cache: ${status}`);
      },
    );
  }

  rule(
    "§3.5.1",
    "a card that is not valid there is asked about while online, and is valid from then on",
    {
      keys: { LocalPreAuthorize: true },
    },
    async ({ central, station }) => {
      central.answer("Authorize", tagInfo("Blocked"), tagInfo("Accepted"));
      expect(await station.tap(CARD)).toBe("rejected by csms: Blocked");
      expect(await station.tap(CARD)).toBe("accepted by csms");
      await station.tap(CARD);
      expect(await station.tap(CARD)).toBe("accepted by cache");
      await central.expect("Authorize");
      await central.expect("Authorize");
    },
  );

  rule(
    "§4.8",
    "StartTransaction.conf writes it",
    {
      keys: { StopTransactionOnInvalidId: false },
      answers: { StartTransaction: { transactionId: 1, ...tagInfo("Blocked") } },
    },
    async ({ central, station }) => {
      await station.charge();
      await station.unplug();
      for (const action of ["Authorize", "StartTransaction", "StopTransaction"]) await central.expect(action);
      await station.offline();
      expect(await station.tap(CARD)).toBe("rejected by cache: Blocked");
    },
  );

  rule(
    "§4.10",
    "StopTransaction.conf writes it",
    {
      answers: { StopTransaction: tagInfo("Expired") },
    },
    async ({ central, station }) => {
      await station.charge();
      await station.tap(CARD);
      await station.unplug();
      for (const action of ["Authorize", "StartTransaction", "StopTransaction"]) await central.expect(action);
      await station.offline();
      expect(await station.tap(CARD)).toBe("rejected by cache: Expired");
    },
  );

  rule(
    "§4.10",
    "StopTransaction.conf is about nobody when no card stopped",
    {
      answers: { StopTransaction: tagInfo("Expired") },
    },
    async ({ central, station }) => {
      await station.charge();
      await station.unplug();
      for (const action of ["Authorize", "StartTransaction", "StopTransaction"]) await central.expect(action);
      await station.offline();
      expect(await station.tap(CARD)).toBe("accepted by cache");
    },
  );

  rule(
    "§3.5.3",
    "a card of the list is never put there",
    {
      keys: { LocalPreAuthorize: true },
    },
    async ({ central, station }) => {
      const full = (...list: object[]) => ({
        listVersion: 1,
        updateType: "Full",
        localAuthorizationList: list,
      });
      await central.send("SendLocalList", full(entry(CARD, "Blocked")));
      expect(await station.tap(CARD)).toBe("accepted by csms");
      await station.tap(CARD);
      await central.send("SendLocalList", full());
      // Off the list and never cached, it is unknown.
      expect(await station.tap(CARD)).toBe("accepted by csms");
      await central.expect("Authorize");
      await central.expect("Authorize");
    },
  );

  rule(
    "§3.5.1",
    "an entry past its expiryDate counts as Expired, and is still known",
    {
      keys: { LocalPreAuthorize: true, AllowOfflineTxForUnknownId: true },
    },
    async ({ central, station, clock, pass }) => {
      const expiryDate = new Date(clock.now() + 60_000).toISOString();
      central.answer("Authorize", tagInfo("Accepted", { expiryDate }));
      await station.tap(CARD);
      await station.tap(CARD);
      await central.expect("Authorize");
      await pass(59);
      expect(await station.tap(CARD)).toBe("accepted by cache");
      await station.tap(CARD);
      await pass(1);
      await station.offline();
      expect(await station.tap(CARD)).toBe("rejected by cache: Expired");
    },
  );

  rule(
    "§3.5.1",
    "full: what is not valid goes first, then the oldest",
    {
      keys: { LocalPreAuthorize: true, "AuthCacheCtrlr.Entries": 3 },
      answers: { Authorize: (r) => tagInfo(r.idTag === cardNo(2) ? "Blocked" : "Accepted") },
    },
    async ({ central, station, pass }) => {
      for (const n of [1, 2, 3]) {
        if ((await station.tap(cardNo(n))).startsWith("accepted")) await station.tap(cardNo(n));
        await pass(1);
      }
      for (const n of [4, 5]) {
        await station.tap(cardNo(n));
        await station.tap(cardNo(n));
        await pass(1);
      }
      central.skip();
      await station.offline();
      expect([
        await station.tap(cardNo(3)),
        await station.tap(cardNo(3)),
        await station.tap(cardNo(4)),
        await station.tap(cardNo(4)),
        await station.tap(cardNo(1)),
        await station.tap(cardNo(2)),
      ]).toEqual([
        "accepted by cache",
        "accepted by transaction",
        "accepted by cache",
        "accepted by transaction",
        "rejected by settings: Unknown",
        "rejected by settings: Unknown",
      ]);
    },
  );

  rule(
    "§3.5.1",
    "outlives power loss and reset",
    { keys: { LocalPreAuthorize: true } },
    async ({ central, station, pass }) => {
      await station.tap(CARD);
      await station.tap(CARD);
      await central.expect("Authorize");
      await station.power("cut");
      await station.power("restore");
      await central.expect("BootNotification");
      expect(await station.tap(CARD)).toBe("accepted by cache");
      await central.send("Reset", { type: "Hard" });
      await pass(5);
      await central.expect("BootNotification");
      expect(await station.tap(CARD)).toBe("accepted by cache");
    },
  );

  rule(
    "§3.5.4",
    "an unknown card that was let in offline is not put there before an answer came",
    {
      keys: { AllowOfflineTxForUnknownId: true },
      answers: { StartTransaction: "silence" },
    },
    async ({ central, station }) => {
      await station.offline();
      await station.charge();
      await station.unplug();
      await station.online();
      await central.expect("StartTransaction");
      await central.send("ChangeConfiguration", { key: "AllowOfflineTxForUnknownId", value: "false" });
      await station.offline();
      expect(await station.tap(CARD)).toBe("rejected by settings: Unknown");
    },
  );

  rule(
    "§9.1.2",
    "switched off it is neither read nor written nor cleared",
    {
      keys: { LocalPreAuthorize: true },
    },
    async ({ central, station }) => {
      await station.tap(CARD);
      await station.tap(CARD);
      const set = (value: string) =>
        central.send("ChangeConfiguration", { key: "AuthorizationCacheEnabled", value });
      await set("false");
      expect(await station.tap(CARD)).toBe("accepted by csms");
      await station.tap(CARD);
      await station.tap(OTHER);
      await station.tap(OTHER);
      await central.send("ClearCache", {}, { status: "Rejected" });
      await set("true");
      expect(await station.tap(CARD)).toBe("accepted by cache");
      await station.tap(CARD);
      expect(await station.tap(OTHER)).toBe("accepted by csms");
      for (const _ of [1, 2, 3, 4]) await central.expect("Authorize");
    },
  );

  rule(
    "§5.4",
    "ClearCache leaves the list alone, and a running transaction",
    {
      keys: { LocalPreAuthorize: true },
    },
    async ({ central, station }) => {
      const localAuthorizationList = [entry(CARD, "Accepted"), entry(THIRD, "Accepted")];
      await central.send("SendLocalList", { listVersion: 1, updateType: "Full", localAuthorizationList });
      await station.charge();
      await central.send("ClearCache", {}, { status: "Accepted" });
      await central.send("GetLocalListVersion", {}, { listVersion: 1 });
      expect(await station.tap(CARD)).toBe("accepted by transaction");
      await central.expect("StartTransaction");
      await central.expect("StopTransaction");
    },
  );
});

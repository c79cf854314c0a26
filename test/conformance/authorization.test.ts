import { describe, expect } from "vitest";
import { CARD, entry, OTHER, type Rig, tagInfo } from "./rig.ts";
import { rule } from "./row.ts";

const blockedList = async ({ central }: Rig, status = "Blocked") => {
  await central.send("SendLocalList", {
    listVersion: 1,
    updateType: "Full",
    localAuthorizationList: [entry(CARD, status)],
  });
};

describe("identifiers (1.6 §3.9, §7.28)", () => {
  rule(
    "§7.28",
    "idTag is case-insensitive: a list in lower case knows the card",
    {
      keys: { LocalPreAuthorize: true },
    },
    async ({ central, station }) => {
      const localAuthorizationList = [entry(CARD.toLowerCase(), "Accepted")];
      await central.send("SendLocalList", { listVersion: 1, updateType: "Full", localAuthorizationList });
      expect(await station.tap(CARD)).toBe("accepted by list");
    },
  );

  rule(
    "§3.9",
    "the idTag of a card is the hex of its UID, byte 0 first; 10 bytes just fit",
    {},
    async ({ central, station }) => {
      await station.tap("04A2241B");
      await central.expect("Authorize", { idTag: "04A2241B" });
      await station.tap("04A2241BC85E80112233");
      await central.expect("Authorize", { idTag: "04A2241BC85E80112233" });
    },
  );

  rule(
    "§3.10",
    "a parentIdTag is nobody's card: presented itself it is unknown",
    {
      keys: { LocalPreAuthorize: true },
    },
    async ({ central, station }) => {
      const localAuthorizationList = [entry(CARD, "Accepted", { parentIdTag: OTHER })];
      await central.send("SendLocalList", { listVersion: 1, updateType: "Full", localAuthorizationList });
      central.answer("Authorize", tagInfo("Invalid"));
      expect(await station.tap(OTHER)).toBe("rejected by csms: Invalid");
      await central.expect("Authorize", { idTag: OTHER });
    },
  );
});

describe("the answer to Authorize (1.6 §4.1)", () => {
  for (const status of ["Blocked", "Expired", "Invalid", "ConcurrentTx"]) {
    rule(
      "§4.1",
      `${status} refuses: no transaction, no energy, the rejected signal`,
      {},
      async ({ central, station }) => {
        central.answer("Authorize", tagInfo(status));
        await station.plug();
        expect(await station.tap(CARD)).toBe(`rejected by csms: ${status}`);
        expect(station.signals.slice(-2)).toEqual(["read", "rejected"]);
        await central.expect("Authorize", { idTag: CARD });
        await central.nothing("StartTransaction");
        await central.status(1, "Preparing");
        await central.nothing("StatusNotification");
      },
    );
  }

  rule(
    "§4.1",
    "a CALLERROR refuses: no answer is no yes",
    {
      keys: { AllowOfflineTxForUnknownId: true },
    },
    async ({ central, station }) => {
      central.answer("Authorize", { error: "InternalError" });
      await station.plug();
      expect(await station.tap(CARD)).toBe("rejected by csms: Invalid");
      await central.expect("Authorize");
    },
  );

  rule(
    "§4.1",
    "an answer that breaks the schema refuses",
    { mayComplain: true },
    async ({ central, station }) => {
      central.answer("Authorize", tagInfo("Perhaps"));
      expect(await station.tap(CARD)).toBe("rejected by csms: Invalid");
      await central.expect("Authorize");
    },
  );

  for (const [AllowOfflineTxForUnknownId, verdict] of [
    [false, "rejected by settings"],
    [true, "accepted by settings"],
  ] as const) {
    rule(
      "§3.5.4",
      `silence is being offline: AllowOfflineTxForUnknownId ${AllowOfflineTxForUnknownId}`,
      {
        keys: { AllowOfflineTxForUnknownId, MessageTimeout: 10 },
        answers: { Authorize: "silence" },
      },
      async ({ central, station, pass }) => {
        await station.plug();
        expect(await station.tap(CARD)).toBe("undecided");
        await pass(9);
        expect(station.verdict).toBeUndefined();
        await pass(1);
        expect(station.verdict).toBe(verdict);
        await central.expect("Authorize");
        if (AllowOfflineTxForUnknownId) await central.expect("StartTransaction", { idTag: CARD });
      },
    );
  }

  rule(
    "§3.5",
    "a connection that breaks while the answer is awaited is being offline",
    {
      keys: { AllowOfflineTxForUnknownId: true },
      answers: { Authorize: "silence" },
    },
    async ({ central, station }) => {
      await station.tap(CARD);
      await station.offline();
      expect(station.verdict).toBe("accepted by settings");
      await central.expect("Authorize");
    },
  );
});

describe("where implementations differ: starting", () => {
  rule(
    "§4.1",
    "online, an entry of the list that is not Accepted is asked about; the answer decides",
    {
      keys: { LocalPreAuthorize: true },
    },
    async (rig) => {
      const { central, station } = rig;
      await blockedList(rig);
      await station.plug();
      expect(await station.tap(CARD)).toBe("accepted by csms");
      await central.expect("Authorize", { idTag: CARD });
      await central.expect("StartTransaction", { idTag: CARD });
    },
  );

  rule(
    "§3.5.3",
    "a pre-authorized start sends no Authorize at all",
    {
      keys: { LocalPreAuthorize: true },
    },
    async (rig) => {
      const { central, station, pass } = rig;
      await blockedList(rig, "Accepted");
      await station.plug();
      expect(await station.tap(CARD)).toBe("accepted by list");
      await central.expect("StartTransaction", { idTag: CARD });
      await pass(120);
      await central.nothing("Authorize");
    },
  );

  rule(
    "§3.5.4",
    "offline, Blocked in the list is refused also where unknown cards are not",
    {
      keys: { LocalAuthorizeOffline: false, AllowOfflineTxForUnknownId: true },
    },
    async (rig) => {
      await blockedList(rig);
      await rig.station.offline();
      expect(await rig.station.tap(CARD)).toBe("rejected by list: Blocked");
      expect(await rig.station.tap(OTHER)).toBe("accepted by settings");
    },
  );

  rule(
    "§3.5.4",
    "offline, ConcurrentTx in the list is not Accepted; online it is no conflict",
    {
      keys: { AllowOfflineTxForUnknownId: true },
    },
    async (rig) => {
      const { central, station } = rig;
      await blockedList(rig, "ConcurrentTx");
      expect(await station.tap(CARD)).toBe("accepted by csms");
      await central.expect("Authorize");
      await central.nothing("StatusNotification", { errorCode: "LocalListConflict" });
      await station.tap(CARD);
      await station.offline();
      expect(await station.tap(CARD)).toBe("rejected by list: ConcurrentTx");
    },
  );

  rule(
    "§3.5.4",
    "offline, an expired entry is refused, and the list stays as it was sent",
    {
      keys: { LocalPreAuthorize: true, AllowOfflineTxForUnknownId: true },
    },
    async ({ central, station, clock, pass }) => {
      const expiryDate = new Date(clock.now() + 60_000).toISOString();
      const localAuthorizationList = [entry(CARD, "Accepted", { expiryDate })];
      await central.send("SendLocalList", { listVersion: 1, updateType: "Full", localAuthorizationList });
      await station.offline();
      expect(await station.tap(CARD)).toBe("accepted by list");
      await station.tap(CARD);
      await pass(60);
      expect(await station.tap(CARD)).toBe("rejected by list: Expired");
      // Set back by a day, the clock makes it valid again: nothing was written into the list.
      clock.jump(clock.now() - 86_400_000);
      expect(await station.tap(CARD)).toBe("accepted by list");
    },
  );

  rule(
    "§3.5.4",
    "offline, a card that the cache knows as Blocked is not unknown",
    {
      keys: { AllowOfflineTxForUnknownId: true },
    },
    async ({ central, station }) => {
      central.answer("Authorize", tagInfo("Blocked"));
      await station.tap(CARD);
      await central.expect("Authorize");
      await station.offline();
      expect(await station.tap(CARD)).toBe("rejected by cache: Blocked");
    },
  );

  rule(
    "§9.2.1",
    "a list that is switched off is not looked at",
    {
      keys: { AllowOfflineTxForUnknownId: true },
    },
    async (rig) => {
      await blockedList(rig);
      await rig.central.send(
        "ChangeConfiguration",
        { key: "LocalAuthListEnabled", value: "false" },
        {
          status: "Accepted",
        },
      );
      await rig.station.offline();
      expect(await rig.station.tap(CARD)).toBe("accepted by settings");
    },
  );
});

describe("two at once (1.6 §4.1, §3)", () => {
  rule(
    "§4.1",
    "the power goes while Authorize is on its way: nothing starts, and the answer is forgotten",
    {
      answers: { Authorize: "silence" },
    },
    async ({ central, station }) => {
      await station.plug();
      await station.tap(CARD);
      await central.expect("Authorize");
      await station.power("cut");
      await station.power("restore");
      await central.expect("BootNotification");
      await central.nothing("StartTransaction");
      expect(station.status().evses[0]?.chargePointStatus).toBe("Preparing");
    },
  );

  rule(
    "§4.1",
    "the same card again while it is being asked about is one question",
    { answers: { Authorize: "silence" } },
    async ({ central, station }) => {
      await station.tap(CARD);
      expect(await station.tap(CARD)).toBe("ignored");
      await central.expect("Authorize");
      await central.nothing("Authorize");
    },
  );

  rule(
    "§4.1",
    "two cards, one connector: who is accepted first charges, the other is refused",
    {
      answers: { Authorize: "silence" },
    },
    async ({ central, station }) => {
      await station.plug();
      await station.tap(CARD);
      await station.tap(OTHER);
      await central.expect("Authorize", { idTag: CARD });
      await central.reply("Authorize", tagInfo("Accepted"));
      await central.expect("Authorize", { idTag: OTHER });
      await central.reply("Authorize", tagInfo("Accepted"));
      expect(station.verdict).toBe("rejected by station");
      await central.expect("StartTransaction", { idTag: CARD });
      await central.nothing("StartTransaction");
    },
  );

  rule(
    "§5.11",
    "a remote start while a card is being asked about: one of them charges, the other does not",
    {
      keys: { AuthorizeRemoteTxRequests: false },
      answers: { Authorize: "silence" },
    },
    async ({ central, station }) => {
      await station.plug();
      await station.tap(CARD);
      await central.expect("Authorize");
      await central.send("RemoteStartTransaction", { idTag: OTHER, connectorId: 1 }, { status: "Accepted" });
      await central.reply("Authorize", tagInfo("Accepted"));
      await central.expect("StartTransaction", { idTag: OTHER });
      expect(station.verdict).toMatch(/^rejected/);
    },
  );

  rule(
    "§5.14",
    "a reset while Authorize is on its way starts nothing",
    { answers: { Authorize: "silence" } },
    async ({ central, station, pass }) => {
      await station.plug();
      await station.tap(CARD);
      await central.expect("Authorize");
      await central.send("Reset", { type: "Soft" }, { status: "Accepted" });
      await pass(5);
      await central.expect("BootNotification");
      await central.nothing("StartTransaction");
    },
  );

  rule(
    "§5.2",
    "out of service while Authorize is on its way: refused",
    { answers: { Authorize: "silence" } },
    async ({ central, station }) => {
      await station.plug();
      await station.tap(CARD);
      await central.expect("Authorize");
      await central.send(
        "ChangeAvailability",
        { connectorId: 1, type: "Inoperative" },
        { status: "Accepted" },
      );
      await central.reply("Authorize", tagInfo("Accepted"));
      expect(station.verdict).toBe("rejected by station");
      await central.nothing("StartTransaction");
    },
  );

  rule(
    "§5.15",
    "a list that comes while Authorize is on its way does not overrule the answer",
    {
      answers: { Authorize: "silence" },
    },
    async (rig) => {
      const { central, station } = rig;
      await station.plug();
      await station.tap(CARD);
      await central.expect("Authorize");
      await blockedList(rig);
      await central.reply("Authorize", tagInfo("Accepted"));
      await central.expect("StartTransaction", { idTag: CARD });
      await central.expect("StatusNotification", { connectorId: 1, status: "Preparing" });
      await central.expect("StatusNotification", { connectorId: 0, errorCode: "LocalListConflict" });
    },
  );
});

import { describe, expect } from "vitest";
import type { Payload } from "./central.ts";
import { CARD, OTHER, THIRD } from "./rig.ts";
import { rule } from "./row.ts";
import { differential, done, ended, entry, family, full, info, started, token, v201 } from "./v201.ts";

describe("starting (2.0.1 C01, C10 to C15)", () => {
  rule(
    "E03.FR.01",
    "the token goes with the first event, once; triggerReason Authorized",
    v201(),
    async ({ central, station, pass }) => {
      await station.charge();
      await central.expect("Authorize", { idToken: token(CARD) });
      const first = await central.expect("TransactionEvent", {
        ...started,
        triggerReason: "Authorized",
        seqNo: 0,
        idToken: token(CARD),
        evse: { id: 1, connectorId: 1 },
      });
      expect(first).not.toHaveProperty("offline");
      await pass(60);
      await station.unplug();
      const last = await central.expect("TransactionEvent", {
        ...ended,
        seqNo: 1,
        triggerReason: "EVCommunicationLost",
        transactionInfo: { stoppedReason: "EVDisconnected" },
      });
      expect(last).not.toHaveProperty("idToken");
    },
  );

  rule("E02", "identification first: CablePluggedIn starts it", v201(), async ({ central, station }) => {
    await station.tap(CARD);
    await central.expect("Authorize");
    await station.plug();
    await central.expect("TransactionEvent", {
      ...started,
      triggerReason: "CablePluggedIn",
      idToken: token(CARD),
    });
  });

  for (const status of [
    "Blocked",
    "ConcurrentTx",
    "Expired",
    "Invalid",
    "NoCredit",
    "NotAllowedTypeEVSE",
    "NotAtThisLocation",
    "NotAtThisTime",
    "Unknown",
  ]) {
    rule(
      "C01.FR.07",
      `${status} refuses`,
      v201({}, { Authorize: info(status) }),
      async ({ central, station }) => {
        await station.plug();
        expect(await station.tap(CARD)).toBe(`rejected by csms: ${status}`);
        await central.expect("Authorize");
      },
    );
  }

  rule(
    "C01.FR.20",
    "evseId in idTokenInfo: charged only there",
    {
      ...v201({}, { Authorize: info("Accepted", { evseId: [2] }) }),
      connectors: 2,
    },
    async ({ central, station }) => {
      await station.plug(1);
      expect(await station.tap(CARD)).toBe("accepted by csms");
      await central.expect("Authorize");
      await central.nothing();
      await station.plug(2);
      await central.expect("TransactionEvent", { ...started, evse: { id: 2 } });
    },
  );

  rule(
    "§2.3.1",
    "AuthCtrlr.Enabled false: nobody is asked",
    v201({ "AuthCtrlr.Enabled": false }),
    async ({ central, station }) => {
      await station.plug();
      expect(await station.tap(CARD)).toBe("accepted by settings");
      await central.expect("TransactionEvent", { ...started, idToken: token(CARD) });
    },
  );

  rule(
    "AuthCtrlr",
    "DisableRemoteAuthorization: list and cache alone decide",
    v201({
      "AuthCtrlr.DisableRemoteAuthorization": true,
    }),
    async ({ central, station }) => {
      await central.send("SendLocalList", full(1, entry(CARD, "Accepted"), entry(OTHER, "Blocked")), done);
      expect(await station.tap(OTHER)).toMatch(/^rejected/);
      expect(await station.tap(THIRD)).toMatch(/^rejected/);
      expect(await station.tap(CARD)).toBe("accepted by list");
      await central.nothing("Authorize");
    },
  );

  rule(
    "C14.FR.03",
    "LocalAuthListCtrlr.DisablePostAuthorize: the list's refusal is final",
    v201({
      "LocalAuthListCtrlr.DisablePostAuthorize": true,
    }),
    async ({ central, station }) => {
      await central.send("SendLocalList", full(1, entry(CARD, "Blocked")), done);
      expect(await station.tap(CARD)).toBe("rejected by list: Blocked");
    },
  );

  rule(
    "C10.FR.03",
    "AuthCacheCtrlr.DisablePostAuthorize: the cache's refusal is final",
    v201(
      {
        "AuthCacheCtrlr.DisablePostAuthorize": true,
      },
      { Authorize: info("Blocked") },
    ),
    async ({ central, station }) => {
      expect(await station.tap(CARD)).toBe("rejected by csms: Blocked");
      await central.expect("Authorize");
      expect(await station.tap(CARD)).toBe("rejected by cache: Blocked");
    },
  );

  rule(
    "C10.FR.08",
    "AuthCacheCtrlr.LifeTime ends an entry that has no end of its own",
    v201({
      LocalPreAuthorize: true,
      "AuthCacheCtrlr.LifeTime": 600,
    }),
    async ({ central, station, pass }) => {
      await station.tap(CARD);
      await station.tap(CARD);
      await central.expect("Authorize");
      await pass(599);
      expect(await station.tap(CARD)).toBe("accepted by cache");
      await station.tap(CARD);
      await pass(1);
      await station.tap(CARD);
      await central.expect("Authorize");
    },
  );

  rule(
    "C.1",
    "tokens are equal only with their type",
    v201({ LocalPreAuthorize: true }),
    async ({ central, station }) => {
      const list = full(1, { idToken: token(CARD, "Local"), ...info("Accepted") });
      await central.send("SendLocalList", list, done);
      await station.tap(CARD);
      await central.expect("Authorize", { idToken: token(CARD) });
    },
  );
});

describe("stopping (2.0.1 C01.FR.03, C09, E07)", () => {
  rule(
    "E07.FR.01",
    "the same token: no Authorize, StopAuthorized with the token, Local",
    v201(),
    async ({ central, station }) => {
      await station.charge();
      await station.tap(CARD);
      await central.expect("Authorize");
      await central.expect("TransactionEvent", started);
      const last = await central.expect("TransactionEvent", {
        ...ended,
        triggerReason: "StopAuthorized",
        idToken: token(CARD),
      });
      expect((last.transactionInfo as Payload).stoppedReason ?? "Local").toBe("Local");
    },
  );

  rule(
    "C09.FR.03",
    "another token of the group: asked, then it stops",
    v201({}, { Authorize: info("Accepted", family) }),
    async ({ central, station }) => {
      await station.charge();
      expect(await station.tap(OTHER)).toBe("accepted by csms");
      await central.expect("Authorize");
      await central.expect("TransactionEvent", started);
      await central.expect("Authorize", { idToken: token(OTHER) });
      await central.expect("TransactionEvent", { ...ended, idToken: token(OTHER) });
    },
  );

  rule(
    "E07.FR.01",
    "of the group by the list, with LocalPreAuthorize: not asked",
    v201({
      LocalPreAuthorize: true,
    }),
    async ({ central, station }) => {
      await central.send(
        "SendLocalList",
        full(1, entry(CARD, "Accepted", family), entry(OTHER, "Accepted", family)),
        done,
      );
      await station.charge();
      expect(await station.tap(OTHER)).toBe("accepted by list");
      await central.expect("TransactionEvent", started);
      await central.expect("TransactionEvent", { ...ended, idToken: token(OTHER) });
    },
  );

  rule(
    "C09.FR.11",
    "of the group, and not Accepted: it does not stop",
    v201(
      {},
      {
        Authorize: (r) => info((r.idToken as Payload).idToken === CARD ? "Accepted" : "Blocked", family),
      },
    ),
    async ({ central, station }) => {
      await station.charge();
      expect(await station.tap(OTHER)).toBe("rejected by csms: Blocked");
      await central.expect("Authorize");
      await central.expect("TransactionEvent", started);
      await central.expect("Authorize");
    },
  );
});

describe("the Local Authorization List (2.0.1 D01, D02)", () => {
  rule(
    "D02.FR.03",
    "0 before the first list; an emptied one keeps its version",
    v201(),
    async ({ central }) => {
      await central.send("GetLocalListVersion", {}, { versionNumber: 0 });
      await central.send("SendLocalList", full(4, entry(CARD, "Accepted")), done);
      await central.send("SendLocalList", full(7), done);
      await central.send("GetLocalListVersion", {}, { versionNumber: 7 });
      await central.send("SendLocalList", differential(9), done);
      await central.send("GetLocalListVersion", {}, { versionNumber: 9 });
    },
  );

  rule(
    "D01.FR.19",
    "Differential not above the version: VersionMismatch, list and version kept",
    v201({
      LocalPreAuthorize: true,
    }),
    async ({ central, station }) => {
      await central.send("SendLocalList", full(4, entry(CARD, "Accepted")), done);
      await central.send("SendLocalList", differential(4, entry(CARD)), { status: "VersionMismatch" });
      await central.send("GetLocalListVersion", {}, { versionNumber: 4 });
      expect(await station.tap(CARD)).toBe("accepted by list");
    },
  );

  rule(
    "D01.FR.18",
    "version 0, a token twice, and a list that is switched off: Failed",
    v201(),
    async ({ central }) => {
      await central.send("SendLocalList", full(0, entry(CARD, "Accepted")), { status: "Failed" });
      const twice = full(1, entry(CARD, "Accepted"), entry(CARD.toLowerCase(), "Blocked"));
      await central.send("SendLocalList", twice, { status: "Failed" });
      const off = {
        component: { name: "LocalAuthListCtrlr" },
        variable: { name: "Enabled" },
        attributeValue: "false",
      };
      await central.send(
        "SetVariables",
        { setVariableData: [off] },
        { setVariableResult: [{ attributeStatus: "Accepted" }] },
      );
      await central.send("SendLocalList", full(1, entry(CARD, "Accepted")), { status: "Failed" });
      await central.send("GetLocalListVersion", {}, { versionNumber: 0 });
    },
  );

  rule(
    "C11.FR.04",
    "ClearCache is Rejected when the cache is switched off",
    v201({ "AuthCacheCtrlr.Enabled": false }),
    async ({ central }) => {
      await central.send("ClearCache", {}, { status: "Rejected" });
    },
  );
});

describe("where implementations differ: 2.0.1", () => {
  rule(
    "C13.FR.04",
    "offline, a token that the cache knows as not valid is not unknown",
    v201(
      {
        "AuthCtrlr.OfflineTxForUnknownIdEnabled": true,
      },
      { Authorize: info("Blocked") },
    ),
    async ({ central, station }) => {
      await station.tap(CARD);
      await central.expect("Authorize");
      await station.offline();
      expect(await station.tap(CARD)).toBe("rejected by cache: Blocked");
    },
  );

  rule(
    "C10.FR.10",
    "the life time runs from the last answer, not from the last use",
    v201({
      LocalPreAuthorize: true,
      "AuthCacheCtrlr.LifeTime": 600,
    }),
    async ({ central, station, pass }) => {
      await station.tap(CARD);
      await station.tap(CARD);
      await central.expect("Authorize");
      await pass(400);
      expect(await station.tap(CARD)).toBe("accepted by cache");
      await station.tap(CARD);
      await pass(201);
      await station.tap(CARD);
      await central.expect("Authorize");
    },
  );

  rule(
    "C10.FR.10",
    "and each answer begins it anew",
    v201({ "AuthCacheCtrlr.LifeTime": 600 }),
    async ({ central, station, pass }) => {
      const asked = async () => {
        await station.tap(CARD);
        await station.tap(CARD);
        await central.expect("Authorize");
      };
      await asked();
      await pass(400);
      await asked();
      await pass(400);
      await station.offline();
      expect(await station.tap(CARD)).toBe("accepted by cache");
    },
  );

  rule(
    "C15.FR.01",
    "a token that was let in as unknown is not cached by that",
    v201({
      "AuthCtrlr.OfflineTxForUnknownIdEnabled": true,
    }),
    async ({ central, station }) => {
      await station.offline();
      await station.tap(CARD);
      await station.tap(CARD);
      await station.online();
      await station.tap(CARD);
      await central.expect("Authorize");
    },
  );
});

import { describe, expect } from "vitest";
import { CARD, cardNo, entry, OTHER, THIRD, tagInfo } from "./rig.ts";
import { rule, testCase } from "./row.ts";

const local = { LocalPreAuthorize: true };

const full = (listVersion: number, ...list: object[]) => ({
  listVersion,
  updateType: "Full",
  ...(list.length > 0 ? { localAuthorizationList: list } : {}),
});
const differential = (listVersion: number, ...list: object[]) => ({
  ...full(listVersion, ...list),
  updateType: "Differential",
});
const done = { status: "Accepted" };

describe("the Local Authorization List (1.6 §3.5.2, §5.10, §5.15)", () => {
  testCase("TC_008_1_CS", { keys: local }, async ({ central, station }) => {
    await central.send("SendLocalList", full(1, entry(CARD, "Accepted")), done);
    await station.plug();
    expect(await station.tap(CARD)).toBe("accepted by list");
    await central.expect("StartTransaction", { idTag: CARD });
    await central.nothing("Authorize");
  });

  testCase("TC_042_1_CS", { keys: { LocalAuthListEnabled: false } }, async ({ central }) => {
    await central.send("GetLocalListVersion", {}, { listVersion: -1 });
  });

  testCase("TC_042_2_CS", {}, async ({ central }) => {
    await central.send("GetLocalListVersion", {}, { listVersion: 0 });
  });

  testCase("TC_043_1_CS", { keys: { LocalAuthListEnabled: false } }, async ({ central }) => {
    await central.send("SendLocalList", full(1, entry(CARD, "Accepted")), { status: "NotSupported" });
  });

  testCase("TC_043_2_CS", { keys: local }, async ({ central, station }) => {
    await central.send("SendLocalList", full(5, entry(CARD, "Accepted")), done);
    for (const version of [5, 4]) {
      const update = differential(version, entry(CARD), entry(OTHER, "Accepted"));
      await central.send("SendLocalList", update, { status: "VersionMismatch" });
    }
    await central.send("GetLocalListVersion", {}, { listVersion: 5 });
    expect(await station.tap(CARD)).toBe("accepted by list");
  });

  testCase("TC_043_3_CS", { keys: local }, async ({ central, station }) => {
    await central.send("SendLocalList", full(1, entry(CARD, "Accepted")), done);
    // The same idTag twice is forbidden (§6.41).
    const twice = full(2, entry(OTHER, "Accepted"), entry(OTHER.toLowerCase(), "Blocked"));
    await central.send("SendLocalList", twice, { status: "Failed" });
    await central.send("GetLocalListVersion", {}, { listVersion: 1 });
    expect(await station.tap(CARD)).toBe("accepted by list");
  });

  testCase("TC_043_CS", { keys: local }, async ({ central, station }) => {
    await central.send("SendLocalList", full(1, entry(CARD, "Accepted")), done);
    await central.send("GetLocalListVersion", {}, { listVersion: 1 });
    await central.send("SendLocalList", differential(2, entry(OTHER, "Accepted"), entry(CARD)), done);
    await central.send("GetLocalListVersion", {}, { listVersion: 2 });
    expect(await station.tap(OTHER)).toBe("accepted by list");
    await station.tap(OTHER);
    await station.tap(CARD);
    await central.expect("Authorize", { idTag: CARD });
  });

  rule("§6.41", "Full replaces: what is not in it is gone", { keys: local }, async ({ central, station }) => {
    await central.send("SendLocalList", full(1, entry(CARD, "Accepted"), entry(OTHER, "Accepted")), done);
    await central.send("SendLocalList", full(2, entry(OTHER, "Accepted")), done);
    await station.tap(CARD);
    await central.expect("Authorize", { idTag: CARD });
  });

  for (const version of [1, 3, 7]) {
    rule("§7.47", `Full needs no greater version: from 3 to ${version}`, {}, async ({ central }) => {
      await central.send("SendLocalList", full(3, entry(CARD, "Accepted")), done);
      await central.send("SendLocalList", full(version, entry(OTHER, "Accepted")), done);
      await central.send("GetLocalListVersion", {}, { listVersion: version });
    });
  }

  for (const [how, update] of [
    ["absent", full(7)],
    ["empty", { ...full(7), localAuthorizationList: [] }],
  ] as const) {
    rule(
      "§6.41",
      `Full with the list ${how} removes all; the version asked for is 0 then (§5.10)`,
      {
        keys: local,
      },
      async ({ central, station }) => {
        await central.send("SendLocalList", full(3, entry(CARD, "Accepted")), done);
        await central.send("SendLocalList", update, done);
        await central.send("GetLocalListVersion", {}, { listVersion: 0 });
        await station.tap(CARD);
        await central.expect("Authorize", { idTag: CARD });
        // Yet it is at version 7.
        await central.send("SendLocalList", differential(7, entry(CARD, "Accepted")), {
          status: "VersionMismatch",
        });
        await central.send("SendLocalList", differential(8, entry(CARD, "Accepted")), done);
        await central.send("GetLocalListVersion", {}, { listVersion: 8 });
      },
    );

    rule(
      "§6.41",
      `Differential with the list ${how} changes nothing but the version`,
      { keys: local },
      async ({ central, station }) => {
        await central.send("SendLocalList", full(3, entry(CARD, "Accepted")), done);
        await central.send("SendLocalList", { ...update, updateType: "Differential" }, done);
        await central.send("GetLocalListVersion", {}, { listVersion: 7 });
        expect(await station.tap(CARD)).toBe("accepted by list");
      },
    );
  }

  rule(
    "§7.1",
    "Differential changes an entry, adds one, removes one, and does not mind an unknown one",
    {
      keys: { ...local, LocalAuthorizeOffline: true },
    },
    async ({ central, station }) => {
      await central.send("SendLocalList", full(1, entry(CARD, "Blocked"), entry(OTHER, "Accepted")), done);
      const update = differential(
        2,
        entry(CARD, "Accepted"),
        entry(THIRD, "Accepted"),
        entry(OTHER),
        entry(cardNo(9)),
      );
      await central.send("SendLocalList", update, done);
      for (const card of [CARD, THIRD]) {
        expect(await station.tap(card)).toBe("accepted by list");
        await station.tap(card);
      }
      await station.offline();
      expect(await station.tap(OTHER)).toBe("rejected by settings: Unknown");
    },
  );

  rule("§7.1", "Full wants idTagInfo for every entry", { keys: local }, async ({ central, station }) => {
    await central.send("SendLocalList", full(1, entry(CARD, "Accepted")), done);
    await central.send("SendLocalList", full(2, entry(OTHER, "Accepted"), entry(CARD)), { status: "Failed" });
    await central.send("GetLocalListVersion", {}, { listVersion: 1 });
    expect(await station.tap(CARD)).toBe("accepted by list");
  });

  for (const version of [0, -1]) {
    rule("erratum 3.52", `version ${version} must not be sent`, {}, async ({ central }) => {
      await central.send("SendLocalList", full(version, entry(CARD, "Accepted")), { status: "Failed" });
      await central.send("GetLocalListVersion", {}, { listVersion: 0 });
    });
  }

  rule(
    "§9.2",
    "SendLocalListMaxLength limits a message, LocalAuthListMaxLength the list",
    {
      keys: { SendLocalListMaxLength: 3, LocalAuthListMaxLength: 4 },
    },
    async ({ central }) => {
      const some = (...numbers: number[]) => numbers.map((n) => entry(cardNo(n), "Accepted"));
      await central.send("SendLocalList", full(1, ...some(1, 2, 3, 4)), { status: "Failed" });
      await central.send("SendLocalList", full(1, ...some(1, 2, 3)), done);
      await central.send("SendLocalList", differential(2, ...some(4, 5)), { status: "Failed" });
      await central.send("SendLocalList", differential(2, ...some(1, 2, 4)), done);
      await central.send("SendLocalList", differential(3, entry(cardNo(1)), ...some(5)), done);
      await central.send("GetLocalListVersion", {}, { listVersion: 3 });
    },
  );

  rule("§3.5.2", "it outlives power loss and reset", { keys: local }, async ({ central, station, pass }) => {
    await central.send("SendLocalList", full(4, entry(CARD, "Accepted")), done);
    await station.power("cut");
    await station.power("restore");
    await central.expect("BootNotification");
    await central.send("GetLocalListVersion", {}, { listVersion: 4 });
    await central.send("Reset", { type: "Soft" }, done);
    await pass(5);
    await central.expect("BootNotification");
    expect(await station.tap(CARD)).toBe("accepted by list");
  });

  rule(
    "§9.2.1",
    "switched off and on again it is what it was",
    { keys: local },
    async ({ central, station }) => {
      const set = (value: string) =>
        central.send("ChangeConfiguration", { key: "LocalAuthListEnabled", value }, done);
      await central.send("SendLocalList", full(4, entry(CARD, "Accepted")), done);
      await set("false");
      expect(await station.tap(CARD)).toBe("accepted by csms");
      await station.tap(CARD);
      await central.expect("Authorize");
      await set("true");
      await central.send("GetLocalListVersion", {}, { listVersion: 4 });
      expect(await station.tap(CARD)).toBe("accepted by list");
    },
  );

  rule(
    "§3.5.2",
    "no answer of the central system alters it",
    { keys: local },
    async ({ central, station }) => {
      await central.send("SendLocalList", full(1, entry(CARD, "Blocked")), done);
      await station.charge();
      await station.tap(CARD);
      await station.unplug();
      central.skip();
      await station.offline();
      expect(await station.tap(CARD)).toBe("rejected by list: Blocked");
    },
  );
});

describe("LocalListConflict (1.6 §3.5.2)", () => {
  const conflict = { errorCode: "LocalListConflict" };

  const cases: readonly (readonly [string, object, object, boolean])[] = [
    ["Blocked there, Accepted here", entry(CARD, "Blocked"), tagInfo("Accepted"), true],
    ["Accepted there, Invalid here", entry(CARD, "Accepted"), tagInfo("Invalid"), true],
    ["Accepted both", entry(CARD, "Accepted"), tagInfo("Accepted"), false],
    ["Accepted there, ConcurrentTx here", entry(CARD, "Accepted"), tagInfo("ConcurrentTx"), false],
    [
      "expired there, Expired here",
      entry(CARD, "Accepted", { expiryDate: "2029-01-01T00:00:00Z" }),
      tagInfo("Expired"),
      false,
    ],
    [
      "another parentIdTag",
      entry(CARD, "Accepted", { parentIdTag: "A" }),
      tagInfo("Accepted", { parentIdTag: "B" }),
      true,
    ],
    [
      "the parentIdTag in other letters",
      entry(CARD, "Accepted", { parentIdTag: "a" }),
      tagInfo("Accepted", { parentIdTag: "A" }),
      false,
    ],
  ];
  for (const [what, listed, answer, told] of cases) {
    rule(
      "§3.5.2",
      `Authorize.conf: ${what} ${told ? "is told as connector 0's" : "is none"}`,
      {
        answers: { Authorize: answer as Record<string, unknown> },
      },
      async ({ central, station }) => {
        await central.send("SendLocalList", full(1, listed), done);
        await station.tap(CARD);
        await central.expect("Authorize");
        if (told)
          await central.expect("StatusNotification", { connectorId: 0, status: "Available", ...conflict });
        await central.nothing("StatusNotification", conflict);
      },
    );
  }

  rule(
    "§3.5.2",
    "StartTransaction.conf and StopTransaction.conf tell one, too",
    {
      keys: local,
      answers: {
        StartTransaction: { transactionId: 1, ...tagInfo("Expired") },
        StopTransaction: tagInfo("Invalid"),
      },
    },
    async ({ central, station }) => {
      await central.send("SendLocalList", full(1, entry(CARD, "Accepted")), done);
      await central.send("ChangeConfiguration", { key: "StopTransactionOnInvalidId", value: "false" }, done);
      await station.charge();
      await central.expect("StartTransaction");
      await central.expect("StatusNotification", { connectorId: 0, ...conflict });
      await station.tap(CARD);
      await central.expect("StopTransaction");
      await central.expect("StatusNotification", { connectorId: 0, ...conflict });
    },
  );
});

describe("where implementations differ: lists", () => {
  rule(
    "§7.47",
    "a list that is switched off is NotSupported as an answer, no CALLERROR",
    {
      keys: { LocalAuthListEnabled: false },
    },
    async ({ central }) => {
      expect(await central.send("SendLocalList", full(1))).toEqual({ status: "NotSupported" });
    },
  );

  rule(
    "§6.41",
    "Differential onto no list at all is Accepted and makes one",
    { keys: local },
    async ({ central, station }) => {
      await central.send("SendLocalList", differential(1), done);
      await central.send("GetLocalListVersion", {}, { listVersion: 0 });
      await central.send("SendLocalList", differential(2, entry(CARD, "Accepted")), done);
      expect(await station.tap(CARD)).toBe("accepted by list");
    },
  );
});

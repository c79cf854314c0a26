import { describe, expect } from "vitest";
import { CARD, cardNo, entry, OTHER, type Rig, tagInfo } from "./rig.ts";
import { rule } from "./row.ts";

/*
 * Who may start: the whole decision of 1.6 §3.5, §4.1 and §9.1 as a table. Rows are what list and cache know of the
 * card; an entry past its expiryDate counts as Expired. Columns are the settings that matter:
 * P LocalPreAuthorize, L LocalAuthorizeOffline, U AllowOfflineTxForUnknownId; a small letter is false.
 */
const table = `
  list      cache      online-P online-p offline-LU offline-Lu offline-lU offline-lu
  -         -          ask      ask      accept     reject     accept     reject
  -         Accepted   accept   ask      accept     accept     accept     reject
  -         Blocked    ask      ask      reject     reject     reject     reject
  -         expired    ask      ask      reject     reject     reject     reject
  Accepted  -          accept   ask      accept     accept     accept     reject
  Accepted  Accepted   accept   ask      accept     accept     accept     reject
  Accepted  Blocked    accept   ask      accept     accept     accept     reject
  Accepted  expired    accept   ask      accept     accept     accept     reject
  Blocked   -          ask      ask      reject     reject     reject     reject
  Blocked   Accepted   ask      ask      reject     reject     reject     reject
  Blocked   Blocked    ask      ask      reject     reject     reject     reject
  Blocked   expired    ask      ask      reject     reject     reject     reject
  expired   -          ask      ask      reject     reject     reject     reject
  expired   Accepted   ask      ask      reject     reject     reject     reject
  expired   Blocked    ask      ask      reject     reject     reject     reject
  expired   expired    ask      ask      reject     reject     reject     reject
`;

type Cell = Readonly<Record<string, string>>;

const [head = [], ...lines] = table
  .trim()
  .split("\n")
  .map((line) => line.trim().split(/\s+/));
const cells: readonly Cell[] = lines.map((line) =>
  Object.fromEntries(head.map((name, i) => [name, line[i] ?? ""])),
);

const bools = [true, false];
const combinations = bools.flatMap((online) =>
  bools.flatMap((P) => bools.flatMap((L) => bools.map((U) => ({ online, P, L, U })))),
);

/** The cache learns from Authorize.conf, then the list from SendLocalList, then a minute ends what expires. */
async function fill({ central, station, clock, pass }: Rig): Promise<void> {
  const soon = new Date(clock.now() + 60_000).toISOString();
  const infoOf = (state: string): [string, object] =>
    state === "expired" ? ["Accepted", { expiryDate: soon }] : [state, {}];
  for (const [i, { cache = "" }] of cells.entries()) {
    if (cache === "-") continue;
    central.answer("Authorize", tagInfo(...infoOf(cache)));
    if ((await station.tap(cardNo(i))) === "accepted by csms") await station.tap(cardNo(i));
  }
  const localAuthorizationList = cells.flatMap(({ list = "" }, i) =>
    list === "-" ? [] : [entry(cardNo(i), ...infoOf(list))],
  );
  const full = { listVersion: 1, updateType: "Full", localAuthorizationList };
  await central.send("SendLocalList", full, { status: "Accepted" });
  await pass(61);
  central.answer("Authorize", tagInfo("Accepted"));
  central.skip();
}

describe("who may start (1.6 §3.5, §4.1, §9.1.1, §9.1.12, §9.1.13)", () => {
  for (const { online, P, L, U } of combinations) {
    const column = online ? `online-${P ? "P" : "p"}` : `offline-${L ? "L" : "l"}${U ? "U" : "u"}`;
    const keys = {
      LocalPreAuthorize: P,
      LocalAuthorizeOffline: L,
      AllowOfflineTxForUnknownId: U,
    };
    const set = Object.entries({ LocalPreAuthorize: P, LocalAuthorizeOffline: L, unknown: U })
      .flatMap(([name, on]) => (on ? [name] : []))
      .join(", ");
    rule(`§3.5 ${online ? "online" : "offline"}`, `${set || "nothing set"}`, { keys }, async (rig) => {
      const { central, station } = rig;
      await fill(rig);
      if (!online) await station.offline();
      const seen: Cell[] = [];
      for (const [i, { list = "", cache = "" }] of cells.entries()) {
        const before = central.all("Authorize").length;
        const verdict = await station.tap(cardNo(i));
        const asked = central.all("Authorize").length > before;
        const said = asked ? "ask" : verdict.startsWith("accepted") ? "accept" : "reject";
        if (asked) expect(verdict).toBe("accepted by csms");
        seen.push({ list, cache, [column]: said });
        if (verdict.startsWith("accepted")) await station.tap(cardNo(i));
      }
      expect(seen).toEqual(cells.map((c) => ({ list: c.list, cache: c.cache, [column]: c[column] })));
      central.skip();
    });
  }
});

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

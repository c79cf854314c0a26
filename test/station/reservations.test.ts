import { describe, expect, it } from "vitest";
import type { DialectTraits, StationCommands } from "../../src/station/ports.ts";
import type { IdToken } from "../../src/station/types.ts";
import { memoryStore } from "../../src/store/memory.ts";
import { type Bench, bench, CARD, OTHER, running } from "../support/station.ts";

/** Reservations on a simulated clock, as 1.6 (§5.13) and 2.0.1 (block H) want them. */

const nine: DialectTraits = { typedTokens: false, idTokenMax: 20, offlineThreshold: false, nineStates: true };
const five: DialectTraits = {
  typedTokens: false,
  idTokenMax: 36,
  offlineThreshold: true,
  nineStates: false,
  tokenUsesReservation: true,
};

const tag = (idToken: string): IdToken => ({ idToken, type: "ISO14443" });
const group = (idToken: string): IdToken => ({ idToken, type: "Central" });
const GROUP = group("FLEET");

type ReserveNow = Parameters<StationCommands["reserve"]>[0];

/** Reserves for an hour, for CARD; returns the answer once it has left. */
async function reserve(b: Bench, r: Partial<ReserveNow> = {}): Promise<string> {
  const expiryDateTime = new Date(b.clock.now() + 3_600_000).toISOString();
  const { status } = b.csms.commands.reserve({ id: 1, idToken: tag(CARD), expiryDateTime, ...r });
  await b.clock.advance(1);
  return status;
}

const evse = (b: Bench, n = 1) => {
  const found = b.station.evses[n - 1];
  if (found === undefined) throw new Error(`no EVSE ${n}`);
  return found;
};
const told = (b: Bench) => b.csms.of("status").map((s) => `${s.evseId}:${s.chargePointStatus}`);
const shown = (b: Bench) => b.station.evses.map((e) => e.chargePointStatus);
const updates = (b: Bench) => b.csms.of("reservationUpdate").map((u) => `${u.reservationId}:${u.status}`);
const starts = (b: Bench) =>
  b.csms
    .of("transaction")
    .filter((e) => e.eventType === "Started")
    .map((e) => [e.evseId, e.reservationId]);
const happened = (b: Bench) => b.of("reservation").map((f) => `${f.reservationId} ${f.event}`);
const member = (b: Bench, of: IdToken | undefined) => {
  const info = { status: "Accepted", ...(of === undefined ? {} : { groupIdToken: of }) } as const;
  b.csms.script.authorize = () => ({ ok: true, value: { idTokenInfo: info } });
};

describe("the answer to ReserveNow (1.6 §5.13, H01.FR.01 to H01.FR.19)", () => {
  type Before = (b: Bench) => unknown;
  const second = (r: Partial<ReserveNow>) => (b: Bench) => reserve(b, { id: 2, idToken: tag(OTHER), ...r });
  const charging = (n: number) => async (b: Bench) => {
    evse(b, n).plug();
    await b.tap(OTHER);
  };
  const fault = (n: number) => (b: Bench) => b.station.fault(evse(b, n), "GroundFailure");
  const out = (n?: number) => (b: Bench) =>
    b.csms.commands.changeAvailability({ operative: false, ...(n === undefined ? {} : { evseId: n }) });
  const back = (n: number) => (b: Bench) =>
    b.csms.commands.changeAvailability({ operative: true, evseId: n });
  const settings = (name: string) => ({ settings: { [name]: "false" } });
  const rows: readonly [string, Before[], Partial<ReserveNow>, string, object?][] = [
    ["a free EVSE", [], { evseId: 1 }, "Accepted"],
    ["any EVSE", [], {}, "Accepted"],
    ["an unknown EVSE", [], { evseId: 3 }, "Rejected"],
    ["a time that has passed", [], { evseId: 1, expiryDateTime: "2029-12-31T23:59:59Z" }, "Rejected"],
    ["a time that is none", [], { evseId: 1, expiryDateTime: "soon" }, "Rejected"],
    ["the connector type of the station", [], { connectorType: "sType2" }, "Accepted"],
    ["another connector type", [], { connectorType: "cCCS2" }, "Rejected"],
    ["reservations switched off", [], { evseId: 1 }, "Rejected", settings("ReservationCtrlr.Enabled")],
    ["any EVSE where that is not offered", [], {}, "Rejected", settings("ReservationCtrlr.NonEvseSpecific")],
    [
      "an EVSE where any is not offered",
      [],
      { evseId: 1 },
      "Accepted",
      settings("ReservationCtrlr.NonEvseSpecific"),
    ],
    ["a cable is in", [(b) => evse(b).plug()], { evseId: 1 }, "Occupied"],
    ["it charges", [charging(1)], { evseId: 1 }, "Occupied"],
    ["somebody is authorized on it", [out(2), (b) => b.tap(OTHER)], { evseId: 1 }, "Occupied"],
    ["reserved for another", [second({ evseId: 1 })], { evseId: 1 }, "Occupied"],
    ["reserved for the same", [second({ evseId: 1, idToken: tag(CARD) })], { evseId: 1 }, "Occupied"],
    ["another is reserved", [second({ evseId: 2 })], { evseId: 1 }, "Accepted"],
    ["any is reserved, two are free", [second({})], { evseId: 1 }, "Accepted"],
    ["any is reserved, one is free", [second({}), (b) => evse(b, 2).plug()], { evseId: 1 }, "Occupied"],
    ["any twice, two are free", [second({})], {}, "Accepted"],
    ["any thrice, two are free", [second({}), second({ id: 3 })], {}, "Occupied"],
    ["any, one is reserved, one charges", [second({ evseId: 1 }), charging(2)], {}, "Occupied"],
    [
      "any is reserved, whose card waits for its cable elsewhere",
      [out(1), second({}), (b) => b.tap(OTHER), back(1)],
      { evseId: 1 },
      "Accepted",
    ],
    ["faulted", [fault(1)], { evseId: 1 }, "Faulted"],
    ["any, one is faulted", [fault(1)], {}, "Accepted"],
    ["any, all are faulted", [fault(1), fault(2)], {}, "Faulted"],
    ["the station is faulted", [(b) => b.station.fault(undefined, "OtherError")], { evseId: 1 }, "Faulted"],
    ["out of service", [out(1)], { evseId: 1 }, "Unavailable"],
    ["any, all out of service", [out()], {}, "Unavailable"],
    ["any, one faulted, one out of service", [fault(1), out(2)], {}, "Unavailable"],
    ["any, one out of service, one charges", [out(1), charging(2)], {}, "Occupied"],
  ];

  it.each(rows)("%s", async (_name, before, request, status, options = {}) => {
    const b = await running({ evses: 2, connectorType: "sType2", ...options });
    for (const step of before) await step(b);
    await b.clock.advance(1);
    const said = b.of("reservation").length;
    expect(await reserve(b, request)).toBe(status);
    expect(b.of("reservation").slice(said)).toMatchObject([
      { event: status === "Accepted" ? "made" : "refused", idToken: tag(CARD) },
    ]);
  });

  it("the same id replaces the reservation: another EVSE, another token, another time", async () => {
    const b = await running({ evses: 2 });
    await reserve(b, { evseId: 1 });
    expect(await reserve(b, { evseId: 2, idToken: tag(OTHER) })).toBe("Accepted");
    expect(told(b).slice(3)).toEqual(["1:Reserved", "1:Available", "2:Reserved"]);
    expect(happened(b)).toEqual(["1 made", "1 replaced"]);
    expect(await reserve(b, { evseId: 2, idToken: tag(OTHER) })).toBe("Accepted");
  });

  it("a replacement that cannot be had leaves the reservation as it was", async () => {
    const b = await running({ evses: 2 });
    evse(b, 2).plug();
    await reserve(b, { evseId: 1 });
    expect(await reserve(b, { evseId: 2 })).toBe("Occupied");
    expect(shown(b)).toEqual(["Reserved", "Preparing"]);
  });
});

describe.each([
  ["1.6", nine, "Preparing"],
  ["2.0.1", five, "Available"],
] as const)("using a reservation, as %s wants it (H03)", (version, traits, authorized) => {
  const own = (b: Bench) =>
    b.csms.of("status").map((s) => (version === "1.6" ? s.chargePointStatus : s.status));

  it("the card it is for, card first: the reservation's id goes with the start, once", async () => {
    const b = await running({ traits: () => traits });
    await reserve(b, { evseId: 1 });
    b.csms.sent.length = 0;
    expect(await b.tap()).toMatch("accepted");
    expect(own(b)).toEqual([authorized]);
    b.station.plug(evse(b));
    await b.clock.advance(1);
    expect(starts(b)).toEqual([[1, 1]]);
    await b.tap();
    b.station.unplug(evse(b));
    b.station.plug(evse(b));
    await b.tap();
    expect(starts(b)).toEqual([
      [1, 1],
      [1, undefined],
    ]);
    expect(happened(b)).toEqual(["1 made", "1 used"]);
    expect(updates(b)).toEqual([]);
  });

  it("cable first: it stays Reserved until the card comes", async () => {
    const b = await running({ traits: () => traits });
    await reserve(b, { evseId: 1 });
    b.csms.sent.length = 0;
    b.station.plug(evse(b));
    await b.clock.advance(1);
    expect(own(b)).toEqual([]);
    await b.tap();
    expect(starts(b)).toEqual([[1, 1]]);
    expect(own(b).at(-1)).toBe(version === "1.6" ? "Charging" : "Occupied");
  });

  it("another card is refused, with or without a cable, and the reserved one still may", async () => {
    const b = await running({ traits: () => traits });
    await reserve(b, { evseId: 1 });
    expect(await b.tap(OTHER)).toMatch("rejected");
    b.station.plug(evse(b));
    expect(await b.tap(OTHER)).toMatch("rejected");
    expect(starts(b)).toEqual([]);
    await b.tap();
    expect(starts(b)).toEqual([[1, 1]]);
  });

  it("no cable came: 1.6 keeps the reservation, 2.0.1 has used it up", async () => {
    const b = await running({ traits: () => traits });
    await reserve(b, { evseId: 1 });
    await b.tap();
    await b.clock.advance(61_000);
    expect(shown(b)).toEqual([version === "1.6" ? "Reserved" : "Available"]);
    expect(await b.tap(OTHER)).toMatch(version === "1.6" ? "rejected" : "accepted");
  });

  it.each([
    ["of the group", GROUP, "accepted", [[1, 1]]],
    ["of another group", group("ELSE"), "rejected", []],
    ["of no group", undefined, "rejected", []],
  ] as const)("another card %s", async (_name, of, verdict, started) => {
    const b = await running({ traits: () => traits });
    await reserve(b, { evseId: 1, groupIdToken: GROUP });
    member(b, of);
    b.station.plug(evse(b));
    expect(await b.tap(OTHER)).toMatch(verdict);
    expect(starts(b)).toEqual(started);
  });

  it.each([
    ["knows the group", GROUP, "accepted", 0],
    ["knows another group", group("ELSE"), "rejected", 0],
    ["knows no group: Authorize asks for it", undefined, "accepted", 1],
  ] as const)("the list %s (1.6 §5.13, H03.FR.07, H03.FR.08)", async (_name, of, verdict, asked) => {
    const b = await running({ traits: () => traits, settings: { "AuthCtrlr.LocalPreAuthorize": "true" } });
    const info = { status: "Accepted", ...(of === undefined ? {} : { groupIdToken: of }) } as const;
    b.csms.commands.updateList({ version: 1, type: "Full", entries: [{ token: tag(OTHER), info }] });
    await reserve(b, { evseId: 1, groupIdToken: GROUP });
    member(b, GROUP);
    b.station.plug(evse(b));
    expect(await b.tap(OTHER)).toMatch(verdict);
    expect(b.csms.of("authorize")).toHaveLength(asked);
  });

  it("offline nobody can be asked for the group: refused", async () => {
    const settings = { "AuthCtrlr.OfflineTxForUnknownIdEnabled": "true" };
    const b = await running({ traits: () => traits, settings });
    await reserve(b, { evseId: 1, groupIdToken: GROUP });
    b.csms.disconnect();
    b.station.plug(evse(b));
    expect(await b.tap(OTHER)).toMatch("rejected");
    expect(await b.tap(CARD)).toMatch("accepted");
  });

  it("remote start: refused for another, taken for the card and for its group", async () => {
    const b = await running({
      traits: () => traits,
      settings: { "AuthCtrlr.AuthorizeRemoteStart": "false" },
    });
    const start = (idToken: string, more: object = {}) =>
      b.csms.commands.remoteStart({ idToken: tag(idToken), remoteStartId: 7, ...more }).status;
    await reserve(b, { evseId: 1 });
    expect(start(OTHER)).toBe("Rejected");
    expect(start(OTHER, { evseId: 1, groupIdToken: GROUP })).toBe("Rejected");
    await reserve(b, { evseId: 1, groupIdToken: GROUP });
    expect(start(OTHER, { groupIdToken: group("ELSE") })).toBe("Rejected");
    b.station.plug(evse(b));
    expect(start(OTHER, { groupIdToken: GROUP })).toBe("Accepted");
    await b.clock.advance(1);
    expect(b.csms.of("authorize")).toEqual([]);
    expect(starts(b)).toEqual([[1, 1]]);
  });

  it("remote start of a card whose group is not known: Authorize tells, even where none is wanted", async () => {
    const b = await running({
      traits: () => traits,
      settings: { "AuthCtrlr.AuthorizeRemoteStart": "false" },
    });
    await reserve(b, { evseId: 1, groupIdToken: GROUP });
    b.station.plug(evse(b));
    const start = () => b.csms.commands.remoteStart({ idToken: tag(OTHER), remoteStartId: 7 }).status;
    member(b, group("ELSE"));
    expect(start()).toBe("Accepted");
    await b.clock.advance(1);
    expect(starts(b)).toEqual([]);
    member(b, GROUP);
    b.csms.commands.clearCache();
    expect(start()).toBe("Accepted");
    await b.clock.advance(1);
    expect(b.csms.of("authorize")).toHaveLength(2);
    expect(starts(b)).toEqual([[1, 1]]);
  });

  it("of two free EVSEs the card gets its own; another card the other", async () => {
    const b = await running({ traits: () => traits, evses: 2 });
    await reserve(b, { evseId: 2 });
    b.station.plug(evse(b, 1));
    await b.tap(OTHER);
    b.station.plug(evse(b, 2));
    await b.tap(CARD);
    expect(starts(b)).toEqual([
      [1, undefined],
      [2, 1],
    ]);
  });

  it("a card that waits for a cable does not get what was reserved meanwhile", async () => {
    const b = await running({ traits: () => traits, evses: 2 });
    await b.tap(OTHER);
    await reserve(b, { evseId: 1 });
    b.station.plug(evse(b, 1));
    await b.clock.advance(1);
    expect(starts(b)).toEqual([]);
    b.station.plug(evse(b, 2));
    await b.clock.advance(1);
    expect(starts(b)).toEqual([[2, undefined]]);
  });

  it("a card of the group still ends the transaction beside a reserved EVSE", async () => {
    const b = await running({ traits: () => traits, evses: 2 });
    member(b, GROUP);
    await reserve(b, { evseId: 2, idToken: tag("SOMEBODY") });
    b.station.plug(evse(b, 1));
    await b.tap(CARD);
    expect(await b.tap(OTHER)).toMatch("accepted");
    expect(evse(b, 1).transaction).toBeUndefined();
  });
});

describe("a reservation of any EVSE (1.6: connector 0; H01.FR.07, H01.FR.20)", () => {
  it("keeps one EVSE free: the last one is Reserved, and strangers are refused there", async () => {
    const b = await running({ evses: 3 });
    await reserve(b);
    expect(shown(b)).toEqual(["Available", "Available", "Available"]);
    for (const [i, card] of [OTHER, "04C3352CD96F92"].entries()) {
      b.station.plug(evse(b, i + 1));
      expect(await b.tap(card)).toMatch("accepted");
    }
    expect(shown(b)).toEqual(["Charging", "Charging", "Reserved"]);
    b.station.plug(evse(b, 3));
    expect(await b.tap("04D3352CD96F93")).toMatch("rejected");
    expect(await b.tap(CARD)).toMatch("accepted");
    expect(starts(b)).toEqual([
      [1, undefined],
      [2, undefined],
      [3, 1],
    ]);
  });

  it("opens the others again when it is used", async () => {
    const b = await running({ evses: 2, traits: () => five });
    await reserve(b);
    await reserve(b, { id: 2, idToken: tag(OTHER) });
    expect(shown(b)).toEqual(["Reserved", "Reserved"]);
    b.station.plug(evse(b, 1));
    await b.tap(CARD);
    expect(shown(b)).toEqual(["Charging", "Reserved"]);
    b.csms.commands.cancelReservation({ id: 2 });
    await b.clock.advance(1);
    expect(shown(b)).toEqual(["Charging", "Available"]);
  });

  it("the card that waits for its cable has its EVSE: nothing else is kept for it", async () => {
    const b = await running({ evses: 2 });
    b.station.plug(evse(b, 2));
    await b.tap(OTHER);
    await reserve(b);
    await b.tap(CARD);
    b.station.unplug(evse(b, 2));
    await b.clock.advance(1);
    expect(shown(b)).toEqual(["Preparing", "Available"]);
  });

  it("the EVSE where the card waits fails: kept elsewhere, or lost", async () => {
    const b = await running({ evses: 2 });
    b.station.plug(evse(b, 2));
    await b.tap(OTHER);
    await reserve(b);
    await b.tap(CARD);
    b.station.fault(evse(b, 1), "GroundFailure");
    await b.clock.advance(1);
    expect(updates(b)).toEqual(["1:Removed"]);
  });

  it("a cable that was in before does not shut its owner out", async () => {
    const b = await running({ evses: 2 });
    b.station.plug(evse(b, 2));
    await reserve(b);
    expect(shown(b)).toEqual(["Reserved", "Preparing"]);
    expect(await b.tap(OTHER)).toMatch("accepted");
    expect(starts(b)).toEqual([[2, undefined]]);
  });

  it("a reserved EVSE is told when a transaction elsewhere begins, and open again when that ends", async () => {
    const b = await running({ evses: 2 });
    await reserve(b);
    b.csms.sent.length = 0;
    b.station.plug(evse(b, 1));
    await b.tap(OTHER);
    await b.tap(OTHER);
    b.station.unplug(evse(b, 1));
    await b.clock.advance(1);
    expect(told(b).filter((s) => s.startsWith("2"))).toEqual(["2:Reserved", "2:Available"]);
  });
});

describe("the end of a reservation", () => {
  it("CancelReservation: Available again, no update; an unknown id is Rejected (1.6 §5.1, H02)", async () => {
    const b = await running();
    await reserve(b, { evseId: 1 });
    expect(b.csms.commands.cancelReservation({ id: 2 }).status).toBe("Rejected");
    expect(b.csms.commands.cancelReservation({ id: 1 }).status).toBe("Accepted");
    expect(b.csms.commands.cancelReservation({ id: 1 }).status).toBe("Rejected");
    await b.clock.advance(1);
    expect(told(b).slice(2)).toEqual(["1:Reserved", "1:Available"]);
    expect(updates(b)).toEqual([]);
    expect(await b.tap(OTHER)).toMatch("accepted");
  });

  it("its time: Available first, then Expired (1.6 §5.13, H04)", async () => {
    const b = await running();
    await reserve(b, { evseId: 1 });
    await b.clock.advance(3_599_998);
    expect(shown(b)).toEqual(["Reserved"]);
    await b.clock.advance(2);
    expect(shown(b)).toEqual(["Available"]);
    const after = b.csms.sent.filter((s) => s.kind !== "heartbeat").slice(-2);
    expect(after.map((s) => s.kind)).toEqual(["status", "reservationUpdate"]);
    expect(updates(b)).toEqual(["1:Expired"]);
    expect(await b.tap(OTHER)).toMatch("accepted");
  });

  it("a time far away does not come at once", async () => {
    const b = await running();
    await reserve(b, { evseId: 1, expiryDateTime: "2031-01-01T00:00:00Z" });
    await b.clock.advance(100 * 86_400_000);
    expect(shown(b)).toEqual(["Reserved"]);
    await b.clock.advance(300 * 86_400_000);
    expect(updates(b)).toEqual(["1:Expired"]);
  });

  it("1.6: a reservation that expires while its card waits for the cable does not go with the start", async () => {
    const b = await running();
    await reserve(b, { evseId: 1, expiryDateTime: new Date(b.clock.now() + 30_000).toISOString() });
    await b.tap();
    await b.clock.advance(40_000);
    b.station.plug(evse(b));
    await b.clock.advance(1);
    expect(starts(b)).toEqual([[1, undefined]]);
    expect(happened(b)).toEqual(["1 made", "1 expired"]);
  });

  type Trouble = [string, (b: Bench) => unknown, string];
  const troubles: Trouble[] = [
    ["a fault of the EVSE", (b) => b.station.fault(evse(b), "GroundFailure"), "Faulted"],
    [
      "ChangeAvailability",
      (b) => b.csms.commands.changeAvailability({ evseId: 1, operative: false }),
      "Unavailable",
    ],
    ["a fault of the station", (b) => b.station.fault(undefined, "OtherError"), "Available"],
  ];
  it.each(troubles)("%s removes it (1.6 §5.13, H01.FR.16, H01.FR.17)", async (_name, trouble, status) => {
    const b = await running();
    await reserve(b, { evseId: 1 });
    trouble(b);
    await b.clock.advance(1);
    expect(shown(b)).toEqual([status]);
    expect(updates(b)).toEqual(["1:Removed"]);
    expect(happened(b)).toEqual(["1 made", "1 removed"]);
  });

  it("of any EVSE: only the newest goes, and only when too few are left", async () => {
    const b = await running({ evses: 3 });
    await reserve(b);
    await reserve(b, { id: 2, idToken: tag(OTHER) });
    b.station.fault(evse(b, 3), "GroundFailure");
    await b.clock.advance(1);
    expect(shown(b)).toEqual(["Reserved", "Reserved", "Faulted"]);
    b.station.fault(evse(b, 2), "GroundFailure");
    await b.clock.advance(1);
    expect(updates(b)).toEqual(["2:Removed"]);
    expect(shown(b)).toEqual(["Reserved", "Faulted", "Faulted"]);
  });

  it("an update that nobody heard is told after the outage, once", async () => {
    const b = await running();
    await reserve(b, { evseId: 1 });
    b.csms.disconnect();
    await b.clock.advance(3_600_001);
    b.csms.connect();
    await b.clock.advance(1);
    expect(updates(b)).toEqual(["1:Expired"]);
    b.csms.disconnect();
    b.csms.connect();
    await b.clock.advance(1);
    expect(updates(b)).toEqual(["1:Expired"]);
  });

  it.each(["timeout", "callError", "unsupported"] as const)("an update that ends in %s", async (failure) => {
    const b = await running();
    b.csms.script.reservationUpdate = () => ({ ok: false, failure, detail: failure });
    await reserve(b, { evseId: 1 });
    await b.clock.advance(3_600_001);
    delete b.csms.script.reservationUpdate;
    b.csms.disconnect();
    b.csms.connect();
    await b.clock.advance(1);
    expect(updates(b)).toHaveLength(failure === "timeout" ? 2 : 1);
  });
});

describe("durability (B11.FR.05: Reserved outlives a reset)", () => {
  it("a restart keeps it, and whatever else is told says Reserved", async () => {
    const store = memoryStore();
    const first = await running({ store });
    await reserve(first, { evseId: 1, groupIdToken: GROUP });
    first.station.cutPower();
    const b = await running({ store });
    expect(told(b)).toEqual(["0:Available", "1:Reserved"]);
    expect(await b.tap(OTHER)).toMatch("rejected");
    b.station.plug(evse(b));
    await b.tap(CARD);
    expect(starts(b)).toEqual([[1, 1]]);
  });

  it("what expired while the power was away is gone, and told", async () => {
    const b = await running();
    await reserve(b, { evseId: 1 });
    b.station.cutPower();
    expect(b.clock.pending).toBe(0);
    await b.clock.advance(3_700_000);
    b.csms.sent.length = 0;
    b.station.start();
    await b.clock.advance(1);
    expect(told(b)).toEqual(["0:Available", "1:Available"]);
    expect(updates(b)).toEqual(["1:Expired"]);
  });

  it.each([
    ["1.6, of an EVSE", nine, { evseId: 1 }, ["Reserved"]],
    ["1.6, of any", nine, {}, ["Reserved"]],
    ["2.0.1", five, { evseId: 1 }, ["Available"]],
  ] as const)("%s: a power cut between card and cable", async (_version, traits, where, status) => {
    const b = await running({ traits: () => traits });
    await reserve(b, where);
    await b.tap();
    b.station.cutPower();
    b.station.start();
    await b.clock.advance(1);
    expect(shown(b)).toEqual(status);
  });

  it("a reset that waits for another EVSE's transaction takes no reservation away (2.0.1 B11.FR.05, B12)", async () => {
    const b = await running({ evses: 3, traits: () => five });
    b.station.plug(evse(b, 3));
    await b.tap(OTHER);
    await reserve(b, { evseId: 1 });
    await reserve(b, { id: 2 });
    expect(b.csms.commands.reset({ type: "OnIdle" }).status).toBe("Scheduled");
    await b.clock.advance(1);
    expect(shown(b)).toEqual(["Unavailable", "Unavailable", "Charging"]);
    b.station.unplug(evse(b, 3));
    await b.clock.advance(20_000);
    expect(shown(b)).toEqual(["Reserved", "Available", "Available"]);
    expect(updates(b)).toEqual([]);
    expect(happened(b)).toEqual(["1 made", "2 made"]);
  });

  it("is used up with the start of the transaction, as one", async () => {
    const store = memoryStore();
    const b = await running({ store });
    await reserve(b, { evseId: 1 });
    const after: unknown[] = [];
    const { atomically } = store;
    Object.assign(store, {
      atomically: (work: () => unknown) => {
        const result = atomically(work);
        after.push([store.values.get("reservation.1"), store.queue.size()]);
        return result;
      },
    });
    b.station.plug(evse(b));
    await b.tap();
    // The second one lets go of the answered message.
    expect(after[0]).toEqual([undefined, 1]);
  });

  it("leaves nothing behind", async () => {
    const b = bench({ evses: 2 });
    b.station.start();
    await b.clock.advance(1);
    await reserve(b, { evseId: 1 });
    await reserve(b, { id: 2 });
    await b.station.stop();
    expect(b.clock.pending).toBe(0);
  });
});

import fc from "fast-check";
import { expect, it } from "vitest";
import { CardUid } from "../../src/station/card.ts";
import { type Bench, bench, CARD, OTHER } from "../support/station.ts";

/** Anything that can happen to a station, in any order. */
type Step = readonly [name: string, ...args: (string | number)[]];

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(fc.constant("tap"), fc.constantFrom(CARD, OTHER)),
  fc.tuple(fc.constantFrom("plug", "unplug", "fault", "clear", "jam", "free"), fc.constantFrom(0, 1)),
  fc.tuple(
    fc.constantFrom("disconnect", "connect", "cut", "restore", "soft", "hard", "remoteStart", "remoteStop"),
  ),
  fc.tuple(fc.constant("answer"), fc.constantFrom("Accepted", "group", "Invalid", "silence", "callError")),
  fc.tuple(fc.constantFrom("reserve", "reserveGroup", "cancel"), fc.constantFrom(0, 1, 2)),
  fc.tuple(fc.constant("limit"), fc.constantFrom(0, 5, 8, 20)),
  fc.tuple(fc.constant("unlimit"), fc.constantFrom(0)),
  fc.tuple(fc.constantFrom("operative", "inoperative"), fc.constantFrom(0, 1, 2)),
  fc.tuple(fc.constant("unlock"), fc.constantFrom(1, 2)),
  fc.tuple(fc.constant("list"), fc.constantFrom("Accepted", "Blocked", "none")),
  fc.tuple(
    fc.constantFrom("on", "off"),
    fc.constantFrom(
      "AuthCtrlr.LocalPreAuthorize",
      "AuthCtrlr.LocalAuthorizeOffline",
      "AuthCtrlr.AuthorizeRemoteStart",
      "AuthCacheCtrlr.Enabled",
      "TxCtrlr.StopTxOnInvalidId",
      "TxCtrlr.StopTxOnEVSideDisconnect",
      "OCPPCommCtrlr.UnlockOnEVSideDisconnect",
    ),
  ),
  fc.tuple(fc.constant("wait"), fc.constantFrom(1, 50, 1100, 30_000, 100_000)),
);

const doers: Record<string, (b: Bench, arg: string | number | undefined) => unknown> = {
  tap: (b, uid) => void b.station.cardPresented({ uid: CardUid.parse(String(uid)), reader: "test" }),
  plug: (b, i) => evse(b, i).plugged || b.station.plug(evse(b, i)),
  unplug: (b, i) => evse(b, i).plugged && b.station.unplug(evse(b, i)),
  fault: (b, i) => evse(b, i).faulted || b.station.fault(evse(b, i), "GroundFailure"),
  clear: (b, i) => b.station.clear(evse(b, i)),
  jam: (b, i) => evse(b, i).jam(true),
  free: (b, i) => evse(b, i).jam(false),
  disconnect: (b) => b.csms.up && b.csms.disconnect(),
  connect: (b) => b.csms.up || (b.csms.listener && b.csms.connect()),
  cut: (b) => void b.station.cutPower(),
  restore: (b) => b.station.start(),
  soft: (b) => b.csms.up && b.csms.commands.reset({ type: "Soft" }),
  hard: (b) => b.csms.up && b.csms.commands.reset({ type: "Hard" }),
  remoteStart: (b) =>
    b.csms.up &&
    b.csms.commands.remoteStart({ idToken: { idToken: CARD, type: "ISO14443" }, remoteStartId: 1 }),
  remoteStop: (b) => {
    const transactionId = b.station.evses.find((e) => e.transaction)?.transaction?.transactionId;
    if (b.csms.up && transactionId !== undefined) b.csms.commands.remoteStop({ transactionId });
  },
  limit: (b, limit) =>
    b.csms.up &&
    b.csms.commands.setChargingProfile({
      evseId: 0,
      profile: {
        id: 1,
        stackLevel: 0,
        chargingProfilePurpose: Number(limit) % 2 === 0 ? "TxDefaultProfile" : "ChargingStationMaxProfile",
        chargingProfileKind: "Absolute",
        chargingSchedule: {
          chargingRateUnit: "A",
          chargingSchedulePeriod: [
            { startPeriod: 0, limit: Number(limit) },
            { startPeriod: 40, limit: 7 },
          ],
        },
      },
    }),
  unlimit: (b) => b.csms.up && b.csms.commands.clearChargingProfile({}),
  reserve: (b, at) => reserve(b, Number(at), {}),
  reserveGroup: (b, at) => reserve(b, Number(at), { groupIdToken: GROUP }),
  cancel: (b, id) => b.csms.up && b.csms.commands.cancelReservation({ id: Number(id) }),
  answer: (b, how) => answer(b, String(how)),
  operative: (b, at) => available(b, Number(at), true),
  inoperative: (b, at) => available(b, Number(at), false),
  unlock: (b, at) =>
    b.csms.up && b.csms.commands.unlock({ evseId: Number(at), connectorId: 1, stopTransaction: true }),
  list: (b, status) => b.csms.up && list(b, String(status)),
  on: (b, name) => b.csms.up && b.csms.commands.setSetting(String(name), "true"),
  off: (b, name) => b.csms.up && b.csms.commands.setSetting(String(name), "false"),
  wait: (b, ms) => b.clock.advance(Number(ms)),
};

function evse(b: Bench, i: string | number | undefined) {
  const found = b.station.evses[Number(i)];
  if (found === undefined) throw new Error(`no EVSE at ${i}`);
  return found;
}

const GROUP = { idToken: "FLEET", type: "Central" } as const;

/** For CARD, on an EVSE or (0) on any; the id is the EVSE's number, so that reservations are replaced as well. */
function reserve(b: Bench, at: number, more: object): void {
  const expiryDateTime = new Date(b.clock.now() + 40_000).toISOString();
  const idToken = { idToken: CARD, type: "ISO14443" } as const;
  const where = at === 0 ? {} : { evseId: at };
  if (b.csms.up) b.csms.commands.reserve({ id: at, idToken, expiryDateTime, ...where, ...more });
}

/** EVSE 0 is the whole station. */
function available(b: Bench, at: number, operative: boolean): void {
  if (b.csms.up) b.csms.commands.changeAvailability(at === 0 ? { operative } : { evseId: at, operative });
}

/** The list knows CARD with this status, or nobody. */
function list(b: Bench, status: string): void {
  const token = { idToken: CARD, type: "ISO14443" } as const;
  const info = { status: status === "Blocked" ? "Blocked" : "Accepted" } as const;
  b.csms.commands.updateList({
    version: 1,
    type: "Full",
    entries: status === "none" ? [] : [{ token, info }],
  });
}

function answer(b: Bench, how: string): void {
  const none = { ok: false, failure: how === "silence" ? "timeout" : "callError", detail: how } as const;
  const said = how === "silence" || how === "callError" ? none : undefined;
  const status = how === "Invalid" ? "Invalid" : "Accepted";
  const info = { status, ...(how === "group" ? { groupIdToken: GROUP } : {}) } as const;
  b.csms.script.authorize = () => said ?? { ok: true, value: { idTokenInfo: info } };
  b.csms.script.transaction = () => said ?? { ok: true, value: { idTokenInfo: info } };
}

/** What must hold of the messages that reached the central system. */
function checkWire(b: Bench): void {
  const done = new Set<string>();
  for (const { kind, payload, answer: got } of b.csms.sent) {
    if (kind !== "transaction") continue;
    const message = `${payload.transactionId}/${payload.seqNo}`;
    expect(done.has(message), `${message} was answered and is sent again`).toBe(false);
    if (got?.ok === true) done.add(message);
  }
  const byTransaction = new Map<string, Record<string, unknown>[]>();
  for (const e of b.csms.of("transaction")) {
    const id = String(e.transactionId);
    byTransaction.set(id, [...(byTransaction.get(id) ?? []), e]);
  }
  for (const events of byTransaction.values()) {
    const once = events.filter((e, i) => e.seqNo !== events[i - 1]?.seqNo);
    const seen = once.map((e) => Number(e.seqNo));
    expect(seen, "in order, none twice but for retries").toEqual([...new Set(seen)].sort((x, y) => x - y));
    const ends = once.filter((e) => e.eventType === "Ended");
    expect(ends.length).toBeLessThanOrEqual(1);
    if (ends.length === 1) expect(once.at(-1)).toBe(ends[0]);
    const register = once.map((e) => Number(e.meterWh));
    expect(register, "the meter never falls").toEqual([...register].sort((x, y) => x - y));
  }
}

/** Everything that ran was told, from its one start to its one end, but for messages that were given up. */
function checkTold(b: Bench): void {
  const given = new Set(
    b.of("transaction").flatMap((f) => (f.event === "discarded" ? [f.transactionId] : [])),
  );
  for (const { transactionId } of b.of("transaction").filter((f) => f.event === "started")) {
    if (given.has(transactionId)) continue;
    const told = b.csms.of("transaction").filter((e) => e.transactionId === transactionId);
    const types = new Set(told.map((e) => e.eventType));
    expect([...types].sort(), `what was told of ${transactionId}`).toEqual(
      types.has("Updated") ? ["Ended", "Started", "Updated"] : ["Ended", "Started"],
    );
  }
}

/** What must hold of the facts: energy only after an accepted verdict, one transaction an EVSE, one end each. */
function checkFacts(b: Bench): void {
  const running = new Map<number, string>();
  let accepted = 0;
  for (const f of b.facts) {
    if (f.kind === "verdict" && f.outcome === "accepted") accepted++;
    if (f.kind !== "transaction") continue;
    if (f.event === "started") {
      expect(accepted, "energy only after authorization").toBeGreaterThan(0);
      expect(running.has(f.evseId), "one transaction an EVSE").toBe(false);
      running.set(f.evseId, f.transactionId);
    }
    if (f.event === "ended") {
      expect(running.get(f.evseId), "ends what runs, once").toBe(f.transactionId);
      running.delete(f.evseId);
    }
  }
}

/** What must hold of reservations: a reserved EVSE charges for its token only, and enough EVSEs stay free. */
function checkReservations(b: Bench): void {
  const held = new Map<number, { evseId?: number }>();
  for (const f of b.facts) {
    if (f.kind === "reservation") {
      if (f.event === "made" || f.event === "replaced") held.set(f.reservationId, f);
      else if (f.event !== "refused") expect(held.delete(f.reservationId), "ends once").toBe(true);
    }
    if (f.kind === "transaction" && f.event === "started") {
      const kept = [...held.values()].some((r) => r.evseId === f.evseId);
      expect(kept, "a transaction on a reserved EVSE uses the reservation up").toBe(false);
    }
  }
  const specific = new Set([...held.values()].map((r) => r.evseId));
  const able = b.station.evses.filter((e) => e.unused && !specific.has(e.evseId)).length;
  const waiting = b.station.evses.filter((e) => e.holder !== undefined && e.transaction === undefined).length;
  const floating = [...held.values()].filter((r) => r.evseId === undefined).length;
  expect(
    able + waiting,
    "at least as many EVSEs are free as are reserved without a number",
  ).toBeGreaterThanOrEqual(floating);
}

/** What must hold of cables: locked while energy flows, and afterwards only if kept or stuck; a kept one is nobody else's. */
function checkLocks(b: Bench): void {
  for (const { lock, transaction, free, chargePointStatus } of b.station.evses) {
    if (lock === undefined || !b.station.powered) continue;
    if (transaction !== undefined) expect(lock.locked, "locked while a transaction runs").toBe(true);
    else if (!lock.held && !lock.jammed) expect(lock.locked, "given free").toBe(false);
    if (lock.held) expect(free || chargePointStatus === "Available", "kept for its owner").toBe(false);
  }
}

/** Who came by a reservation: its token, or one of its group. */
function checkUse(b: Bench, steps: readonly Step[]): void {
  const groups = steps.some(([name]) => name === "reserveGroup") && steps.some(([, how]) => how === "group");
  for (const e of b.csms.of("transaction")) {
    if (e.reservationId === undefined) continue;
    expect(e.eventType).toBe("Started");
    if (!groups) expect(e.idToken).toMatchObject({ idToken: CARD });
  }
}

/** The station stops just when its heartbeat is on the wire. */
const HEARTBEAT_UNDER_WAY: Step[] = [
  ["hard"],
  ["wait", 30_000],
  ["wait", 50],
  ["wait", 30_000],
  ["wait", 30_000],
];

it("keeps its invariants whatever happens in whatever order", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 60, size: "max" }),
      fc.record({ tokenUsesReservation: fc.boolean(), locks: fc.boolean(), battery: fc.boolean() }),
      async (steps, { tokenUsesReservation, locks, battery }) => {
        const settings = {
          "AuthCtrlr.OfflineTxForUnknownIdEnabled": "true",
          "OCPPCommCtrlr.MessageAttemptInterval[TransactionEvent]": "5",
        };
        const traits = { typedTokens: false, idTokenMax: 20, offlineThreshold: false, nineStates: true };
        const b = bench({
          evses: 2,
          settings,
          locks,
          battery,
          traits: () => ({ ...traits, tokenUsesReservation }),
        });
        let underWay = 0;
        b.csms.latency = (arrive) => {
          underWay++;
          b.clock.setTimeout(() => {
            underWay--;
            arrive();
          }, 40);
        };
        b.station.start();
        await b.clock.advance(200);
        for (const [name, arg] of steps) {
          await doers[name]?.(b, arg);
          await b.clock.advance(1);
          checkFacts(b);
          checkReservations(b);
          checkLocks(b);
        }
        answer(b, "Accepted");
        // A battery may last for the last messages still.
        await b.clock.advance(6000);
        b.station.start();
        await b.clock.advance(5000);
        if (!b.csms.up) b.csms.connect();
        for (const e of b.station.evses) e.stop("StopAuthorized", "Local");
        await b.clock.advance(200_000);
        checkFacts(b);
        checkWire(b);
        checkTold(b);
        checkUse(b, steps);
        expect(b.store.queue.size(), "the queue drains").toBe(0);
        expect(b.station.view().evses.every((e) => e.transaction === undefined)).toBe(true);
        await b.station.stop();
        // An answer may be on the wire still, a heartbeat's for instance: that timer is the wire's.
        expect(b.clock.pending - underWay, "no timer of the station is left").toBe(0);
      },
    ),
    {
      numRuns: 500,
      examples: [[HEARTBEAT_UNDER_WAY, { tokenUsesReservation: false, locks: false, battery: false }]],
    },
  );
});

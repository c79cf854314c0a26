import fc from "fast-check";
import { expect, it } from "vitest";
import { isAppError } from "../../src/util/errors.ts";
import type { Payload } from "./central.ts";
import { CARD, OTHER, Rig, THIRD, tagInfo } from "./rig.ts";

/*
 * Anything in any order, on a real wire: whatever people, cables, networks, power and the central system do, what
 * the central system gets to read has to make sense.
 */

type Step = readonly [deed: string, arg?: number | string];

const connector = fc.constantFrom(1, 2);
const to = (...deeds: string[]) => fc.tuple(fc.constantFrom(...deeds), connector);
const just = (...deeds: string[]) => fc.tuple(fc.constantFrom(...deeds));
/** Charging comes often, and what hinders it less so, or nothing would ever happen. */
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: to("charge") },
  { weight: 5, arbitrary: fc.tuple(fc.constant("tap"), fc.constantFrom(CARD, OTHER, THIRD)) },
  { weight: 5, arbitrary: to("plug", "unplug", "plug", "unplug", "clear") },
  { weight: 4, arbitrary: fc.tuple(fc.constant("pass"), fc.constantFrom(1, 20, 70)) },
  { weight: 3, arbitrary: just("offline", "online", "online", "restore") },
  { weight: 3, arbitrary: to("remoteStart", "operative") },
  { weight: 2, arbitrary: just("remoteStop", "unlock") },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.constantFrom("reserve", "reserve", "cancel"), fc.constantFrom(0, 1, 2)),
  },
  { weight: 1, arbitrary: to("fault", "inoperative") },
  { weight: 1, arbitrary: just("cut") },
  { weight: 1, arbitrary: fc.tuple(fc.constant("reset"), fc.constantFrom("Soft", "Hard")) },
  {
    weight: 2,
    arbitrary: fc.tuple(
      fc.constant("starts"),
      fc.constantFrom("Accepted", "Accepted", "Blocked", "silence", "error"),
    ),
  },
);

/** Sends what the central system may send now; nobody hears it offline. */
async function command(rig: Rig, action: string, payload: Payload): Promise<void> {
  if (rig.station.status().online) await rig.central.send(action, payload);
}

const deeds: Readonly<Record<string, (rig: Rig, arg: never) => Promise<unknown>>> = {
  tap: ({ station }, card: string) => station.tap(card),
  charge: async ({ station }, at: number) => {
    await station.plug(at);
    await station.tap(at === 1 ? CARD : OTHER);
  },
  plug: ({ station }, at: number) => station.plug(at),
  unplug: ({ station }, at: number) => station.unplug(at),
  fault: ({ station }, at: number) => station.fault(at, "GroundFailure"),
  clear: ({ station }, at: number) => station.clear(at),
  inoperative: (rig, connectorId: number) =>
    command(rig, "ChangeAvailability", { connectorId, type: "Inoperative" }),
  operative: (rig, connectorId: number) =>
    command(rig, "ChangeAvailability", { connectorId, type: "Operative" }),
  remoteStart: (rig, connectorId: number) =>
    command(rig, "RemoteStartTransaction", { connectorId, idTag: CARD }),
  remoteStop: (rig) => command(rig, "RemoteStopTransaction", { transactionId: startsOf(rig).length }),
  unlock: (rig) => command(rig, "UnlockConnector", { connectorId: 1 }),
  /** For CARD; the id is the connector, so that a reservation is replaced, too. */
  reserve: (rig, connectorId: number) =>
    command(rig, "ReserveNow", {
      connectorId,
      reservationId: connectorId,
      idTag: CARD,
      expiryDate: new Date(rig.clock.now() + 50_000).toISOString(),
    }),
  cancel: (rig, reservationId: number) => command(rig, "CancelReservation", { reservationId }),
  reset: (rig, type: string) => command(rig, "Reset", { type }),
  offline: ({ station }) => station.offline(),
  online: ({ station }) => station.online(),
  cut: ({ station }) => station.power("cut"),
  restore: ({ station }) => station.power("restore"),
  starts: async (rig, how: string) => answerStarts(rig, how),
  pass: ({ pass }, seconds: number) => pass(seconds),
};

const startsOf = ({ central }: Rig) => central.all("StartTransaction");

/** The number of a StartTransaction is its transaction's id. */
function answerStarts(rig: Rig, how: string): void {
  if (how === "silence") rig.central.answer("StartTransaction", "silence");
  else if (how === "error") rig.central.answer("StartTransaction", { error: "InternalError" });
  else
    rig.central.answer("StartTransaction", () => {
      const transactionId = startsOf(rig).length;
      answered.add(transactionId);
      return { transactionId, ...tagInfo(how) };
    });
}
let answered = new Set<number>();

/** The statuses that may follow one another (§4.9), and two from Preparing that the table lacks: §5.2 wants Unavailable told, and a
 * card that gives a reserved connector back leaves it Reserved (§5.13). */
const follow: Readonly<Record<string, readonly string[]>> = {
  Available: ["Preparing", "Charging", "SuspendedEV", "SuspendedEVSE", "Reserved", "Unavailable", "Faulted"],
  Preparing: [
    "Available",
    "Charging",
    "SuspendedEV",
    "SuspendedEVSE",
    "Finishing",
    "Faulted",
    "Unavailable",
    "Reserved",
  ],
  Charging: ["Available", "SuspendedEV", "SuspendedEVSE", "Finishing", "Unavailable", "Faulted"],
  SuspendedEV: ["Available", "Charging", "SuspendedEVSE", "Finishing", "Unavailable", "Faulted"],
  SuspendedEVSE: ["Available", "Charging", "SuspendedEV", "Finishing", "Unavailable", "Faulted"],
  Finishing: ["Available", "Preparing", "Unavailable", "Faulted"],
  Reserved: ["Available", "Preparing", "Unavailable", "Faulted"],
  Unavailable: ["Available", "Preparing", "Charging", "SuspendedEV", "SuspendedEVSE", "Faulted"],
};

/** Every status follows from the one before; after a registration or an outage anything may be new. */
function checkStatuses({ central }: Rig, breaks: readonly number[]): void {
  for (const connectorId of [1, 2]) {
    let last: { status: string; index: number } | undefined;
    for (const [index, { action, payload }] of central.calls.entries()) {
      if (action !== "StatusNotification" || payload.connectorId !== connectorId) continue;
      const before = last;
      const status = String(payload.status);
      last = { status, index };
      if (before === undefined || breaks.some((b) => before.index < b && b <= index)) continue;
      if (before.status === "Faulted" || before.status === status) continue;
      expect(follow[before.status], `connector ${connectorId} after ${before.status}`).toContain(status);
    }
  }
}

/** What a central system books: one Stop for each Start that it knows, in time, in order, with energy that flowed. */
function checkTransactions(rig: Rig): void {
  const { central } = rig;
  const starts = startsOf(rig);
  const stops = central.all("StopTransaction").filter((c) => c.payload.transactionId !== -1);
  const stopped = stops.map((s) => Number(s.payload.transactionId));
  expect(new Set(stopped), "every transaction that has an id is stopped").toEqual(answered);
  expect(stopped.length, "and once").toBe(new Set(stopped).size);
  for (const stop of stops) {
    const start = starts[Number(stop.payload.transactionId) - 1];
    expect(Number(stop.payload.meterStop)).toBeGreaterThanOrEqual(Number(start?.payload.meterStart));
    expect(String(stop.payload.timestamp) >= String(start?.payload.timestamp)).toBe(true);
  }
  // Nobody but who was accepted.
  expect(starts.map((s) => s.payload.idTag)).not.toContain(THIRD);
  const related = central.calls.filter((c) => /^(Start|Stop)Transaction$/.test(c.action));
  const times = related.map((c) => String(c.payload.timestamp));
  expect(times, "in the order of their times").toEqual([...times].sort());
}

/** Of all runs: a generator that makes none proves nothing. */
let transactions = 0;

async function run(steps: readonly Step[]): Promise<void> {
  answered = new Set();
  const rig = await Rig.start({
    connectors: 2,
    keys: {
      MeterValueSampleInterval: 30,
      AllowOfflineTxForUnknownId: true,
      MessageTimeout: 5,
      TransactionMessageRetryInterval: 1,
    },
    answers: { Authorize: (r) => tagInfo(r.idTag === THIRD ? "Blocked" : "Accepted", { parentIdTag: "" }) },
  });
  /** Before which CALLs the wire or the power was away. */
  const breaks: number[] = [];
  try {
    // From here on the cache knows it as Blocked, also offline.
    await rig.station.tap(THIRD);
    answerStarts(rig, "Accepted");
    for (const [deed, arg] of steps) {
      if (["offline", "online", "cut", "restore", "reset"].includes(deed))
        breaks.push(rig.central.calls.length);
      await deeds[deed]?.(rig, arg as never).catch((e: unknown) => {
        // Two hands at one cable: said, and nothing else.
        if (!isAppError(e, "state.conflict")) throw e;
      });
      if (!rig.station.status().online) breaks.push(rig.central.calls.length);
    }
    breaks.push(rig.central.calls.length);
    answerStarts(rig, "Accepted");
    await rig.station.online();
    await rig.station.offline();
    await rig.station.online();
    if (!rig.station.powered) await rig.pass(5);
    if (!rig.station.powered) await rig.station.power("restore");
    await rig.pass(60);
    for (const at of [1, 2]) await rig.station.fault(at, "OtherError");
    await rig.pass(60);
    expect(rig.station.status().queued).toBe(0);
    transactions += answered.size;
    checkTransactions(rig);
    checkStatuses(rig, breaks);
    const problems = rig.of("frame").flatMap((f) => f.problem ?? []);
    expect(problems.filter((p) => !p.startsWith("a late or second answer"))).toEqual([]);
  } finally {
    await rig.close();
  }
}

it("any interleaving leaves a history that a central system can book", async () => {
  const steps = fc.array(step, { minLength: 10, maxLength: 40, size: "max" });
  await fc.assert(fc.asyncProperty(steps, run), { numRuns: 50 });
  expect(transactions).toBeGreaterThan(50);
});

import { VirtualMeter } from "../../src/drivers/meters/virtual.ts";
import { pki } from "../../src/security/pki.ts";
import { CardUid } from "../../src/station/card.ts";
import type { Fact, FactKind } from "../../src/station/facts.ts";
import type { Store } from "../../src/station/ports.ts";
import { Station } from "../../src/station/station.ts";
import type { StationOptions } from "../../src/station/station-options.ts";
import { memoryStore } from "../../src/store/memory.ts";
import { SimulatedClock } from "../../src/util/clock.ts";
import { ScriptedCsms } from "./scripted-csms.ts";

export const CARD = "04A2241BC85E80";
export const OTHER = "04B3352CD96F91";

export interface Bench {
  readonly station: Station;
  readonly csms: ScriptedCsms;
  readonly clock: SimulatedClock;
  readonly store: Store;
  readonly facts: Fact[];
  of<K extends FactKind>(kind: K): Extract<Fact, { kind: K }>[];
  tap(uid?: string): Promise<string>;
}

/** A station on a simulated clock with a scripted central system. */
export function bench(o: Partial<StationOptions> & { evses?: number } = {}): Bench {
  const clock = o.clock instanceof SimulatedClock ? o.clock : new SimulatedClock();
  const csms = new ScriptedCsms();
  const store = o.store ?? memoryStore();
  const facts: Fact[] = [];
  let ids = 0;
  const meters = Array.from(
    { length: o.evses ?? 1 },
    () => new VirtualMeter({ clock, startWh: 1000, maxPowerW: 11_000, phases: 3, voltage: 230 }),
  );
  const station = new Station({
    id: "CP1",
    identity: { vendorName: "Test", model: "Bench" },
    clock,
    ids: { next: () => `id-${++ids}` },
    store,
    csms,
    pki,
    meters,
    traits: () => ({
      typedTokens: false,
      idTokenMax: 20,
      offlineThreshold: false,
      nineStates: true,
      samplesInEnd: true,
    }),
    onFact: (fact) => facts.push(fact),
    ...o,
  });
  const of = <K extends FactKind>(kind: K) =>
    facts.filter((f): f is Extract<Fact, { kind: K }> => f.kind === kind);
  return {
    station,
    csms,
    clock,
    store,
    facts,
    of,
    /** Taps, lets a debounce window pass, and says the verdict in short. */
    tap: async (uid = CARD) => {
      await clock.advance(2000);
      const verdict = station.cardPresented({ uid: CardUid.parse(uid), reader: "test" });
      await clock.advance(1);
      const v = await verdict;
      return v === undefined ? "ignored" : `${v.outcome} by ${v.by}: ${v.status}`;
    },
  };
}

/** The same, switched on and registered. */
export async function running(o: Parameters<typeof bench>[0] = {}): Promise<Bench> {
  const b = bench(o);
  b.station.start();
  await b.clock.advance(1);
  return b;
}

/** The n-th EVSE, from 1. */
export function evseOf(b: Bench, n = 1) {
  const found = b.station.evses[n - 1];
  if (found === undefined) throw new Error(`no EVSE ${n}`);
  return found;
}

/** What was sent, by kind. */
export const kindsOf = (b: Bench) => b.csms.sent.map((s) => s.kind);

/** The statuses that were told, as "EVSE:status". */
export const statusesOf = (b: Bench) => b.csms.of("status").map((s) => `${s.evseId}:${s.chargePointStatus}`);

/** The transaction events that were sent, as "type trigger reason". */
export const eventsOf = (b: Bench) =>
  b.csms
    .of("transaction")
    .map((e) => [e.eventType, e.triggerReason, e.stoppedReason].filter(Boolean).join(" "));

import { isoTime, type TimerHandle } from "../../util/clock.ts";
import type { Evse } from "../evse.ts";
import type { Kit } from "../kit.ts";
import type { GenericStatus } from "../ports.ts";
import type { Supply } from "../types.ts";
import { both, type Cap, isBound, isPause, limitIn, noCap, ownCap, phasesOf, powerLimit } from "./cap.ts";
import { Profiles } from "./profiles.ts";
import { bothAt, compose, type Subject, stationCap, transactionCap, type Until } from "./schedule.ts";
import { share } from "./share.ts";
import type { ChargingProfile, ChargingRateUnit, CompositeSchedule, ProfileFilter } from "./types.ts";
import { profileProblem } from "./validate.ts";

type Timed = Until<Cap>;

/**
 * Smart charging (1.6 §3.13, 2.0.1 K): keeps charging profiles, and holds the running transactions to them from
 * border to border. One timer a station, and only while a transaction runs under a profile.
 */
export class SmartCharging {
  readonly #kit: Kit;
  readonly #evses: () => readonly Evse[];
  readonly #profiles: Profiles;
  /** By EVSE: the limit that is in force, as text. */
  readonly #inForce = new Map<number, string>();
  #timer: TimerHandle | undefined;
  #busy = false;

  constructor(kit: Kit, evses: () => readonly Evse[]) {
    this.#kit = kit;
    this.#evses = evses;
    this.#profiles = new Profiles(kit.store.values);
  }

  /** The power comes on: transactions of before are over, and their profiles with them. */
  powerOn(): void {
    this.#profiles.remove(this.#profiles.matching({ chargingProfilePurpose: "TxProfile" }), this.#eventually);
  }

  powerOff(): void {
    this.#unschedule();
    for (const evse of this.#evses()) this.#release(evse);
  }

  /** SetChargingProfile (1.6 §5.16, 2.0.1 K01). {@link apply} makes it felt. */
  set(evseId: number, profile: ChargingProfile): { readonly status: GenericStatus } {
    const bound = this.#bind(evseId, profile);
    const why = this.#problem(evseId, bound) ?? this.#install(evseId, bound);
    const detail = `profile ${profile.id}, ${profile.chargingProfilePurpose}, level ${profile.stackLevel}`;
    if (why === undefined) this.#fact("installed", detail, evseId);
    else this.#fact("refused", `${detail}: ${why}`, evseId);
    return { status: why === undefined ? "Accepted" : "Rejected" };
  }

  /** May this profile come with a RemoteStartTransaction (1.6 §5.16.2)? */
  mayStartWith(profile: ChargingProfile): boolean {
    const why = this.#unfitForStart(profile) ?? this.#unsound(profile) ?? this.#full(0, profile);
    if (why !== undefined) this.#fact("refused", `profile ${profile.id}: ${why}`);
    return why === undefined;
  }

  /**
   * ClearChargingProfile (1.6 §5.5, 2.0.1 K10).
   * @throws AppError `store.*`: nothing was cleared, and neither status would be true
   */
  clear(filter: ProfileFilter): { readonly status: "Accepted" | "Unknown" } {
    const gone = this.#profiles.matching(filter);
    if (gone.length === 0) return { status: "Unknown" };
    this.#profiles.remove(gone, (write) => {
      this.#kit.keeper.atomically(write);
      return true;
    });
    this.#fact("cleared", `profiles ${gone.map((i) => i.profile.id).join(", ")}`);
    return { status: "Accepted" };
  }

  /**
   * GetCompositeSchedule (1.6 §5.7, 2.0.1 K08): what profiles and the hardware allow from now on. EVSE 0 is the
   * station: all its EVSEs together. Undefined: no such EVSE, or no such span of time.
   */
  composite(evseId: number, seconds: number, unit?: ChargingRateUnit): CompositeSchedule | undefined {
    const evses = this.#evses().filter((e) => evseId === 0 || e.evseId === evseId);
    const supply = evses[0]?.meter.supply;
    if (supply === undefined || !(seconds > 0)) return undefined;
    const from = this.#kit.clock.now();
    const chosen = unit ?? this.#usualUnit(supply);
    const at = (now: number) => {
      const together = sum(
        evses.map((e) => this.#capOf(e, now, from)),
        supply,
      );
      const { value, until } = bothAt(stationCap(this.#profiles.all, supply, now), together);
      const numberPhases = supply.current === "DC" ? {} : { numberPhases: phasesOf(value, supply) };
      return { value: { limit: limitIn(chosen, value, supply), ...numberPhases }, until };
    };
    const maxPeriods = this.#kit.settings.count("SmartChargingCtrlr.PeriodsPerSchedule");
    const { periods, covered } = compose(
      at,
      (a, b) => a.limit === b.limit && a.numberPhases === b.numberPhases,
      { from, seconds, maxPeriods },
    );
    return {
      evseId,
      scheduleStart: isoTime(this.#kit.clock),
      duration: covered,
      chargingRateUnit: chosen,
      chargingSchedulePeriod: periods.map(({ startPeriod, value }) => ({ startPeriod, ...value })),
    };
  }

  /** A transaction begins: the profile that came with its remote start is its own now. */
  began(evse: Evse): void {
    const profile = evse.transaction?.holder.chargingProfile;
    if (profile !== undefined) this.set(evse.evseId, profile);
    this.apply();
  }

  /** A transaction is over: its TxProfiles go (1.6 §3.13.1), and what it drew is there for the others. */
  ended(evse: Evse): void {
    const { evseId } = evse;
    const own = this.#profiles.matching({ evseId, chargingProfilePurpose: "TxProfile" });
    this.#profiles.remove(own, this.#eventually);
    this.#release(evse);
    this.apply();
  }

  /** Holds every running transaction to what is allowed now, and comes back when that changes. */
  apply(): void {
    const idle = this.#profiles.all.length === 0 && this.#inForce.size === 0 && this.#timer === undefined;
    if (idle || this.#busy) return;
    this.#busy = true;
    try {
      this.#applyNow();
    } finally {
      this.#busy = false;
    }
  }

  #applyNow(): void {
    this.#unschedule();
    const now = this.#kit.clock.now();
    const running = this.#evses().filter((e) => e.transaction !== undefined);
    const own = running.map((e) => this.#transactionCap(e, now));
    const supply = running[0]?.meter.supply;
    const whole = supply === undefined ? open : stationCap(this.#profiles.all, supply, now);
    this.#shared(running, own, whole.value).forEach((cap, evse) => {
      this.#limit(evse, cap);
    });
    const until = Math.min(...own.map((c) => c.until), whole.until);
    if (running.length > 0 && Number.isFinite(until))
      this.#timer = this.#kit.clock.setTimeout(() => this.apply(), Math.max(1, until - now));
  }

  /** Who began first is served first; a car that wants nothing needs no share. */
  #shared(running: readonly Evse[], own: readonly Timed[], whole: Cap): ReadonlyMap<Evse, Cap> {
    const all = running.map((evse, i) => ({ evse, cap: own[i]?.value ?? noCap, supply: evse.meter.supply }));
    const hungry = all
      .filter(({ evse }) => evse.transaction?.evSuspended !== true)
      .sort((a, b) => startOf(a.evse) - startOf(b.evse));
    const shares = share(whole, hungry);
    const caps = new Map(all.map(({ evse, cap }) => [evse, both(cap, whole)]));
    hungry.forEach(({ evse }, i) => {
      caps.set(evse, shares[i] ?? noCap);
    });
    return caps;
  }

  #limit(evse: Evse, cap: Cap): void {
    const { supply } = evse.meter;
    const limit = powerLimit(cap, supply);
    const text = limit === undefined ? "" : JSON.stringify(limit);
    if (text === (this.#inForce.get(evse.evseId) ?? "")) return;
    if (limit === undefined) this.#inForce.delete(evse.evseId);
    else this.#inForce.set(evse.evseId, text);
    const paused = isPause(cap, supply);
    const unit = supply.current === "DC" ? "W" : "A";
    const most = `at most ${limitIn(unit, both(cap, ownCap(supply)), supply)} ${unit}`;
    const detail = limit === undefined ? "no limit" : paused ? "paused" : most;
    this.#kit.fact({
      kind: "charging",
      event: "limited",
      evseId: evse.evseId,
      detail,
      ...(limit === undefined ? {} : { limit }),
    });
    evse.setLimit(limit, paused);
  }

  #release(evse: Evse): void {
    if (this.#inForce.delete(evse.evseId)) evse.setLimit(undefined, false);
  }

  /** Why it could not be kept, or undefined. */
  #install(evseId: number, profile: ChargingProfile): string | undefined {
    const installedAt = this.#kit.clock.now();
    const kept = this.#profiles.install({ evseId, installedAt, profile }, (write) =>
      this.#kit.keeper.tried(write),
    );
    return kept ? undefined : "it cannot be stored";
  }

  /** What is over is over, also when the store cannot say so yet. */
  readonly #eventually = (write: () => void): boolean => {
    this.#kit.keeper.eventually(write);
    return true;
  };

  /** A TxProfile without a transaction's id means the one that runs. */
  #bind(evseId: number, p: ChargingProfile): ChargingProfile {
    const transactionId = this.#evse(evseId)?.transaction?.transactionId;
    if (p.chargingProfilePurpose !== "TxProfile" || p.transactionId !== undefined) return p;
    return transactionId === undefined ? p : { ...p, transactionId };
  }

  #problem(evseId: number, p: ChargingProfile): string | undefined {
    if (evseId !== 0 && this.#evse(evseId) === undefined) return "there is no such EVSE";
    if (p.chargingProfilePurpose === "ChargingStationMaxProfile" && evseId !== 0)
      return "the station's maximum belongs to connector 0";
    if (p.chargingProfilePurpose === "TxProfile") {
      const running = this.#evse(evseId)?.transaction?.transactionId;
      if (running === undefined) return "no transaction runs there (1.6 §5.16.4)";
      if (p.transactionId !== running) return "another transaction runs there";
    }
    return this.#unsound(p) ?? this.#full(evseId, p);
  }

  #unfitForStart(p: ChargingProfile): string | undefined {
    if (p.chargingProfilePurpose !== "TxProfile") return "only a TxProfile can come with a remote start";
    return p.transactionId === undefined ? undefined : "the transaction that starts has no id yet";
  }

  #unsound(p: ChargingProfile): string | undefined {
    const { settings } = this.#kit;
    return profileProblem(p, {
      maxStackLevel: settings.count("SmartChargingCtrlr.ProfileStackLevel"),
      maxPeriods: settings.count("SmartChargingCtrlr.PeriodsPerSchedule"),
    });
  }

  #full(evseId: number, p: ChargingProfile): string | undefined {
    const left = this.#profiles.all.length - this.#profiles.replacedBy(evseId, p).length;
    const room = this.#kit.settings.count("SmartChargingCtrlr.Entries[ChargingProfiles]");
    return left < room ? undefined : `${room} profiles are installed, there is no room for more`;
  }

  /** The transaction's, or the one's that would start now. */
  #transactionCap(evse: Evse, now: number, otherwise: number = now): Timed {
    const transactionId = evse.transaction?.transactionId;
    const subject: Subject = {
      evseId: evse.evseId,
      supply: evse.meter.supply,
      chargingStart: evse.transaction === undefined ? otherwise : startOf(evse),
      ...(transactionId === undefined ? {} : { transactionId }),
    };
    return transactionCap(this.#profiles.all, subject, now);
  }

  #capOf(evse: Evse, now: number, from: number): Timed {
    const hardware = { value: ownCap(evse.meter.supply), until: Number.POSITIVE_INFINITY };
    return bothAt(this.#transactionCap(evse, now, from), hardware);
  }

  /** The profiles' unit when they agree, else A on AC and W on DC. */
  #usualUnit(supply: Supply): ChargingRateUnit {
    const units = new Set(this.#profiles.all.map((i) => i.profile.chargingSchedule.chargingRateUnit));
    const [only] = units;
    return units.size === 1 && only !== undefined ? only : supply.current === "DC" ? "W" : "A";
  }

  #evse(evseId: number): Evse | undefined {
    return this.#evses().find((e) => e.evseId === evseId);
  }

  #fact(event: "installed" | "refused" | "cleared", detail: string, evseId?: number): void {
    this.#kit.fact({ kind: "charging", event, detail, ...(evseId === undefined ? {} : { evseId }) });
  }

  #unschedule(): void {
    if (this.#timer !== undefined) this.#kit.clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}

const open: Timed = { value: noCap, until: Number.POSITIVE_INFINITY };

function startOf(evse: Evse): number {
  const startedAt = evse.transaction?.startedAt;
  return startedAt === undefined ? 0 : Date.parse(startedAt);
}

/** What EVSEs that are alike draw together. */
function sum(caps: readonly Timed[], supply: Supply): Timed {
  const [only] = caps;
  if (caps.length === 1 && only !== undefined) return only;
  const watts = caps.reduce((total, c) => total + limitInWatts(c.value, supply), 0);
  return { value: { ...noCap, watts }, until: Math.min(...caps.map((c) => c.until)) };
}

const limitInWatts = (c: Cap, supply: Supply) => (isBound(c) ? limitIn("W", c, supply) : 0);

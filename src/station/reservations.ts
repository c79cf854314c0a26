import type { TimerHandle } from "../util/clock.ts";
import type { ReservationFact } from "./facts.ts";
import type { Kit } from "./kit.ts";
import {
  answers,
  isVacant,
  matches,
  otherwise,
  type Reservation,
  type ReserveNow,
  type ReserveNowStatus,
  type Spot,
  type Standing,
} from "./reservation-rules.ts";
import { ReservationUpdates } from "./reservation-updates.ts";
import type { IdToken, IdTokenInfo } from "./types.ts";

interface ReservationsOptions {
  readonly kit: Kit;
  readonly evses: () => readonly Spot[];
  /** Is the station as a whole Faulted? */
  readonly faulted: () => boolean;
  /** DialectTraits.tokenUsesReservation. */
  readonly tokenUses: () => boolean;
  /** The type of the station's connectors, 2.0.1 ConnectorEnumType; absent: not known. */
  readonly connectorType?: string;
}

const RECORD = "reservation.";
/** Timers are asked for at most so many ms: far dates are looked at again, and somebody may set the clock. */
const LONGEST_MS = 3_600_000;

/**
 * The reservations of a station (1.6 §5.13, 2.0.1 H01 to H04): durable, ended by use, by their time, by the central
 * system, or by a fault or an outage of what they keep.
 */
export class Reservations {
  readonly #o: ReservationsOptions;
  readonly #updates: ReservationUpdates;
  #all: readonly Reservation[];
  /** Which reservation the token that has the EVSE came by. */
  readonly #claims = new Map<Spot, Reservation>();
  /** Some EVSE may show Reserved. */
  #shown = false;
  #timer: TimerHandle | undefined;

  constructor(o: ReservationsOptions) {
    this.#o = o;
    this.#updates = new ReservationUpdates(o.kit);
    const { values } = o.kit.store;
    this.#all = values.names(RECORD).map((name) => values.get(name) as Reservation);
  }

  /** Power is on: what has expired meanwhile goes, time runs for the rest. */
  start(): void {
    this.#shown = this.#all.length > 0;
    this.#expire();
  }

  /** Power is gone; what is stored stays. */
  powerOff(): void {
    this.#disarm();
    this.#claims.clear();
  }

  /** ReserveNow. A reservation with the same id is replaced when the new one can be had, and kept when not. */
  reserve(c: ReserveNow): ReserveNowStatus {
    const { connectorType: _, ...reservation } = c;
    const status = this.#answer(c);
    const known = this.#find(c.id);
    if (status !== "Accepted") {
      this.#fact("refused", reservation, status);
      return status;
    }
    if (!this.#o.kit.keeper.tried(() => this.#o.kit.store.values.set(RECORD + c.id, reservation)))
      return "Rejected";
    if (known !== undefined) this.#forget(known);
    this.#all = [...this.#all, reservation];
    this.#shown = true;
    this.#fact(known === undefined ? "made" : "replaced", reservation);
    this.#arm();
    this.#o.kit.clock.setTimeout(() => this.changed("reserved"), 0);
    return status;
  }

  /** CancelReservation. No update follows: the central system knows (2.0.1 H02). */
  cancel(id: number): "Accepted" | "Rejected" {
    const known = this.#find(id);
    if (known === undefined) return "Rejected";
    if (!this.#o.kit.keeper.tried(() => this.#o.kit.store.values.delete(RECORD + id))) return "Rejected";
    this.#forget(known);
    this.#fact("cancelled", known);
    this.#arm();
    this.#o.kit.clock.setTimeout(() => this.changed("reservation cancelled"), 0);
    return "Accepted";
  }

  /** How a token stands to an EVSE that is free. Without a token: how anybody does. */
  standing(evse: Spot, token?: IdToken, info?: IdTokenInfo): Standing {
    if (this.#all.length === 0) return "open";
    const kept = this.#all.find((r) => r.evseId === evse.evseId);
    if (kept !== undefined) return matches(kept, token, info) ? "own" : otherwise([kept], info);
    const floating = this.#floating();
    const own = floating.some((r) => matches(r, token, info)) ? 1 : 0;
    if (this.#left(evse) >= floating.length - own) return "open";
    return otherwise(floating, info);
  }

  /** Of the EVSEs that are free, the best that a token may have: its own, then one with a cable in, then any. */
  choose<T extends Spot>(
    evses: readonly T[],
    token: IdToken,
    info: IdTokenInfo | undefined,
  ): { readonly evse: T; readonly standing: Standing } | undefined {
    const found = evses
      .filter((e) => e.free)
      .map((evse) => ({ evse, standing: this.standing(evse, token, info) }));
    return (
      found.find((f) => f.standing === "own") ??
      found.find((f) => f.standing === "open" && f.evse.plugged) ??
      found.find((f) => f.standing === "open") ??
      found.find((f) => f.standing === "ask")
    );
  }

  /**
   * Closed to strangers while it is nobody's: the status says Reserved. Where a cable is in, only for a reservation of
   * this very EVSE: one of any EVSE would make it Reserved out of Preparing, which 1.6 §4.9 does not have.
   */
  isReserved(evse: Spot): boolean {
    if (this.#all.length === 0 || !evse.unused) return false;
    const shows = !evse.plugged || this.#all.some((r) => r.evseId === evse.evseId);
    return shows && this.standing(evse) !== "open";
  }

  /** A token was given the EVSE: the reservation that it came by is its own from now on. */
  claim(evse: Spot, token: IdToken, info: IdTokenInfo | undefined): void {
    const found =
      this.#all.find((r) => r.evseId === evse.evseId && matches(r, token, info)) ??
      this.#floating().find((r) => matches(r, token, info));
    if (found === undefined) return;
    this.#claims.set(evse, found);
    if (this.#o.tokenUses()) this.#use(found);
  }

  /** The token gave the EVSE up without a transaction. */
  release(evse: Spot): void {
    this.#claims.delete(evse);
  }

  /** The id of the reservation that a transaction on this EVSE uses up. */
  claimed(evse: Spot): number | undefined {
    return this.#claims.get(evse)?.id;
  }

  /** The transaction was stored: its reservation is used up. Belongs into the same store transaction. */
  used(evse: Spot): void {
    const found = this.#claims.get(evse);
    this.#claims.delete(evse);
    if (found !== undefined && this.#all.includes(found)) this.#use(found);
  }

  /** Something about an EVSE or the station changed: reservations may end, other EVSEs may close or open. */
  changed(why?: string): void {
    if (!this.#shown) return;
    this.#unclaim();
    for (const lost of this.#lost()) this.#end(lost, "removed", "Removed");
    this.#shown = this.#all.length > 0;
    for (const evse of this.#o.evses()) evse.stateChanged(why);
    this.tell();
  }

  /** The station is online: what could not be told is told. */
  tell(): void {
    void this.#updates.tell();
  }

  #answer(c: ReserveNow): ReserveNowStatus {
    const { settings, clock } = this.#o.kit;
    const any = c.evseId === undefined;
    const targets = this.#o.evses().filter((e) => any || e.evseId === c.evseId);
    const expiry = Date.parse(c.expiryDateTime);
    if (!settings.flag("ReservationCtrlr.Enabled")) return "Rejected";
    if (any && !settings.flag("ReservationCtrlr.NonEvseSpecific")) return "Rejected";
    if (targets.length === 0 || Number.isNaN(expiry) || expiry <= clock.now()) return "Rejected";
    if (c.connectorType !== undefined && c.connectorType !== this.#o.connectorType) return "Rejected";
    if (this.#o.faulted()) return "Faulted";
    const others = this.#all.filter((r) => r.id !== c.id);
    const vacant = this.#o.evses().filter((e) => isVacant(e, others));
    const promised = others.filter((r) => r.evseId === undefined && !this.#isClaimed(r)).length;
    const said = targets.map((e): ReserveNowStatus => {
      if (e.faulted) return "Faulted";
      if (!e.operative) return "Unavailable";
      return vacant.includes(e) && vacant.length > promised ? "Accepted" : "Occupied";
    });
    return answers.find((status) => said.includes(status)) ?? "Rejected";
  }

  /** Who waits at an EVSE that has failed does not hold the reservation there: it may be used elsewhere, or is lost. */
  #unclaim(): void {
    for (const [evse, claimed] of this.#claims) {
      if ((evse.faulted || evse.withdrawn) && this.#all.includes(claimed)) this.#claims.delete(evse);
    }
  }

  /** Which reservations cannot be kept any more, now that something is faulted or out of service. */
  #lost(): readonly Reservation[] {
    const evses = this.#o.evses();
    if (this.#o.faulted()) return this.#all;
    const out = new Set(evses.filter((e) => e.faulted || e.withdrawn).map((e) => e.evseId));
    const gone = this.#all.filter((r) => r.evseId !== undefined && out.has(r.evseId));
    const floating = this.#floating();
    const room = evses.filter((e) => e.unused && !this.#all.some((r) => r.evseId === e.evseId)).length;
    return [...gone, ...floating.slice(room)];
  }

  /** Of other EVSEs, so many are left for reservations of any EVSE when this one is taken. */
  #left(evse: Spot): number {
    return this.#o
      .evses()
      .filter((e) => e !== evse && e.unused && !this.#all.some((r) => r.evseId === e.evseId))
      .filter((e) => evse.plugged || !e.plugged).length;
  }

  #floating(): readonly Reservation[] {
    return this.#all.filter((r) => r.evseId === undefined && !this.#isClaimed(r));
  }

  #isClaimed(r: Reservation): boolean {
    return [...this.#claims.values()].includes(r);
  }

  #find(id: number): Reservation | undefined {
    return this.#all.find((r) => r.id === id);
  }

  #use(r: Reservation): void {
    this.#o.kit.keeper.eventually(() => this.#o.kit.store.values.delete(RECORD + r.id));
    this.#all = this.#all.filter((other) => other !== r);
    this.#fact("used", r);
  }

  #end(r: Reservation, event: "expired" | "removed", status: "Expired" | "Removed"): void {
    const { values } = this.#o.kit.store;
    this.#o.kit.keeper.eventually(() => {
      values.delete(RECORD + r.id);
      this.#updates.add(r.id, status);
    });
    this.#forget(r);
    this.#fact(event, r);
  }

  #forget(r: Reservation): void {
    this.#all = this.#all.filter((other) => other !== r);
    for (const [evse, claimed] of this.#claims) if (claimed === r) this.#claims.delete(evse);
  }

  /** The clock was set: some may be over, the others wait anew. */
  timeChanged(): void {
    this.#expire();
  }

  #expire(): void {
    const now = this.#o.kit.clock.now();
    const over = this.#all.filter((r) => Date.parse(r.expiryDateTime) <= now);
    for (const r of over) this.#end(r, "expired", "Expired");
    if (over.length > 0) this.changed("reservation expired");
    this.#arm();
  }

  #arm(): void {
    this.#disarm();
    if (this.#all.length === 0) return;
    const { clock } = this.#o.kit;
    const next = Math.min(...this.#all.map((r) => Date.parse(r.expiryDateTime)));
    this.#timer = clock.setTimeout(() => this.#expire(), Math.min(next - clock.now(), LONGEST_MS));
  }

  #disarm(): void {
    if (this.#timer !== undefined) this.#o.kit.clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #fact(event: ReservationFact["event"], r: Reservation, why?: string): void {
    this.#o.kit.fact({
      kind: "reservation",
      event,
      reservationId: r.id,
      ...(r.evseId === undefined ? {} : { evseId: r.evseId }),
      idToken: r.idToken,
      expiryDateTime: r.expiryDateTime,
      ...(why === undefined ? {} : { why }),
    });
  }
}

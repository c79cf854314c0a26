import { CableLock } from "./cable-lock.ts";
import type { EvseStatus } from "./control.ts";
import type { Kit } from "./kit.ts";
import type { IdToken, StoppedReason } from "./types.ts";

export interface CableHost {
  /** The plug leaves the socket. */
  out(): void;
  /** The lock did not move. */
  lockFailed(): void;
}

/** Whose transaction the cable served. */
interface Served {
  readonly token: IdToken;
  readonly groupIdToken: IdToken | undefined;
}

/** The cable of one EVSE: fixed, or with a plug that a lock may hold in the socket while the car's end is free. */
export class Cable {
  /** None on a fixed cable. */
  readonly lock: CableLock | undefined;
  readonly #kit: Kit;
  readonly #host: CableHost;
  #carOut = false;

  constructor(kit: Kit, evseId: number, locks: boolean, host: CableHost) {
    this.#kit = kit;
    this.#host = host;
    if (locks) this.lock = new CableLock(kit, evseId);
  }

  /** It is in the socket only: the lock has it. */
  get carOut(): boolean {
    return this.#carOut;
  }

  /** Kept in the socket after a transaction, until its owner comes. */
  get held(): boolean {
    return this.lock?.held === true;
  }

  /** Into the car. */
  plug(): void {
    this.#carOut = false;
  }

  /** Out of the car, and out of the socket unless the lock has it there. */
  pull(): void {
    if (this.lock?.locked !== true) {
      this.#host.out();
      return;
    }
    this.#carOut = true;
  }

  /** Opens the lock; a cable that hangs in the socket only comes out at once. */
  release(why: string): void {
    if (this.lock?.unlock(why) === false) this.#host.lockFailed();
    this.drop();
  }

  /** The transaction is over: the cable is given free, or kept for its owner (1.6 §4.10, erratum 3.5). */
  served({ token, groupIdToken }: Served, reason: StoppedReason): void {
    const kept = this.#keptAfter(reason);
    if (kept !== undefined) this.lock?.hold(token, groupIdToken, kept);
    else if (this.lock?.unlock("transaction ended") === false) this.#host.lockFailed();
  }

  /** A cable that hangs in the socket comes out as soon as nothing holds it. */
  drop(): void {
    if (!this.#carOut || this.lock?.locked === true) return;
    this.#carOut = false;
    this.#host.out();
  }

  view(): Pick<EvseStatus, "lock" | "jammed"> {
    const { lock } = this;
    if (lock === undefined) return {};
    const state = lock.held ? "held" : lock.locked ? "locked" : "open";
    return { lock: state, ...(lock.jammed ? { jammed: true } : {}) };
  }

  #keptAfter(reason: StoppedReason): string | undefined {
    if (reason === "DeAuthorized") return "the token is not valid";
    const unlocks = this.#kit.settings.flag("OCPPCommCtrlr.UnlockOnEVSideDisconnect");
    return reason === "EVDisconnected" && !unlocks ? "UnlockConnectorOnEVSideDisconnect is false" : undefined;
  }
}

import { sameToken } from "./card.ts";
import type { LockFact } from "./facts.ts";
import type { Kit } from "./kit.ts";
import type { IdToken, IdTokenInfo } from "./types.ts";

/** For whom a cable is kept after its transaction. */
interface Owner {
  readonly token: IdToken;
  readonly groupIdToken: IdToken | undefined;
}

/**
 * The lock of a socket: it holds the plug of the cable while a transaction runs, and after some ends until the owner
 * comes (1.6 §4.10, erratum 3.5). A fixed cable has none. `jammed` is a motor that moves no more, whichever way.
 */
export class CableLock {
  readonly #kit: Kit;
  readonly #evseId: number;
  #locked = false;
  #jammed = false;
  #owner: Owner | undefined;

  constructor(kit: Kit, evseId: number) {
    this.#kit = kit;
    this.#evseId = evseId;
  }

  get locked(): boolean {
    return this.#locked;
  }

  get jammed(): boolean {
    return this.#jammed;
  }

  /** Kept for somebody, though no transaction runs. */
  get held(): boolean {
    return this.#owner !== undefined;
  }

  /** False when it does not move: there must be no energy then (IEC 61851-1). */
  lock(): boolean {
    if (this.#locked) return true;
    return this.#move(true);
  }

  /** Gives the cable free, also one that was kept. False when it does not move. */
  unlock(why: string): boolean {
    this.#owner = undefined;
    if (this.#jammed) {
      this.#tell("failed", why);
      return false;
    }
    return this.#locked ? this.#move(false, why) : true;
  }

  /** Keeps the cable until this token, or one of its group, is presented. */
  hold(token: IdToken, groupIdToken: IdToken | undefined, why: string): void {
    this.#owner = { token, groupIdToken };
    this.#tell("held", why);
  }

  isOwner(token: IdToken): boolean {
    return this.#owner !== undefined && sameToken(this.#owner.token, token);
  }

  /** Same, non-empty group (1.6 §3.10). */
  isOfGroup(info: IdTokenInfo | undefined): boolean {
    const theirs = info?.groupIdToken;
    const ours = this.#owner?.groupIdToken;
    return theirs !== undefined && ours !== undefined && theirs.idToken !== "" && sameToken(theirs, ours);
  }

  jam(jammed: boolean): void {
    if (this.#jammed === jammed) return;
    this.#jammed = jammed;
    this.#tell(jammed ? "jammed" : "freed");
  }

  /** Without power a spring opens it, unless the cable is kept. */
  losePower(): void {
    if (this.#owner === undefined && !this.#jammed) this.#locked = false;
  }

  #move(locked: boolean, why?: string): boolean {
    if (this.#jammed) {
      this.#tell("failed", why);
      return false;
    }
    this.#locked = locked;
    this.#tell(locked ? "locked" : "unlocked", why);
    return true;
  }

  #tell(event: LockFact["event"], why?: string): void {
    if (!this.#kit.heard) return;
    this.#kit.fact({ kind: "lock", evseId: this.#evseId, event, ...(why === undefined ? {} : { why }) });
  }
}

import { isoTime, type TimerHandle } from "../util/clock.ts";
import { type AppError, isAppError } from "../util/errors.ts";
import type { FactBody } from "./facts.ts";
import type { Clock, Store } from "./ports.ts";

export interface KeeperOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly fact: (body: FactBody) => void;
  /** The store has begun to fail: for whoever else should know. */
  readonly raised: (error: AppError) => void;
}

interface Work {
  readonly run: () => void;
  readonly then: (() => void) | undefined;
}

/** How often a store that fails is tried again, ms. */
const RETRY_MS = 5000;

/** With so many writes waiting, samples are not kept any more: what must not be lost is never that much. */
const WAITING_MAX = 1000;

/** Is it the store that failed, and not a defect? */
export function isStoreError(e: unknown): e is AppError {
  return isAppError(e) && e.code.startsWith("store.");
}

/**
 * What the station does when its store cannot be written or read: a disk that is full, read-only or broken. What
 * happened already and must not be lost waits in memory, in order, and is not sent before it is stored; what has not
 * happened yet does not begin. One fault is raised, and cleared when the store works again.
 */
export class Keeper {
  readonly #o: KeeperOptions;
  readonly #waiting: Work[] = [];
  #faulty = false;
  /** Nothing has failed since the last try. */
  #quiet = true;
  #lost = 0;
  #timer: TimerHandle | undefined;

  constructor(o: KeeperOptions) {
    this.#o = o;
    o.store.onFailure((e) => this.#failed(e));
  }

  /** Too much waits: samples are to be left out. */
  get full(): boolean {
    return this.#waiting.length >= WAITING_MAX;
  }

  /** A sample was left out; how many they were is told when the fault is cleared. */
  leftOut(): void {
    this.#lost++;
  }

  /** May something begin that has to be stored? Tries, when the store failed before. */
  sound(): boolean {
    if (this.#faulty) this.#again();
    return !this.#faulty;
  }

  /**
   * Durable on return, after everything that waits.
   * @throws AppError `store.*`: nothing of it was stored, and it must not have happened
   */
  atomically<T>(work: () => T): T {
    return this.#observed(() => {
      this.#flush();
      return this.#o.store.atomically(work);
    });
  }

  /** Stores what waits. @throws AppError `store.*` */
  settle(): void {
    this.#observed(() => this.#flush());
  }

  /** {@link Keeper.atomically} as an answer: false, and nothing was stored. */
  tried(work: () => void): boolean {
    return this.attempt(() => {
      this.atomically(work);
      return true;
    }, false);
  }

  /** Has happened: stored now or, when that fails, as soon as the store works again. `then` runs once it is durable. */
  eventually(work: () => void, then?: () => void): void {
    this.#waiting.push({ run: work, then });
    this.attempt(() => this.#flush(), undefined);
  }

  /** What `work` gives, or `otherwise` when the store fails. */
  attempt<T>(work: () => T, otherwise: T): T {
    try {
      return this.#observed(work);
    } catch (e) {
      if (isStoreError(e)) return otherwise;
      throw e;
    }
  }

  /** The power goes, and with it what was only in memory; what is stored is ended at the next start. */
  drop(): void {
    this.attempt(() => this.#flush(), undefined);
    this.#waiting.length = 0;
    if (this.#timer !== undefined) this.#o.clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#faulty) this.#schedule();
  }

  /** No timer is left. */
  dispose(): void {
    this.#faulty = false;
    this.drop();
  }

  #observed<T>(work: () => T): T {
    try {
      return work();
    } catch (e) {
      if (isStoreError(e)) this.#failed(e);
      throw e;
    }
  }

  #flush(): void {
    for (let first = this.#waiting[0]; first !== undefined; first = this.#waiting[0]) {
      try {
        this.#o.store.atomically(first.run);
      } catch (e) {
        if (!isStoreError(e)) this.#waiting.shift();
        throw e;
      }
      this.#waiting.shift();
      first.then?.();
    }
  }

  #failed(error: AppError): void {
    this.#quiet = false;
    if (this.#faulty) return;
    this.#faulty = true;
    const { message, hint } = error;
    const about = { kind: "fault", what: "store", state: "raised", detail: message } as const;
    this.#o.fact(hint === undefined ? about : { ...about, hint });
    this.#schedule();
    this.#o.raised(error);
  }

  #schedule(): void {
    this.#timer ??= this.#o.clock.setTimeout(() => {
      this.#timer = undefined;
      this.#again();
      if (this.#faulty) this.#schedule();
    }, RETRY_MS);
  }

  /** Writes what waits and something of its own, and reads what is needed next: only then the store is well. */
  #again(): void {
    this.#quiet = true;
    const { store, clock } = this.#o;
    const written = this.tried(() => {
      store.queue.head();
      store.values.set("store.probe", isoTime(clock));
      store.values.get("store.probe");
    });
    if (!written || !this.#quiet) return;
    this.#faulty = false;
    if (this.#timer !== undefined) clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    const lost = this.#lost;
    this.#lost = 0;
    const detail = lost === 0 ? {} : { detail: `${lost} meter samples were not kept` };
    this.#o.fact({ kind: "fault", what: "store", state: "cleared", ...detail });
  }
}

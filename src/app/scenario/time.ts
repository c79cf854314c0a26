import type { Clock, SimulatedClock, TimerHandle } from "../../util/clock.ts";
import { AppError } from "../../util/errors.ts";

/** So many turns of the event loop without anything on its way: then nothing can happen by itself any more. */
const STILL_TURNS = 3;
/** A wire that does not come to rest for so long, on the wall, is a fault of ours, ms. */
const PATIENCE_MS = 20_000;
/** Where it has not, it is waited for so long only. */
const RESTLESS_MS = 100;

/**
 * Time of one scenario: it stands still while anything can happen without it (frames on their way, promises to be
 * continued), and jumps to the next timer when everything waits. So hours pass in milliseconds over real sockets,
 * and the same happens in every run.
 */
export class VirtualTime {
  readonly clock: SimulatedClock;
  readonly #quiet: () => boolean;
  #settlers: (() => void)[] = [];
  readonly #outside = new Set<Promise<unknown>>();
  #patienceMs: number;
  #isRestless = false;

  /** @param quiet is nothing on its way between the parties? @param patienceMs on the wall */
  constructor(clock: SimulatedClock, quiet: () => boolean, patienceMs = PATIENCE_MS) {
    this.clock = clock;
    this.#quiet = quiet;
    this.#patienceMs = patienceMs;
  }

  /**
   * Makes time pass until `work` is done. What goes wrong with time, a timer that throws too, is offered to `giveUp`;
   * true: what waited was given up for it, and time goes on for what is still to be done.
   */
  async run<T>(work: Promise<T>, giveUp: (e: unknown) => boolean = () => false): Promise<T> {
    let over = false;
    const end = () => {
      over = true;
    };
    work.then(end, end);
    for (;;) {
      try {
        await this.#rest();
        if (over) break;
        await this.#goOn();
      } catch (e) {
        if (!giveUp(e)) throw e;
      }
    }
    return work;
  }

  async #goOn(): Promise<void> {
    if (this.#settlers.length > 0) for (const settled of this.#settlers.splice(0)) settled();
    else if (this.#outside.size > 0) await Promise.race(this.#outside);
    else if (!this.clock.step()) throw new AppError("internal", "Everything waits, and no timer will end it");
  }

  /** Resolves when everything that can happen without time passing has happened. Only while `run` goes on. */
  settle(): Promise<void> {
    return new Promise((resolve) => this.#settlers.push(resolve));
  }

  /** No time passes until this is done. */
  async hold<T>(outside: Promise<T>): Promise<T> {
    const held = outside.then(
      () => undefined,
      () => undefined,
    );
    this.#outside.add(held);
    try {
      return await outside;
    } finally {
      this.#outside.delete(held);
    }
  }

  async #rest(): Promise<void> {
    const began = performance.now();
    for (let still = 0; still < STILL_TURNS; ) {
      await new Promise((resolve) => setImmediate(resolve));
      still = this.#quiet() ? still + 1 : 0;
      if (still > 0 || performance.now() - began <= this.#patienceMs) continue;
      if (this.#isRestless) return;
      this.#isRestless = true;
      this.#patienceMs = Math.min(this.#patienceMs, RESTLESS_MS);
      throw new AppError("internal", "The wire between station and central system does not come to rest");
    }
  }
}

/** A clock beside the true one: set wrong, or running fast or slow. Its timers run with it. */
export class SkewedClock implements Clock {
  readonly #true: Clock;
  #offsetMs = 0;
  /** How much it gains, as a part of the time that passes; and since when. */
  #rate = 0;
  #since: number;

  constructor(trueClock: Clock) {
    this.#true = trueClock;
    this.#since = trueClock.now();
  }

  now(): number {
    return Math.round(this.#true.now() + this.#offsetMs + this.#gained());
  }

  setTimeout(fn: () => void, ms: number): TimerHandle {
    return this.#true.setTimeout(fn, ms / (1 + this.#rate));
  }

  clearTimeout(handle: TimerHandle): void {
    this.#true.clearTimeout(handle);
  }

  /**
   * Somebody sets it, so many ms from where it stands; timers that run are not touched.
   * @throws AppError `input.invalid` where no message could carry its time
   */
  jump(byMs: number): void {
    const year = new Date(this.now() + byMs).getUTCFullYear();
    if (!(year >= 0 && year <= 9999)) {
      throw new AppError("input.invalid", "The clock would stand before the year 0 or after 9999", {
        hint: "OCPP's dateTime cannot say that: jump less far.",
      });
    }
    this.#offsetMs += byMs;
  }

  /** From now on it gains so many seconds a day; negative: loses. */
  drift(secondsADay: number): void {
    this.#offsetMs += this.#gained();
    this.#since = this.#true.now();
    this.#rate = secondsADay / 86_400;
  }

  #gained(): number {
    return (this.#true.now() - this.#since) * this.#rate;
  }
}

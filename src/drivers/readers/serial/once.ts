import type { Clock } from "../../../station/ports.ts";

/** Lets a complaint through once, and again only after it was not made for a while. */
export class OncePerBurst {
  readonly #clock: Clock;
  readonly #gapMs: number;
  readonly #last = new Map<string, number>();

  constructor(clock: Clock, gapMs: number) {
    this.#clock = clock;
    this.#gapMs = gapMs;
  }

  /** `what` must come from a bounded set. */
  isNew(what: string): boolean {
    const now = this.#clock.now();
    const last = this.#last.get(what);
    this.#last.set(what, now);
    return last === undefined || Math.abs(now - last) > this.#gapMs;
  }
}

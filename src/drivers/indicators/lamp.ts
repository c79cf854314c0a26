import type { Clock, Indicator } from "../../station/ports.ts";
import { patternMs, type SignalPattern } from "../../station/signals.ts";
import type { TimerHandle } from "../../util/clock.ts";

export type Light = SignalPattern["light"];

/** How long a light stays when its pattern does not say, at least as long as its tones. In milliseconds. */
const LIGHT_MS = 1500;

export interface LampOptions {
  readonly name: string;
  readonly clock: Clock;
  /** Shows this light from now on. Rejects with AppError `device.*`. */
  readonly set: (light: Light) => Promise<void>;
  /** Frees the device; the light is off by then. */
  readonly close?: () => Promise<void>;
}

/** Shows a pattern's light for its time, then none. A newer pattern takes the place of an older one. */
export class Lamp implements Indicator {
  readonly name: string;
  readonly #o: LampOptions;
  #light: Light = "off";
  #timer: TimerHandle;
  #last: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(o: LampOptions) {
    this.name = o.name;
    this.#o = o;
  }

  show(pattern: SignalPattern): Promise<void> {
    this.#o.clock.clearTimeout(this.#timer);
    if (pattern.light !== "off" && !this.#closed) {
      const ms = Math.max(pattern.lightMs ?? LIGHT_MS, patternMs(pattern));
      this.#timer = this.#o.clock.setTimeout(() => {
        // What cannot be switched off is told with the next signal.
        this.#set("off").catch(() => {});
      }, ms);
    }
    return this.#set(pattern.light);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#o.clock.clearTimeout(this.#timer);
    await this.#change("off").catch(() => {});
    await this.#o.close?.();
  }

  #set(light: Light): Promise<void> {
    return this.#closed ? Promise.resolve() : this.#change(light);
  }

  /** One after the other, and only what is a change. */
  #change(light: Light): Promise<void> {
    const done = this.#last.then(async () => {
      if (light === this.#light) return;
      await this.#o.set(light);
      this.#light = light;
    });
    this.#last = done.catch(() => {});
    return done;
  }
}

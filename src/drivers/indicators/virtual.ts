import type { Clock, Indicator } from "../../station/ports.ts";
import type { SignalPattern } from "../../station/signals.ts";
import { Lamp, type Light } from "./lamp.ts";

/** Shows nothing and remembers which light was on, and from when. */
export class VirtualIndicator implements Indicator {
  readonly name = "virtual";
  readonly #lamp: Lamp;
  readonly shown: { readonly at: number; readonly light: Light }[] = [];

  constructor(clock: Clock) {
    this.#lamp = new Lamp({
      name: this.name,
      clock,
      set: async (light) => {
        this.shown.push({ at: clock.now(), light });
        if (this.shown.length > REMEMBERED) this.shown.shift();
      },
    });
  }

  show(pattern: SignalPattern): Promise<void> {
    return this.#lamp.show(pattern);
  }

  close(): Promise<void> {
    return this.#lamp.close();
  }
}

/** So many changes are remembered; the oldest go first. */
const REMEMBERED = 1000;

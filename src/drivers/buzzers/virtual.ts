import type { Buzzer, Clock } from "../../station/ports.ts";
import type { SignalPattern } from "../../station/signals.ts";

export interface Played {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly pattern: SignalPattern;
}

/** So many are remembered; the oldest go first. */
const REMEMBERED = 1000;

/** Makes no sound and remembers what it was asked to play, and when. */
export class VirtualBuzzer implements Buzzer {
  readonly name: string;
  readonly #clock: Clock;
  readonly #played: Played[] = [];

  constructor(clock: Clock, name = "virtual") {
    this.#clock = clock;
    this.name = name;
  }

  /** In the order of playing. */
  get played(): readonly Played[] {
    return this.#played;
  }

  async play(pattern: SignalPattern): Promise<void> {
    this.#played.push({ at: this.#clock.now(), pattern });
    if (this.#played.length > REMEMBERED) this.#played.shift();
  }

  async close(): Promise<void> {}
}

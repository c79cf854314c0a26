import { AppError } from "../../util/errors.ts";

/** More would sound long after what they mean. */
const MAX_WAITING = 8;

/** Runs what it is given one after the other, so that patterns do not sound into each other. */
export class InTurn {
  readonly #name: string;
  #waiting = 0;
  #closed = false;
  #last: Promise<unknown> = Promise.resolve();

  constructor(name: string) {
    this.#name = name;
  }

  /** @throws AppError `device.unavailable` after close, or when too much waits already. */
  async run(work: () => Promise<void>): Promise<void> {
    if (this.#closed) throw new AppError("device.unavailable", `The buzzer ${this.#name} is closed`);
    if (this.#waiting >= MAX_WAITING) {
      throw new AppError(
        "device.unavailable",
        `The buzzer ${this.#name} has ${MAX_WAITING} patterns to play already`,
        {
          hint: "Shorten the patterns of the station model.",
        },
      );
    }
    this.#waiting++;
    const mine = this.#last.then(() => (this.#closed ? undefined : work()));
    this.#last = mine.catch(() => undefined);
    try {
      await mine;
    } finally {
      this.#waiting--;
    }
  }

  /** What waits is dropped; resolves when what runs has ended. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#last;
  }
}

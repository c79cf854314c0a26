import { createInterface } from "node:readline";
import { CardUid } from "../../station/card.ts";
import { errorText } from "../../util/errors.ts";
import type { Io } from "../io.ts";

/** The UIDs of known cards: those that were named, else those that are typed, one a line. */
export class KnownCards {
  readonly #named: CardUid[];
  readonly #io: Io;
  #lines: AsyncIterator<string> | undefined;
  #close: () => void = () => {};

  /** @throws AppError `input.invalid` for a named text that is no UID */
  constructor(io: Io, named: readonly string[]) {
    this.#io = io;
    this.#named = named.map((text) => CardUid.parse(text));
  }

  /** The next card's UID; undefined when there are no more. */
  async next(nth: number): Promise<CardUid | undefined> {
    const named = this.#named.shift();
    // Whoever names cards is a script, or knows how many prove it.
    if (named !== undefined || (nth > 1 && this.#lines === undefined)) return named;
    for (;;) {
      this.#io.stderr.write(
        `UID of card ${nth} (hex, byte 0 first${nth > 1 ? ", empty line: no more" : ""}): `,
      );
      const line = (await this.#line())?.trim();
      if (line === undefined || line === "") return undefined;
      try {
        return CardUid.parse(line);
      } catch (e) {
        this.#io.stderr.write(`${errorText(e)}\n`);
      }
    }
  }

  close(): void {
    this.#close();
  }

  async #line(): Promise<string | undefined> {
    if (this.#lines === undefined) {
      const reading = createInterface({ input: this.#io.stdin, terminal: false, signal: this.#io.signal });
      this.#lines = reading[Symbol.asyncIterator]();
      this.#close = () => {
        reading.close();
        this.#io.stdin.destroy();
      };
    }
    const { value, done } = await this.#lines.next();
    return done === true ? undefined : value;
  }
}

import { clip, width, wrap } from "../../util/text.ts";

/** What a screen needs of a terminal's output. */
export interface ScreenOutput {
  readonly columns?: number;
  write(text: string): unknown;
}

/** What stands on the bottom line, and where its cursor is (absent: at the end). */
export interface Bottom {
  readonly text: string;
  readonly cursor?: number;
}

const FALLBACK_COLUMNS = 80;
/** Erases from the cursor to the end of the screen. */
const ERASE_BELOW = "\x1b[0J";

/**
 * Appended lines above one bottom line that is rewritten in place. Uses only the last line of the terminal, so the
 * log stays in its scroll-back.
 */
export class Screen {
  readonly #out: ScreenOutput;
  #bottom: Bottom = { text: "" };
  /** The column at which the cursor was left on the bottom line. */
  #cursor = 0;
  #closed = false;

  constructor(out: ScreenOutput) {
    this.#out = out;
  }

  get columns(): number {
    return Math.max(10, this.#out.columns || FALLBACK_COLUMNS);
  }

  /** Appends a line. `clipped` ones take one row at most, others wrap at words, with rows after the first indented. */
  log(line: string, clipped: boolean = false, indent: number = 0): void {
    const text = clipped ? clip(line, this.columns) : wrap(line, this.columns, indent).join("\n");
    if (this.#closed) this.#out.write(`${text}\n`);
    else this.#out.write(`${this.#erase()}${text}\n${this.#draw()}`);
  }

  /** Changes the bottom line; writes nothing when it is the same. */
  bottom(bottom: Bottom): void {
    if (this.#closed || (bottom.text === this.#bottom.text && bottom.cursor === this.#bottom.cursor)) return;
    const erase = this.#erase();
    this.#bottom = bottom;
    this.#out.write(erase + this.#draw());
  }

  /** Draws the bottom line anew, after the terminal has got another size. */
  redraw(): void {
    if (!this.#closed) this.#out.write(this.#erase() + this.#draw());
  }

  /** Takes the bottom line away; lines may still be appended. */
  close(): void {
    if (this.#closed) return;
    this.#out.write(this.#erase());
    this.#closed = true;
  }

  /** A terminal that has become narrower has broken the bottom line into rows: go up to its first one. */
  #erase(): string {
    const up = Math.floor(this.#cursor / this.columns);
    return `${up > 0 ? `\x1b[${up}A` : ""}\r${ERASE_BELOW}`;
  }

  #draw(): string {
    const room = this.columns - 1;
    const { text, cursor } = this.#bottom;
    if (cursor === undefined) {
      const shown = clip(text, room);
      this.#cursor = width(shown);
      return shown;
    }
    const first = Math.max(0, cursor - room + 1);
    const shown = text.slice(first, first + room);
    this.#cursor = cursor - first;
    return `${shown}\r${this.#cursor > 0 ? `\x1b[${this.#cursor}C` : ""}`;
  }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character begins a sequence
const SEQUENCES = /\x1b\[([0-9;?]*)([A-Za-z])|./gsu;

/**
 * A terminal as far as the screen uses one: prints, wraps, goes up, erases below. `lines` is what a person sees,
 * from the first line ever written.
 */
export class FakeTerminal {
  columns: number;
  readonly #rows: string[] = [""];
  #row = 0;
  #col = 0;

  constructor(columns = 80) {
    this.columns = columns;
  }

  get lines(): string[] {
    return this.#rows.map((r) => r.trimEnd());
  }

  get cursor(): { row: number; col: number } {
    return { row: this.#row, col: this.#col };
  }

  write(text: string): boolean {
    for (const [part, code, letter] of text.matchAll(SEQUENCES)) {
      if (letter !== undefined) this.#escape(code ?? "", letter);
      else if (part === "\n") this.#newLine();
      else if (part === "\r") this.#col = 0;
      else this.#print(part);
    }
    return true;
  }

  /** Breaks lines as terminals do that reflow when they become narrower. Only the last line is looked at. */
  narrow(columns: number): void {
    this.columns = columns;
    const last = this.#rows.pop() ?? "";
    const at = this.#col;
    for (let i = 0; i === 0 || i < last.length; i += columns) this.#rows.push(last.slice(i, i + columns));
    this.#row = this.#rows.length - 1 - (Math.floor(last.length / columns) - Math.floor(at / columns));
    this.#row = Math.min(this.#row, this.#rows.length - 1);
    this.#col = at % columns;
  }

  /** Does it tell where pasted text begins and ends? */
  bracketsPastes = false;

  #escape(code: string, letter: string): void {
    const n = Number(code || "1");
    if (letter === "A") this.#row = Math.max(0, this.#row - n);
    else if (letter === "C") this.#col = Math.min(this.columns - 1, this.#col + n);
    else if (letter === "J" && code === "0") {
      this.#rows[this.#row] = (this.#rows[this.#row] ?? "").slice(0, this.#col);
      this.#rows.length = this.#row + 1;
    } else if (code === "?2004") this.bracketsPastes = letter === "h";
    else if (letter !== "m") throw new Error(`This terminal does not know CSI ${code}${letter}`);
  }

  #newLine(): void {
    this.#row++;
    this.#col = 0;
    this.#rows[this.#row] ??= "";
  }

  #print(character: string): void {
    if (this.#col >= this.columns) this.#newLine();
    const row = (this.#rows[this.#row] ?? "").padEnd(this.#col);
    this.#rows[this.#row] = row.slice(0, this.#col) + character + row.slice(this.#col + 1);
    this.#col++;
  }
}

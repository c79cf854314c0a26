import { fstatSync } from "node:fs";
import { CardSource, type Tapped } from "../../app/card-source.ts";
import type { Config } from "../../app/config.ts";
import type { UsedReader } from "../../app/readers.ts";
import type { Definitions, StationDefinition } from "../../drivers/definitions.ts";
import type { SignalName } from "../../station/facts.ts";
import { AppError, errorText } from "../../util/errors.ts";
import { wrap } from "../../util/text.ts";
import { lines } from "../control-lines.ts";
import { clean, type Io } from "../io.ts";
import { failedLines } from "../missed.ts";
import { typedCard } from "./report.ts";

export interface DeskOptions {
  readonly io: Io;
  readonly config: Config;
  readonly definitions: Definitions;
  readonly model: StationDefinition;
  /** Goes on after the first card of a reader. */
  readonly follow: boolean;
  /** Ends when no card came for so long. */
  readonly timeoutMs?: number;
  /** Standard input has something else than cards. */
  readonly ownInput: boolean;
  /** Says nothing but errors. */
  readonly quiet: boolean;
  /**
   * Gets one card after the other; the next waits until it is done with. `waiting`: how many do. Resolves with the
   * signal that ends a tap.
   */
  handle(card: Tapped, waiting: number): Promise<SignalName | undefined>;
}

/**
 * Takes cards from the readers, and from standard input when something is piped into it, and hands them on one by
 * one. Ends after the first card of a reader (not with `follow`), with standard input when that had cards, at the
 * time-out, or when the program should stop.
 * @throws AppError `device.unavailable` when there is no reader to wait for, or no card came in time
 */
export class Desk {
  readonly #o: DeskOptions;
  readonly #source: CardSource;
  /** Drivers that are there or may come back soon. */
  readonly #hopeful = new Set<string>();
  readonly #badLines: number[] = [];
  #queue: Promise<void> = Promise.resolve();
  /** Cards that were tapped while another was dealt with. */
  readonly #waiting: Tapped[] = [];
  #taken = 0;
  #closed = false;
  #inputOpen = false;
  #lastLoss: AppError | undefined;
  #timer: NodeJS.Timeout | undefined;
  #finish: () => void = () => {};
  #fail: (e: unknown) => void = () => {};
  readonly #over: Promise<void>;

  constructor(o: DeskOptions) {
    this.#o = o;
    this.#over = new Promise<void>((resolve, reject) => {
      this.#finish = resolve;
      this.#fail = reject;
    });
    // Whoever runs the desk hears of it; before, nobody does.
    this.#over.catch(() => {});
    this.#source = new CardSource(o.definitions, o.model, o.config, {
      card: (card) => this.#take(card),
      ignored: (why) => this.#note(`not read: ${why}`),
      ready: (reader) => this.#ready(reader),
      lost: (reader, why, hint) => this.#lost(reader, why, hint),
    });
  }

  /** Resolves with the number of cards. */
  async run(): Promise<number> {
    const { io, ownInput } = this.#o;
    io.signal.addEventListener("abort", this.#finish, { once: true });
    try {
      this.#inputOpen = !ownInput && isPiped(io);
      const used = await this.#source.open(io.stderr.isTTY === true);
      for (const { reader } of used) this.#hopeful.add(reader.name);
      if (this.#inputOpen) void this.#readInput();
      this.#wait();
      if (!this.#mayBeStuck()) this.#greet(used);
      await this.#over;
      // What takes long, an answer that does not come, must not keep Ctrl-C waiting.
      if (!io.signal.aborted) await this.#queue;
    } finally {
      this.#closed = true;
      clearTimeout(this.#timer);
      io.signal.removeEventListener("abort", this.#finish);
      if (this.#inputOpen) io.stdin.destroy();
      await this.#source.close();
      this.#tellWaiting();
    }
    const bad = failedLines(this.#badLines);
    if (bad !== undefined) throw bad;
    return this.#taken;
  }

  #take(card: Tapped): void {
    const { follow } = this.#o;
    if (!follow && this.#taken > 0 && card.reader !== STDIN) return;
    this.#taken++;
    clearTimeout(this.#timer);
    this.#waiting.push(card);
    this.#queue = this.#queue
      .then(async () => {
        if (this.#closed) return;
        this.#waiting.shift();
        const signal = await this.#o.handle(card, this.#waiting.length);
        if (signal !== undefined) this.#source.play(signal);
        if (!follow && card.reader !== STDIN) this.#finish();
        else this.#wait();
      })
      .catch(this.#fail);
  }

  /** Nobody shall believe that they were dealt with. */
  #tellWaiting(): void {
    if (this.#waiting.length === 0) return;
    const cards = this.#waiting.map(({ uid }) => uid.hex).join(", ");
    this.#o.io.stderr.write(`Tapped, and not dealt with any more: ${cards}\n`);
  }

  async #readInput(): Promise<void> {
    const { stdin, stderr, signal } = this.#o.io;
    let number = 0;
    try {
      for await (const line of lines(stdin)) {
        number++;
        if (line.trim() === "" || line.startsWith("#")) continue;
        try {
          this.#take(typedCard(line, STDIN));
        } catch (e) {
          this.#badLines.push(number);
          stderr.write(`standard input:${number}: ${clean(errorText(e))}\n`);
        }
      }
    } catch (e) {
      if (!signal.aborted && this.#inputOpen) this.#fail(e);
    }
    this.#inputOpen = false;
    await this.#queue;
    if (number > 0) this.#finish();
    else this.#mayBeStuck();
  }

  #ready(reader: string): void {
    this.#hopeful.add(reader);
    this.#lastLoss = undefined;
  }

  #lost(reader: string, why: string, hint: string | undefined): void {
    this.#hopeful.delete(reader);
    this.#lastLoss = new AppError(
      "device.unavailable",
      `${reader}: ${why}`,
      hint === undefined ? {} : { hint },
    );
    if (this.#mayBeStuck()) return;
    this.#note(`${reader}: ${why}${hint === undefined ? "" : `. ${hint}`}`);
  }

  /** Nobody is there who could plug a reader in, or it would never be noticed that nobody does. */
  #mayBeStuck(): boolean {
    const { io, timeoutMs } = this.#o;
    if (this.#hopeful.size > 0 || this.#inputOpen || this.#taken > 0) return false;
    if (timeoutMs !== undefined || io.stdin.isTTY === true) return false;
    this.#fail(this.#lastLoss ?? this.#noReader());
    return true;
  }

  #noReader(): AppError {
    const { note } = this.#source;
    return new AppError("device.unavailable", "No card reader is plugged in", {
      hint: `${note === undefined ? "" : `${note.replace(/\.$/, "")}. `}tapstation readers says what is in the way; --reader names one; tapstation tap 04A2241BC85E80 needs none`,
    });
  }

  #greet(used: readonly UsedReader[]): void {
    // Cards come in already: nobody misses a reader.
    if (this.#inputOpen && used.length === 0) return;
    if (used.length > 0)
      this.#note(`Hold a card to the reader (${used.map((u) => u.reader.name).join(", ")}).`);
    else if (this.#o.config.readers === undefined) {
      const { message, hint } = this.#noReader();
      this.#note(`${message} yet: it is used as soon as it is. ${hint ?? ""}`);
    }
  }

  #wait(): void {
    const { timeoutMs, follow } = this.#o;
    if (timeoutMs === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (follow && this.#taken > 0) this.#finish();
      else this.#fail(noCard(timeoutMs));
    }, timeoutMs);
  }

  #note(text: string): void {
    if (this.#o.quiet) return;
    const { stderr } = this.#o.io;
    const rows = stderr.isTTY === true ? wrap(clean(text), stderr.columns ?? 80, 2) : [clean(text)];
    for (const row of rows) stderr.write(`${row}\n`);
  }
}

/** As reader of a card that came as a line. */
const STDIN = "standard input";

function noCard(ms: number): AppError {
  return new AppError("device.unavailable", `No card came within ${ms / 1000} s`, {
    hint: "Is the card on the reader's antenna? A longer wait is --timeout SECONDS.",
  });
}

/** Is something piped into standard input? A device (terminal, /dev/null) is not. */
function isPiped(io: Io): boolean {
  if (io.stdin.isTTY === true) return false;
  const { fd } = io.stdin as { readonly fd?: number };
  if (fd === undefined) return true;
  const found = fstatSync(fd);
  return found.isFIFO() || found.isSocket() || found.isFile();
}

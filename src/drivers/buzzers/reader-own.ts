import type { Buzzer, Clock } from "../../station/ports.ts";
import type { SignalPattern, Tone } from "../../station/signals.ts";
import { AppError } from "../../util/errors.ts";
import type { EscapeCommands } from "../definitions.ts";
import { InTurn } from "./in-turn.ts";

export interface ReaderOwnBuzzerOptions {
  /** The PC/SC driver, or whatever hands bytes to a reader and gives its answer. */
  readonly reader: {
    readonly name: string;
    escape(bytes: Uint8Array, readerName?: string): Promise<Uint8Array>;
  };
  /** From the buzzer's definition. */
  readonly commands: EscapeCommands;
  readonly clock: Clock;
  /** The physical reader; absent: the one that saw a card last. */
  readonly readerName?: string;
}

/** One beep of a reader: when it begins after the pattern's beginning, and how long it lasts, in milliseconds. */
export interface Beep {
  readonly at: number;
  readonly ms: number;
}

/** Templates' placeholders for the length of a beep, with their unit in milliseconds. */
const units: Readonly<Record<string, number>> = { "{ms10}": 10, "{ms100}": 100 };

/**
 * What a reader can play of a pattern. It has one pitch, so tones without a pause between them become one beep; a
 * length is a whole number of the command's units, at least 1 and at most 255, and what comes later moves with it,
 * so that pauses are never shorter than they were asked for.
 */
export function beepsOf(tones: readonly Tone[], unitMs: number): Beep[] {
  const beeps: Beep[] = [];
  const lasting = tones.filter((tone) => tone.ms > 0);
  let at = 0;
  for (let i = 0; i < lasting.length; ) {
    const silent = lasting[i]?.hz === 0;
    let ms = 0;
    for (; i < lasting.length && (lasting[i]?.hz === 0) === silent; i++) ms += lasting[i]?.ms ?? 0;
    const length = silent ? ms : unitMs * unitsOf(ms, unitMs);
    if (!silent) beeps.push({ at, ms: length });
    at += length;
  }
  return beeps;
}

/** A length in whole units that fit into one byte. */
function unitsOf(ms: number, unitMs: number): number {
  return Math.min(255, Math.max(1, Math.round(ms / unitMs)));
}

/**
 * The buzzer inside a PC/SC reader, sounded by one command a beep.
 * @throws AppError `definition.invalid` when the commands are none.
 */
export function createReaderOwnBuzzer(o: ReaderOwnBuzzerOptions): Buzzer {
  return new ReaderOwnBuzzer(o);
}

class ReaderOwnBuzzer implements Buzzer {
  readonly name = "reader";
  readonly #o: ReaderOwnBuzzerOptions;
  readonly #turn = new InTurn("reader");
  readonly #unitMs: number;
  readonly #answer: Uint8Array;
  #stop: () => void = () => undefined;
  #closed = false;

  constructor(o: ReaderOwnBuzzerOptions) {
    this.#o = o;
    const placeholder = Object.keys(units).find((p) => o.commands.tone.includes(p));
    if (placeholder === undefined) {
      throw invalid(`the tone "${o.commands.tone}" has no place for its length`);
    }
    this.#unitMs = units[placeholder] ?? 0;
    this.#answer = bytesOf(o.commands.answer);
    this.#command(this.#unitMs);
  }

  /** Resolves when the reader has taken the last beep; rejects with AppError `device.unavailable`. */
  play(pattern: SignalPattern): Promise<void> {
    return this.#turn.run(async () => {
      const began = this.#o.clock.now();
      for (const beep of beepsOf(pattern.tones, this.#unitMs)) {
        await this.#rest(began + beep.at - this.#o.clock.now());
        if (this.#closed) return;
        await this.#beep(beep);
      }
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#stop();
    await this.#turn.close();
  }

  async #beep(beep: Beep): Promise<void> {
    const answer = await this.#o.reader.escape(this.#command(beep.ms), this.#o.readerName);
    if (this.#answer.every((byte, i) => answer[i] === byte)) return;
    throw new AppError(
      "device.unavailable",
      `The buzzer of ${this.#o.readerName ?? this.#o.reader.name} did not sound: the reader answered "${hexOf(answer)}" instead of "${hexOf(this.#answer)}"`,
      { hint: "Check that the buzzer's definition is the one of this reader, or use another buzzer." },
    );
  }

  #command(ms: number): Uint8Array {
    const filled = Object.entries(units).reduce((text, [placeholder, unit]) => {
      return text.replaceAll(placeholder, unitsOf(ms, unit).toString(16).padStart(2, "0"));
    }, this.#o.commands.tone);
    return bytesOf(filled);
  }

  #rest(ms: number): Promise<void> {
    if (ms <= 0 || this.#closed) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = this.#o.clock.setTimeout(resolve, ms);
      this.#stop = () => {
        this.#o.clock.clearTimeout(timer);
        resolve();
      };
    });
  }
}

function bytesOf(text: string): Uint8Array {
  const compact = text.replace(/\s/g, "");
  if (!/^([0-9a-f]{2})+$/i.test(compact)) throw invalid(`"${text}" is no row of hex bytes`);
  return Uint8Array.from(Buffer.from(compact, "hex"));
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex").toUpperCase();
}

function invalid(what: string): AppError {
  return new AppError("definition.invalid", `The commands of a reader's buzzer do not fit: ${what}`, {
    hint: 'Write bytes in hex, for example "FF 00 40 00 04 {ms100} 00 01 01".',
  });
}

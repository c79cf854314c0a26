import type { ConnectedStation } from "../central/index.ts";
import type { CommandAnswer, StationStatus } from "../station/control.ts";
import type { Verdict } from "../station/types.ts";
import { systemClock } from "../util/clock.ts";
import { AppError, errorText, isAppError } from "../util/errors.ts";
import { nearest } from "../util/nearest.ts";

/* Vocabularies: tables of verbs that lines of text are read against. */

/** What came of a verb. */
export type VerbResult =
  | { readonly kind: "done" }
  /** `verdict` is absent when the card was read and no decision was taken. */
  | { readonly kind: "verdict"; readonly verdict?: Verdict }
  | { readonly kind: "status"; readonly status: StationStatus }
  | { readonly kind: "help"; readonly lines: readonly string[] }
  /** The stations that are connected to the central system. */
  | { readonly kind: "stations"; readonly stations: readonly ConnectedStation[] }
  /** What the station said to a command of the central system. */
  | { readonly kind: "answer"; readonly action: string; readonly said: CommandAnswer }
  | { readonly kind: "quit" };

/** One argument of a verb: how it is called in the help, and how its text becomes a value. */
export interface Arg<T> {
  readonly name: string;
  readonly optional?: boolean;
  /** Takes all that is left of the line. */
  readonly rest?: boolean;
  parse(text: string): T;
}

type Values<A extends readonly Arg<unknown>[]> = {
  readonly [I in keyof A]: A[I] extends { optional: true; parse(t: string): infer T }
    ? T | undefined
    : A[I] extends Arg<infer T>
      ? T
      : never;
};

/** A row of a vocabulary; `C` is what its verbs are done to. */
export interface VerbRow<C> {
  readonly args: readonly Arg<unknown>[];
  readonly help: string;
  readonly run: (
    control: C,
    values: readonly unknown[],
    signal: AbortSignal | undefined,
  ) => Promise<VerbResult>;
}

/** Makes a row of a function that gets the arguments' values with their types. */
export const verbsOf =
  <C>() =>
  <const A extends readonly Arg<unknown>[]>(
    args: A,
    help: string,
    run: (control: C, ...values: Values<A>) => VerbResult | Promise<VerbResult | undefined> | undefined,
  ): VerbRow<C> => ({
    args,
    help,
    run: async (control, values) => (await run(control, ...(values as Values<A>))) ?? { kind: "done" },
  });

/** The error of a line that cannot be understood or done. */
export function bad(message: string, hint: string): AppError {
  return new AppError("input.invalid", message, { hint });
}

/** Longer than a day nobody waits for a script. */
const MAX_WAIT_S = 86_400;

const seconds = {
  name: "seconds",
  parse(t: string): number {
    const value = /^\d{1,5}(\.\d{1,3})?s?$/.test(t) ? Number.parseFloat(t) : Number.NaN;
    if (value <= MAX_WAIT_S) return value;
    throw bad(
      `"${t}" is not a number of seconds`,
      `Write seconds up to ${MAX_WAIT_S}, for example 2 or 0.5.`,
    );
  },
} satisfies Arg<number>;

/** A pause in a script; over at once when the signal says so. */
function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      systemClock.clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const timer = systemClock.setTimeout(end, ms);
    if (signal?.aborted === true) end();
    else signal?.addEventListener("abort", end);
  });
}

/** `wait SECONDS`, of every vocabulary. */
export const waitVerb: VerbRow<unknown> = {
  args: [seconds],
  help: "do nothing for so long, then go on",
  run: async (_control, values, signal) => {
    await pause(Number(values[0]) * 1000, signal);
    return { kind: "done" };
  },
};

/** The payload of a command: JSON, to the end of the line. */
export const jsonPayload = {
  name: "payload",
  rest: true,
  parse(t: string): unknown {
    try {
      return JSON.parse(t);
    } catch (e) {
      throw bad(`"${t}" is no JSON: ${errorText(e)}`, 'Write for example {"connectorId":1}.');
    }
  },
} satisfies Arg<unknown>;

/** A line that was understood: `run` does it. */
export interface ParsedVerb<C, N extends string = string> {
  readonly verb: N;
  /** The arguments as text, for the journal. */
  readonly args: readonly string[];
  /** `signal` ends a verb that only waits. */
  run(control: C, signal?: AbortSignal): Promise<VerbResult>;
}

export type ParsedLine<C, N extends string = string> =
  | { readonly ok: true; readonly value: ParsedVerb<C, N> }
  | { readonly ok: false; readonly error: AppError };

/** A line longer than this is not a verb. */
export const MAX_LINE = 1000;

/** Is there anything on this line? Blank lines and lines that begin with `#` say nothing. */
export const isBlank = (line: string): boolean => /^\s*(#|$)/.test(line);

/** A table of verbs, to read lines against; `C` is what they are done to. */
export class Vocabulary<C, N extends string = string> {
  readonly names: readonly N[];
  readonly #rows: Readonly<Record<N, VerbRow<C>>>;

  constructor(rows: Readonly<Record<N, VerbRow<C>>>) {
    this.#rows = rows;
    this.names = Object.keys(rows) as N[];
  }

  /** `tap UID`, `plug [evse]`: how a verb is written. */
  usage(name: N): string {
    const { args } = this.#rows[name];
    return [name, ...args.map((a) => (a.optional === true ? `[${a.name}]` : a.name))].join(" ");
  }

  /** The vocabulary as lines of help. */
  help(): string[] {
    const usages = this.names.map((name) => this.usage(name));
    const width = Math.max(...usages.map((u) => u.length));
    return this.names.map((name, i) => `${(usages[i] ?? "").padEnd(width)}  ${this.#rows[name].help}`);
  }

  /** Reads one line. Total: takes any text, never throws; the error says what, where and what to do. */
  parse(line: string): ParsedLine<C, N> {
    try {
      return { ok: true, value: this.#parse(line) };
    } catch (e) {
      if (isAppError(e)) return { ok: false, error: e };
      throw e;
    }
  }

  #parse(line: string): ParsedVerb<C, N> {
    if (line.length > MAX_LINE)
      throw bad(`The line has more than ${MAX_LINE} characters`, "Write one verb a line.");
    const [first, ...others] = [...line.matchAll(/\S+/g)].map((m) => ({ text: m[0], at: m.index + 1 }));
    const name = this.#nameOf(first?.text);
    const row = this.#rows[name];
    const texts: string[] = [];
    const values = row.args.map((arg) => {
      const taken = others.splice(0, arg.rest === true ? others.length : 1);
      const [start] = taken;
      if (start === undefined) {
        if (arg.optional === true) return undefined;
        throw bad(`"${name}" lacks its ${arg.name}`, `Write: ${this.usage(name)}`);
      }
      const argText = arg.rest === true ? line.slice(start.at - 1).trimEnd() : start.text;
      texts.push(argText);
      return this.#value(arg, argText, name, start.at);
    });
    const [extra] = others;
    if (extra !== undefined) {
      throw bad(
        `"${name}": "${printable(extra.text)}" at column ${extra.at} is too much`,
        `Write: ${this.usage(name)}`,
      );
    }
    return { verb: name, args: texts, run: (control, signal) => row.run(control, values, signal) };
  }

  #nameOf(word: string | undefined): N {
    const all = `Verbs are ${this.names.join(", ")}.`;
    if (word === undefined) throw bad("The line is empty", all);
    const name = this.names.find((n) => n === word.toLowerCase());
    if (name !== undefined) return name;
    const meant = nearest(word, this.names);
    throw bad(
      `"${printable(word)}" is not a verb`,
      meant === undefined ? all : `Did you mean "${this.usage(meant)}"?`,
    );
  }

  #value(arg: Arg<unknown>, text: string, name: N, column: number): unknown {
    try {
      return arg.parse(text);
    } catch (e) {
      if (!isAppError(e)) throw e;
      throw bad(
        `"${name}" at column ${column}: ${printable(e.message)}`,
        e.hint ?? `Write: ${this.usage(name)}`,
      );
    }
  }
}

/** Text from outside, fit to be printed: no control characters, not long. */
function printable(text: string): string {
  const clean = text.replace(/\p{Cc}/gu, "?");
  return clean.length > 120 ? `${clean.slice(0, 117)}...` : clean;
}

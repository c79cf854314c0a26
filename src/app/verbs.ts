import { CardUid } from "../station/card.ts";
import {
  type CommandAnswer,
  errorCodes,
  type StationControl,
  type StationStatus,
} from "../station/control.ts";
import type { Verdict } from "../station/types.ts";
import { systemClock } from "../util/clock.ts";
import { AppError, errorText, isAppError } from "../util/errors.ts";
import { nearest } from "../util/nearest.ts";

/** What came of a verb. */
export type VerbResult =
  | { readonly kind: "done" }
  /** `verdict` is absent when the card was read and no decision was taken. */
  | { readonly kind: "verdict"; readonly verdict?: Verdict }
  | { readonly kind: "status"; readonly status: StationStatus }
  | { readonly kind: "help"; readonly lines: readonly string[] }
  /** What the station said to a command of the central system. */
  | { readonly kind: "answer"; readonly action: string; readonly said: CommandAnswer }
  | { readonly kind: "quit" };

/** One argument of a verb: how it is called in the help, and how its text becomes a value. */
interface Arg<T> {
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

/** A row of the vocabulary. */
export interface VerbRow {
  readonly args: readonly Arg<unknown>[];
  readonly help: string;
  readonly run: (
    control: StationControl,
    values: readonly unknown[],
    signal: AbortSignal | undefined,
  ) => Promise<VerbResult>;
}

function verb<const A extends readonly Arg<unknown>[]>(
  args: A,
  help: string,
  run: (
    control: StationControl,
    ...values: Values<A>
  ) => VerbResult | Promise<VerbResult | undefined> | undefined,
): VerbRow {
  return {
    args,
    help,
    run: async (control, values) => (await run(control, ...(values as Values<A>))) ?? { kind: "done" },
  };
}

function bad(message: string, hint: string): AppError {
  return new AppError("input.invalid", message, { hint });
}

const uid = { name: "UID", rest: true, parse: (t: string) => CardUid.parse(t).hex } satisfies Arg<string>;
const text = { name: "error-code", parse: errorCode } satisfies Arg<string>;

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

/** EVSE ids count from 1; 0 is the station as a whole. */
function evseFrom(least: 0 | 1) {
  return {
    name: "evse",
    parse(t: string): number {
      if (/^\d{1,4}$/.test(t) && Number(t) >= least) return Number(t);
      throw bad(`"${t}" is not the number of an EVSE`, `Write a whole number from ${least}, for example 1.`);
    },
  };
}
const evse = evseFrom(1);
const evseOrStation = evseFrom(0);
const maybeEvse = { ...evse, optional: true as const };

const wattHours = {
  name: "Wh",
  parse(t: string): number {
    const m = /^\+?(\d{1,9}(?:\.\d{1,3})?)(k?wh)?$/i.exec(t);
    if (m === null)
      throw bad(`"${t}" is not an energy`, "Write watt hours to add, for example 500 or 1.5kWh.");
    return Number(m[1]) * (m[2]?.toLowerCase() === "kwh" ? 1000 : 1);
  },
} satisfies Arg<number>;

function word<const T extends string>(...words: readonly T[]): Arg<T> {
  return {
    name: words.join("|"),
    parse(t) {
      const found = words.find((w) => w === t.toLowerCase());
      if (found !== undefined) return found;
      throw bad(`"${t}" is none of ${words.join(", ")}`, `Did you mean ${nearest(t, words) ?? words[0]}?`);
    },
  };
}

/** A word of at most so many characters. */
const wordOf = (name: string, max: number) => ({
  name,
  parse(t: string): string {
    if (t.length <= max) return t;
    throw bad(`"${name}" has ${t.length} characters`, `Write at most ${max}.`);
  },
});

const json = {
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

const anyText = { name: "data", rest: true, parse: unquoted } satisfies Arg<string>;

/** What stands in quotes as a whole, as a shell takes it: `"bay 7"` is bay 7. */
function unquoted(t: string): string {
  if (/^'[^']*'$/.test(t)) return t.slice(1, -1);
  return /^"(?:[^"\\]|\\.)*"$/.test(t) ? t.slice(1, -1).replace(/\\(["\\])/g, "$1") : t;
}

function errorCode(t: string): string {
  const found = errorCodes.find((c) => c.toLowerCase() === t.toLowerCase());
  if (found !== undefined) return found;
  const meant = nearest(t, errorCodes);
  throw bad(
    `"${t}" is not an error code of OCPP 1.6`,
    meant === undefined ? `Choose one of ${errorCodes.join(", ")}.` : `Did you mean ${meant}?`,
  );
}

const verdictOf = (verdict: Verdict | undefined): VerbResult =>
  verdict === undefined ? { kind: "verdict" } : { kind: "verdict", verdict };

const done = (): undefined => undefined;

/**
 * The one vocabulary: what a person, a script or a scenario can do to a station. Keys of the terminal, lines on
 * standard input and steps of scenarios are read against this table.
 */
export const verbs = {
  tap: verb([uid], "present a card and take it away", async (c, id) => verdictOf(await c.tap(id))),
  hold: verb([uid], "present a card and leave it there", async (c, id) => verdictOf(await c.hold(id))),
  remove: verb([], "take the held card away", (c) => c.remove().then(done)),
  plug: verb([maybeEvse], "put the cable in (without EVSE: the first that is free)", (c, id) =>
    c.plug(id).then(done),
  ),
  unplug: verb([maybeEvse], "pull the cable (without EVSE: the one that is plugged)", (c, id) =>
    c.unplug(id).then(done),
  ),
  network: verb([word("down", "up")], "unplug or plug the network", (c, to) => c.network(to).then(done)),
  power: verb([word("cut", "restore")], "cut or restore the mains", (c, to) => c.power(to).then(done)),
  fault: verb(
    [evseOrStation, text],
    "raise a fault, for example GroundFailure (EVSE 0: the station)",
    (c, id, code) => c.fault(id, code).then(done),
  ),
  clear: verb([evseOrStation], "clear the fault", (c, id) => c.clear(id).then(done)),
  lock: verb([evse, word("jam", "free")], "let the socket's lock fail, or work again", (c, id, to) =>
    c.lock(id, to).then(done),
  ),
  transfer: verb(
    [wordOf("vendor", 255), { ...wordOf("message", 50), optional: true }, { ...anyText, optional: true }],
    "send DataTransfer (message -: none; the rest of the line is its data, with or without quotes)",
    (c, vendorId, messageId, data) =>
      c.dataTransfer(vendorId, messageId === "-" ? undefined : messageId, data).then(done),
  ),
  meter: verb([evse, wattHours], "let the meter count so much energy at once", (c, id, wh) =>
    c.meter(id, wh).then(done),
  ),
  csms: verb(
    [wordOf("action", 50), { ...json, optional: true }],
    'let the built-in central system send a command, for example csms Reset {"type":"Soft"}',
    async (c, action, payload) => {
      if (c.command === undefined)
        throw bad("Another central system is in charge here", "Send its commands there.");
      return { kind: "answer", action, said: await c.command(action, payload ?? {}) };
    },
  ),
  wait: {
    args: [seconds],
    help: "do nothing for so long, then go on",
    run: async (_control, values, signal) => {
      await pause(Number(values[0]) * 1000, signal);
      return { kind: "done" };
    },
  },
  status: verb([], "show how the station stands", (c) => ({ kind: "status", status: c.status() })),
  help: verb([], "show this", () => ({ kind: "help", lines: verbHelp() })),
  quit: verb([], "stop the station", () => ({ kind: "quit" })),
} satisfies Record<string, VerbRow>;

export type VerbName = keyof typeof verbs;

export const verbNames = Object.keys(verbs) as readonly VerbName[];

/** `tap UID`, `plug [evse]`: how a verb is written. */
export function verbUsage(name: VerbName): string {
  const args: readonly Arg<unknown>[] = verbs[name].args;
  return [name, ...args.map((a) => (a.optional === true ? `[${a.name}]` : a.name))].join(" ");
}

/** The vocabulary as lines of help. */
export function verbHelp(): string[] {
  const usages = verbNames.map(verbUsage);
  const width = Math.max(...usages.map((u) => u.length));
  return verbNames.map((name, i) => `${(usages[i] ?? "").padEnd(width)}  ${verbs[name].help}`);
}

/** A line that was understood: `run` does it. */
export interface ParsedVerb {
  readonly verb: VerbName;
  /** The arguments as text, for the journal. */
  readonly args: readonly string[];
  /** `signal` ends a verb that only waits. */
  run(control: StationControl, signal?: AbortSignal): Promise<VerbResult>;
}

export type ParsedLine =
  | { readonly ok: true; readonly value: ParsedVerb }
  | { readonly ok: false; readonly error: AppError };

/** A line longer than this is not a verb. */
export const MAX_LINE = 1000;

/** Is there anything on this line? Blank lines and lines that begin with `#` say nothing. */
export const isBlank = (line: string): boolean => /^\s*(#|$)/.test(line);

/** Reads one line of the vocabulary. Total: takes any text, never throws; the error says what, where and what to do. */
export function parseVerb(line: string): ParsedLine {
  try {
    return { ok: true, value: parse(line) };
  } catch (e) {
    if (isAppError(e)) return { ok: false, error: e };
    throw e;
  }
}

function parse(line: string): ParsedVerb {
  if (line.length > MAX_LINE)
    throw bad(`The line has more than ${MAX_LINE} characters`, "Write one verb a line.");
  const words = [...line.matchAll(/\S+/g)].map((m) => ({ text: m[0], at: m.index + 1 }));
  const [first, ...others] = words;
  const name = verbNames.find((n) => n === first?.text.toLowerCase());
  if (first === undefined) throw bad("The line is empty", `Verbs are ${verbNames.join(", ")}.`);
  if (name === undefined) {
    const meant = nearest(first.text, verbNames);
    throw bad(
      `"${printable(first.text)}" is not a verb`,
      meant === undefined ? `Verbs are ${verbNames.join(", ")}.` : `Did you mean "${verbUsage(meant)}"?`,
    );
  }
  const row: VerbRow = verbs[name];
  const texts: string[] = [];
  const values = row.args.map((arg) => {
    const taken = others.splice(0, arg.rest === true ? others.length : 1);
    const [start] = taken;
    if (start === undefined) {
      if (arg.optional === true) return undefined;
      throw bad(`"${name}" lacks its ${arg.name}`, `Write: ${verbUsage(name)}`);
    }
    const argText = arg.rest === true ? line.slice(start.at - 1).trimEnd() : start.text;
    texts.push(argText);
    return argValue(arg, argText, name, start.at);
  });
  const [extra] = others;
  if (extra !== undefined) {
    throw bad(
      `"${name}": "${printable(extra.text)}" at column ${extra.at} is too much`,
      `Write: ${verbUsage(name)}`,
    );
  }
  return { verb: name, args: texts, run: (control, signal) => row.run(control, values, signal) };
}

function argValue(arg: Arg<unknown>, text: string, name: VerbName, column: number): unknown {
  try {
    return arg.parse(text);
  } catch (e) {
    if (!isAppError(e)) throw e;
    throw bad(
      `"${name}" at column ${column}: ${printable(e.message)}`,
      e.hint ?? `Write: ${verbUsage(name)}`,
    );
  }
}

/** Text from outside, fit to be printed: no control characters, not long. */
function printable(text: string): string {
  const clean = text.replace(/\p{Cc}/gu, "?");
  return clean.length > 120 ? `${clean.slice(0, 117)}...` : clean;
}

import type { RunningStation } from "../app/running.ts";
import type { VerbResult } from "../app/vocabulary.ts";
import { Narrator } from "../journal/lines/narrator.ts";
import type { CommandAnswer } from "../station/control.ts";
import type { Fact } from "../station/facts.ts";
import { errorText, isAppError } from "../util/errors.ts";
import { clean, colorsFor, type Io, print, printJson } from "./io.ts";
import { stationsLines, statusLines } from "./terminal/status.ts";
import { localTime } from "./time.ts";

/** How a running station (or what else `S` is) is shown: a terminal, plain lines, or JSON. */
export interface Face<S = RunningStation> {
  /** It stands. */
  begin(running: S): void;
  fact(fact: Fact): void;
  result(result: VerbResult): void;
  /** A verb could not be done; `line` is its number on standard input. The station goes on. */
  error(e: unknown, line?: number): void;
  /** The station is about to stop: no more input is taken, facts still come. */
  leave(): void;
}

/** A line of the intro: what, and how it is. */
export type IntroLine = readonly [what: string, how: string];

/** What a newcomer has to know about a station that has just been put up. */
export function intro(station: RunningStation, howToTap: string): IntroLine[] {
  const { id, model, ocpp, csms, builtIn, files, readers, buzzers, notes, data } = station.summary;
  return [
    ["station", `${clean(id)}, ${clean(model)}`],
    ["OCPP", clean(ocpp)],
    ["central", builtIn ? `${clean(csms)} (built in, on this machine)` : clean(csms)],
    ...(files === undefined
      ? []
      : [["files", `${clean(files)} (uploads go to ${clean(files)}uploads)`] as const]),
    ...readers.map(({ name, why }): IntroLine => ["reader", `${clean(name)} (${clean(why)})`]),
    ["buzzer", buzzers.length === 0 ? "none" : buzzers.map(clean).join(", ")],
    ["data", clean(data)],
    ...notes.map((note): IntroLine => ["note", clean(note)]),
    ["to tap", howToTap],
  ];
}

export const introText = (lines: readonly IntroLine[]): string[] =>
  lines.map(([what, how]) => `  ${what.padEnd(8)} ${how}`);

function howToTapHere(control: boolean, station: RunningStation): string {
  if (control) return `write a line: tap ${station.knownCard ?? "04A2241BC85E80"}`;
  const real = station.summary.readers.filter((r) => r.name !== "virtual");
  if (real.length > 0) return `present a card to ${real.map((r) => clean(r.name)).join(" or ")}`;
  return "start it in a terminal, or with --control - and write a line: tap 04A2241BC85E80";
}

const errorLine = (e: unknown): string => {
  const hint = isAppError(e) && e.hint !== undefined ? ` ${e.hint}` : "";
  return clean(`${errorText(e)}.${hint}`.replace(/\.\. /, ". "));
};

/** What a station said to a command, to be read by a person. */
export const answerLines = (said: CommandAnswer): string[] =>
  "error" in said
    ? [clean(`${said.error.code}: ${said.error.description}`)]
    : JSON.stringify(said.answer, undefined, 2).split("\n").map(clean);

/** What is said of it when it stands. */
type Introduce<S> = (running: S) => readonly IntroLine[];

/** How a station is introduced to somebody who has no keys. */
export const stationIntro =
  (control: boolean): Introduce<RunningStation> =>
  (station) =>
    intro(station, howToTapHere(control, station));

/** Lines with local time on standard error; what a verb answers goes to standard output. */
export function plainFace<S>(io: Io, introduce: Introduce<S>, narratorOf: (running: S) => Narrator): Face<S> {
  const c = colorsFor(io.stderr, io.env);
  const say = (time: string, text: string): unknown => io.stderr.write(`${c.dim(time)} ${text}\n`);
  const now = (): string => localTime(io.now());
  let narrator = new Narrator();
  return {
    begin(running) {
      narrator = narratorOf(running);
      for (const line of introText(introduce(running))) io.stderr.write(`${line}\n`);
    },
    fact(fact) {
      const line = narrator.line(fact, c);
      if (line !== undefined) say(localTime(fact.time), line);
    },
    result(result) {
      if (result.kind === "status") print(io, ...statusLines(result.status, colorsFor(io.stdout, io.env)));
      if (result.kind === "stations")
        print(io, ...stationsLines(result.stations, colorsFor(io.stdout, io.env)));
      if (result.kind === "help") print(io, ...result.lines);
      if (result.kind === "answer") print(io, ...answerLines(result.said));
    },
    error(e, line) {
      say(now(), c.red(`${line === undefined ? "" : `line ${line}: `}${errorLine(e)}`));
    },
    leave() {},
  };
}

/** Above this many bytes that nobody has read from standard output, facts are left out of it: memory has its limits. */
const MAX_UNREAD_BYTES = 16 * 1024 * 1024;

/** Facts to standard output while somebody reads it; how many were left out stands where they would have stood. */
function factLines(io: Io): (fact: Fact) => void {
  let leftOut = 0;
  return (fact) => {
    if (io.stdout.writableLength > MAX_UNREAD_BYTES) {
      if (leftOut++ === 0)
        io.stderr.write(
          "Standard output is not read: facts are left out there. tapstation log has them all.\n",
        );
      return;
    }
    if (leftOut > 0) printJson(io, { kind: "leftOut", facts: leftOut });
    leftOut = 0;
    printJson(io, fact);
  };
}

/** Each fact, and what verbs answer, as one JSON object a line on standard output. */
export function jsonFace<S>(io: Io, introduce: Introduce<S>): Face<S> {
  return {
    begin(running) {
      for (const line of introText(introduce(running))) io.stderr.write(`${line}\n`);
    },
    fact: factLines(io),
    result(result) {
      if (result.kind === "status") printJson(io, { kind: "status", ...result.status });
      if (["help", "answer", "stations"].includes(result.kind)) printJson(io, result);
    },
    error(e, line) {
      const hint = isAppError(e) && e.hint !== undefined ? { hint: e.hint } : {};
      const where = line === undefined ? {} : { line };
      const code = isAppError(e) ? e.code : "internal";
      printJson(io, { kind: "error", code, message: errorText(e), ...hint, ...where });
    },
    leave() {},
  };
}

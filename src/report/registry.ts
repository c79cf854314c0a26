import { realpathSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import type { Reporter } from "../scenario/types.ts";
import { isCi } from "../util/ci.ts";
import type { Colors } from "../util/colors.ts";
import { AppError } from "../util/errors.ts";
import { nearest } from "../util/nearest.ts";
import { noColors } from "./failure-lines.ts";
import { Multiplexer, type ReporterFault } from "./multiplexer.ts";
import { fileOutput, type ReporterOptions, type ReportStream, streamOutput } from "./output.ts";

interface ReporterKind {
  /** For the help, in one line. */
  readonly about: string;
  /** Where it goes when no file is named; without this to the standard output. */
  readonly file?: string;
  /** It speaks to a person or a program that reads the standard output, and wants it for itself. */
  readonly printsAlone: boolean;
  /** Its file is read while it grows. */
  readonly growing?: boolean;
  readonly load: () => Promise<{ readonly createReporter: (o: ReporterOptions) => Reporter }>;
}

/** A reporter is one file and one line here. */
const kinds = {
  terminal: {
    about: "each scenario as it ends, failures at the end; a status line on a terminal",
    printsAlone: true,
    load: () => import("./terminal.ts"),
  },
  minimal: {
    about: "failures and one line",
    printsAlone: true,
    load: () => import("./minimal.ts"),
  },
  junit: {
    about: "JUnit XML, as CI servers read it",
    printsAlone: true,
    load: () => import("./junit.ts"),
  },
  jsonl: {
    about: "each event as a line of JSON, as it comes",
    printsAlone: true,
    growing: true,
    load: () => import("./jsonl.ts"),
  },
  html: {
    about: "one self-contained page: time lines, frames, the scenarios' text",
    file: "report.html",
    printsAlone: false,
    load: () => import("./html.ts"),
  },
  github: {
    about: "annotations for GitHub Actions, beside another reporter",
    printsAlone: false,
    load: () => import("./github.ts"),
  },
} satisfies Record<string, ReporterKind>;

export type ReporterName = keyof typeof kinds;
export const reporterNames = Object.keys(kinds) as ReporterName[];
const kindOf = (name: ReporterName): ReporterKind => kinds[name];

/** Each reporter with what it does, for the help. */
export const reporterHelp: readonly (readonly [ReporterName, string])[] = reporterNames.map((name) => [
  name,
  kindOf(name).about,
]);

export interface ReporterSpec {
  readonly name: ReporterName;
  readonly file?: string;
}

/**
 * A reporter as `--reporter` names it: `terminal`, `junit:out/report.xml`.
 * @throws AppError `usage`
 */
export function parseReporterSpec(text: string): ReporterSpec {
  const [, word = "", file] = /^([^:]*)(?::(.*))?$/s.exec(text) ?? [];
  const name = reporterNames.find((known) => known === word);
  if (name !== undefined && file !== "") return { name, ...(file === undefined ? {} : { file }) };
  if (name !== undefined)
    throw new AppError("usage", `--reporter ${text}: the file is missing`, {
      hint: `Write ${name}:FILE, or ${name} alone.`,
    });
  const meant = nearest(word, reporterNames);
  throw new AppError("usage", `--reporter ${text}: there is no such reporter`, {
    hint: `${meant === undefined ? "" : `Did you mean ${meant}? `}There are ${reporterNames.join(", ")}; a file follows a colon, as in junit:report.xml.`,
  });
}

/** Everything that reporters may touch of the process. */
export interface ReportContext {
  readonly stdout: ReportStream;
  readonly colors: Colors;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** If nothing prints, say as little as can be. */
  readonly quiet?: boolean;
  /** The standard output is events (`jsonl`) and nothing else: `--json`. */
  readonly json?: boolean;
  /** A reporter threw and is left out from now on. */
  onFault(fault: ReporterFault): void;
}

const DEFAULT_COLUMNS = 80;
const MIN_COLUMNS = 20;

/**
 * All wanted reporters as one. When none of them prints to the standard output, one is added: `terminal`, `minimal` when
 * told to be quiet, `jsonl` when JSON is wanted.
 * @throws AppError `usage` for a file that cannot be written and for two that want the standard output
 */
export async function openReporters(specs: readonly string[], context: ReportContext): Promise<Multiplexer> {
  const wanted = withPrinting(specs.map(parseReporterSpec), context);
  const modules = await Promise.all(wanted.map(({ name }) => kindOf(name).load()));
  const reporters = wanted.map((spec, i) => modules[i]?.createReporter(optionsFor(spec, context)));
  return new Multiplexer(
    reporters.filter((reporter) => reporter !== undefined),
    context.onFault,
  );
}

function withPrinting(
  specs: readonly ReporterSpec[],
  { quiet, json, cwd }: ReportContext,
): readonly ReporterSpec[] {
  refuseSame(specs, cwd);
  const printing = specs.filter((spec) => fileOf(spec) === undefined && kindOf(spec.name).printsAlone);
  const [first, second] = printing;
  const added = json ? "jsonl" : quiet ? "minimal" : "terminal";
  if (first === undefined) return [{ name: added }, ...specs];
  if (second === undefined && (!json || first.name === added)) return specs;
  const [one, other] =
    second === undefined ? ["--json", first.name] : [`--reporter ${first.name}`, second.name];
  throw new AppError("usage", `${one} and ${other} both want the standard output`, {
    hint: `Give one of them a file, for example --reporter ${other}:report.txt`,
  });
}

function refuseSame(specs: readonly ReporterSpec[], cwd: string): void {
  const files = specs
    .map(fileOf)
    .filter((file) => file !== undefined)
    .map((file) => realOf(resolve(cwd, file)));
  const twice = files.find((file, i) => files.indexOf(file) !== i);
  if (twice === undefined) return;
  throw new AppError("usage", `Two reporters would write to ${twice}`, {
    hint: "Give each its own file, for example --reporter junit:report.xml",
  });
}

/** By whatever links and detours it is named. */
function realOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const above = dirname(path);
    return above === path ? path : join(realOf(above), basename(path));
  }
}

const fileOf = ({ name, file }: ReporterSpec): string | undefined => file ?? kindOf(name).file;

function optionsFor(spec: ReporterSpec, { stdout, colors, env, cwd }: ReportContext): ReporterOptions {
  const file = fileOf(spec);
  if (file !== undefined) {
    const output = fileOutput(file, cwd, kindOf(spec.name).growing === true);
    return { output, colors: noColors, columns: DEFAULT_COLUMNS, live: false };
  }
  const live = stdout.isTTY === true && !isCi(env) && env.TERM !== "dumb";
  return {
    output: streamOutput(stdout),
    colors,
    live,
    get columns() {
      return Math.max(MIN_COLUMNS, stdout.columns || DEFAULT_COLUMNS);
    },
  };
}

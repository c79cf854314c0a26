import { existsSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { certificatesIn, credentialsIn } from "../../app/credentials.ts";
import { type ReplayTarget, replayAgainst } from "../../app/replay.ts";
import { type Recording, readRecording } from "../../replay/recording.ts";
import type { ReplayedExchange, ReplayReport } from "../../replay/replay.ts";
import { AppError, errorText } from "../../util/errors.ts";
import { patternFor } from "../../util/pattern.ts";
import { shellWord } from "../../util/shell.ts";
import { type CommandInput, CREDENTIAL_SETTINGS, defineCommand } from "../command.ts";
import { grepOf } from "../grep.ts";
import { type Colors, clean, colorsFor, print, printJson } from "../io.ts";

/** So many scenarios are named. */
const NAMED = 8;
/** A log larger than this is cut up first. */
const MAX_BYTES = 256 * 1024 * 1024;

const options = {
  ignore: {
    type: "string",
    array: true,
    nargs: 1,
    describe:
      "Field of answers that may differ, for example interval or idTagInfo.parentIdTag; * is any name",
  },
  pace: {
    choices: ["fast", "recorded"] as const,
    default: "fast",
    describe: "Each message as soon as the one before is answered, or with the pauses of the log",
  },
  "keep-times": {
    type: "boolean",
    describe: "Send times as they were recorded; otherwise the first is moved to now and all others with it",
  },
  grep: {
    type: "string",
    nargs: 1,
    describe:
      "Which scenario of a run's report (jsonl): a regular expression for its id or name; --ocpp: in which version",
  },
  station: { type: "string", nargs: 1, describe: "Whose messages, of a log of several stations" },
  timeout: { type: "string", nargs: 1, default: "30", describe: "Seconds that an answer may take" },
  strict: {
    type: "boolean",
    describe: "Commands count too: those of the log that do not come, and those that are not in it",
  },
} as const;
const positionals = {
  file: {
    type: "string",
    demandOption: true,
    describe: "Log, one JSON object a line, or a recorded scenario (.yaml with its .jsonl beside it)",
  },
} as const;

type Input = CommandInput<typeof options & typeof positionals>;

export const command = defineCommand({
  describe:
    "Say to another central system what a station said once, and show where its answers differ, field by field.\nMessage ids, transaction ids and times are no differences.",
  settings: ["csms", "id", "ocpp", ...CREDENTIAL_SETTINGS],
  options,
  positionals,
  examples: [
    ["tapstation replay session.jsonl --csms ws://127.0.0.1:9000/ocpp --id CP001", ""],
    [
      "tapstation replay charger.jsonl --csms wss://staging.example.com/ocpp --ignore interval",
      "a real charger's log",
    ],
  ],
  epilogue:
    "FILE: facts (tapstation log --export, tapstation record, the jsonl report of tapstation run), public OCPP\ntrace records, OCPP-J frames as they are, or objects that hold a frame as raw, message or frame, with time and direction when there are any.\n\nExit codes: 0 all answers that were compared are the same, 1 one differs, 2 the file or the command line is wrong or\nnothing was compared, 4 the central system refuses or the connection was lost, 130 interrupted (143 by SIGTERM). Commands come from people\nand rules at a central system: that others come, or none, counts with --strict only.",
  run: async ({ args, settings, io }) => {
    // Beside a recorded scenario lie the facts that it was made from.
    const file = args.file.replace(/\.ya?ml$/, ".jsonl");
    if (file !== args.file) mustBeRecorded(args.file, path.resolve(io.cwd, file));
    const named = settings.origins.ocpp.from !== "default";
    const recording = load(path.resolve(io.cwd, file), file, args, named ? settings.config.ocpp : undefined);
    const [scenario] = recording.scenarios;
    if (scenario !== undefined) io.stderr.write(`Of the report: ${clean(scenario)}\n`);
    const target = targetOf({ args, settings, io }, recording);
    const c = colorsFor(io.stdout, io.env);
    const json = settings.config.json;
    const report = await replayAgainst(recording, target, (exchange) => {
      if (json) printJson(io, { kind: "exchange", ...exchange });
      else for (const line of exchangeLines(exchange, c)) print(io, line);
    });
    for (const { line, problem } of recording.problems)
      io.stderr.write(`${clean(args.file)}:${line}: passed over: ${clean(problem)}\n`);
    const s = summaryOf(report);
    if (report.exchanges.length > 0 || report.lost === undefined) {
      if (json) printJson(io, { kind: "summary", ...s });
      else for (const line of summaryLines(report, c, args.strict === true)) print(io, line);
    }
    if (io.signal.aborted) return io.signal.reason === "SIGTERM" ? 143 : 130;
    if (report.lost !== undefined) throw report.lost;
    const others = s.missingCommands.length + s.commands.filter(isNew).length;
    if (s.differing > 0 || (args.strict === true && others > 0)) return 1;
    return s.compared === 0 ? 2 : 0;
  },
});

/** Is it not in the log? */
const isNew = ({ answeredFrom }: { answeredFrom: number | undefined }): boolean => answeredFrom === undefined;

/** @throws AppError `input.invalid` for a scenario that nobody recorded */
function mustBeRecorded(scenario: string, facts: string): void {
  if (existsSync(facts)) return;
  throw new AppError(
    "input.invalid",
    `${scenario} was not recorded: ${path.basename(facts)}, what the station said, is not beside it`,
    {
      hint: `A scenario that was written is run, and its report replayed: tapstation run ${shellWord(scenario)} --reporter jsonl:report.jsonl`,
    },
  );
}

function load(
  file: string,
  shown: string,
  { station, grep }: Input["args"],
  ocpp: readonly string[] | undefined,
): Recording {
  let text: string;
  try {
    const { size } = statSync(file);
    if (size > MAX_BYTES) throw new Error(`it has ${size} bytes, ${MAX_BYTES} are allowed`);
    text = readFileSync(file, "utf8");
  } catch (e) {
    throw new AppError("input.invalid", `${shown} cannot be read: ${errorText(e)}`, {
      hint: "Give a log with one JSON object a line, for example of: tapstation log --export session.jsonl",
      cause: e,
    });
  }
  const recording = readRecording(text, {
    station,
    scenario: grep === undefined ? undefined : grepOf(grep),
    ocpp,
  });
  const { stations } = recording;
  mustBeOne(
    recording,
    shown,
    grep === undefined ? undefined : `${grep}${ocpp === undefined ? "" : ` --ocpp ${ocpp.join(",")}`}`,
  );
  if (station === undefined && stations.length > 1) {
    throw new AppError(
      "usage",
      `${shown} has messages of ${stations.length} stations: ${stations.join(", ")}`,
      {
        hint: `Say whose are to be sent: --station ${shellWord(stations[0] ?? "")}`,
      },
    );
  }
  if (station !== undefined && stations.length > 0 && !stations.includes(station)) {
    throw new AppError("usage", `${shown} has no messages of ${station}`, {
      hint: `It has those of ${stations.join(", ")}.`,
    });
  }
  if (recording.frames.length > 0) return recording;
  const [first] = recording.problems;
  const why = first === undefined ? "" : `; line ${first.line}: ${first.problem}`;
  throw new AppError("input.invalid", `${shown} has no OCPP message in it${why}`, {
    hint: "Expected are facts, trace records or OCPP-J frames, one JSON value a line; tapstation replay --help.",
  });
}

/** @throws AppError `usage` where it is not clear which scenario of a report is meant */
function mustBeOne({ scenarios }: Recording, shown: string, grep: string | undefined): void {
  const [first, second] = scenarios;
  if (first === undefined && grep !== undefined) {
    throw new AppError("usage", `${shown} has no messages of a scenario that --grep ${grep} finds`, {
      hint: "--grep looks at the scenarios in a jsonl report of tapstation run.",
    });
  }
  if (first === undefined || second === undefined) return;
  const named = scenarios.slice(0, NAMED);
  const more = scenarios.length > named.length ? ` and ${scenarios.length - named.length} others` : "";
  throw new AppError(
    "usage",
    `${shown} has messages of ${scenarios.length} scenarios: ${named.join(", ")}${more}`,
    { hint: `Say which is to be replayed: --grep ${shellWord(`${patternFor(first)}$`)}` },
  );
}

function targetOf({ args, settings, io }: Input, recording: Recording): ReplayTarget {
  const { csms, id, ocpp } = settings.config;
  if (csms === undefined)
    throw new AppError("usage", "The central system to compare with is missing", {
      hint: "Name it: --csms ws://host:port/path.",
    });
  const timeoutS = Number(args.timeout);
  if (!(timeoutS > 0 && timeoutS <= 3600))
    throw new AppError("usage", `--timeout: "${args.timeout}" is not a number of seconds up to 3600`, {
      hint: "Write for example --timeout 10.",
    });
  const named = settings.origins.ocpp.from !== "default";
  return {
    csms,
    id: settings.origins.id.from === "default" ? (recording.station ?? id) : id,
    ...credentialsIn(settings.config),
    certificates: certificatesIn(settings.config),
    version: (named ? ocpp[0] : recording.version) ?? ocpp[0] ?? "1.6",
    timeoutMs: timeoutS * 1000,
    ignore: args.ignore ?? [],
    pace: args.pace,
    keepTimes: args["keep-times"] === true,
    signal: io.signal,
  };
}

function exchangeLines({ line, action, now, recorded, differences, problem }: ReplayedExchange, c: Colors) {
  const notes = problem === undefined ? [] : [`     ${c.yellow(clean(problem))}`];
  const head = `${String(line).padStart(5)}  ${action}`;
  if (now === undefined) return [c.dim(`${head}  -`), ...notes];
  if (recorded === undefined) {
    const came = now.kind === "none" ? `no answer (${now.why})` : "answered";
    return [c.dim(`${head}  ${came}; no answer was recorded`), ...notes];
  }
  if (differences.length === 0) return [`${head}  ${c.green("same")}`, ...notes];
  const shown = differences.map(
    (d) =>
      `         ${d.path === "" ? "answer" : clean(d.path)}: ${c.green(value(d.recorded))} ${c.dim("->")} ${c.red(value(d.now))}`,
  );
  return [`${head}  ${c.red("differs")}`, ...shown, ...notes];
}

function value(v: unknown): string {
  const text = v === undefined ? "(absent)" : typeof v === "string" ? v : JSON.stringify(v);
  return clean(text.length > 120 ? `${text.slice(0, 117)}...` : text);
}

function summaryOf({ exchanges, commands, missing, left }: ReplayReport) {
  const compared = exchanges.filter((e) => e.now !== undefined && e.recorded !== undefined);
  const differing = exchanges.filter((e) => e.differences.length > 0).length;
  return {
    messages: exchanges.length,
    left,
    compared: compared.length,
    same: compared.length - differing,
    differing,
    notSent: exchanges.filter((e) => e.now === undefined).length,
    commands: commands.map(({ action, answeredFrom }) => ({ action, answeredFrom })),
    missingCommands: missing,
  };
}

/** How many there are of each action: "Reset, GetConfiguration (2)". */
function countText(list: readonly { readonly action: string }[]): string {
  const by = new Map<string, number>();
  for (const { action } of list) by.set(action, (by.get(action) ?? 0) + 1);
  return [...by].map(([action, n]) => (n === 1 ? clean(action) : `${clean(action)} (${n})`)).join(", ");
}

function summaryLines(report: ReplayReport, c: Colors, strict: boolean): string[] {
  const s = summaryOf(report);
  const { missingCommands: missing } = s;
  const news = s.commands.filter(isNew);
  const parts = [
    c.green(`${s.same} answered the same`),
    s.differing > 0 ? c.red(`${s.differing} otherwise`) : "none otherwise",
    s.notSent > 0 ? `${s.notSent} not sent` : "",
    s.left > 0 ? c.yellow(`${s.left} not come to`) : "",
  ];
  const counts = strict ? "" : c.dim(" Other central systems send others; --strict lets it count.");
  return [
    "",
    `${s.messages + s.left} messages: ${parts.filter((part) => part !== "").join(", ")}.`,
    ...(s.compared === 0 ? [c.yellow("Nothing was compared: no answer is in the log, or none came.")] : []),
    ...(missing.length === 0
      ? []
      : [`This central system did not send commands that are in the log: ${countText(missing)}.${counts}`]),
    ...(news.length === 0
      ? []
      : [`It sent commands that are not in the log (answered NotImplemented): ${countText(news)}.${counts}`]),
  ];
}

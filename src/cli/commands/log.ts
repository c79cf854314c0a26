import { dataFiles, isThere } from "../../app/paths.ts";
import { entriesOf, type TraceRecord, toTrace } from "../../journal/export.ts";
import { followJournal } from "../../journal/follow.ts";
import { type JournalFile, readJournal } from "../../journal/journal.ts";
import { LogLines, logLines, wantedFilter } from "../../journal/lines/log-lines.ts";
import type { JournalEntry, JournalQuery, JournalReader } from "../../journal/types.ts";
import { factKinds } from "../../station/fact-shapes.ts";
import { AppError, isAppError } from "../../util/errors.ts";
import { type CommandInput, defineCommand } from "../command.ts";
import { colorsFor, writeLine } from "../io.ts";
import { exportEntries } from "../log-export.ts";
import { nothingMatches } from "../log-nothing.ts";
import { parseMoment } from "../time.ts";

/** How many lines are shown when nobody says how many or from when. */
const DEFAULT_LAST = 100;
/** The same with --follow. */
const FOLLOW_LAST = 10;
/** How many of the newest entries are looked through at least for those lines. */
const MIN_PAST = 1000;
/** How long after --until facts from before may still be written. */
const LATE_MS = 500;

const options = {
  action: { type: "string", nargs: 1, describe: "OCPP action, for example Authorize, with its answers" },
  direction: {
    choices: ["out", "in"] as const,
    describe: "Messages that the station sends, or that it gets",
  },
  token: { type: "string", nargs: 1, describe: "UID or idToken that stands in it" },
  kind: { choices: factKinds, array: true, describe: "Kind of fact; repeatable" },
  station: { type: "string", nargs: 1, describe: "Station id" },
  source: {
    choices: ["station", "central", "all"] as const,
    describe: "Whose view; by default of messages the station's, of all else both",
  },
  since: {
    type: "string",
    nargs: 1,
    describe: 'From then on: 10m (ago), today, 14:30, "2030-01-31 14:30"; local time, UTC with a Z behind',
  },
  until: { type: "string", nargs: 1, describe: "Before then, in the same words; with --follow: the end" },
  last: {
    type: "string",
    nargs: 1,
    describe: `Only so many of the newest lines; all with --since, else ${DEFAULT_LAST}, with --follow ${FOLLOW_LAST}`,
  },
  follow: { type: "boolean", alias: "f", describe: "Go on with what happens, until Ctrl-C" },
  export: { type: "string", nargs: 1, describe: "Write all that matches to this file (- : standard output)" },
  format: {
    choices: ["jsonl", "trace"] as const,
    describe: "Of --export: facts, or public OCPP trace records",
  },
} as const;

type Input = CommandInput<typeof options>;

export const command = defineCommand({
  describe: "Show what happened: messages with time, direction, idTag and answer, and all that led to them.",
  options,
  examples: [
    ["tapstation log --action Authorize", "which cards were offered, and what the central system said"],
    ["tapstation log --follow", "what happens now, from a second terminal"],
    ["tapstation log --token 04A2241BC85E80 --since today", "all about one card"],
    ["tapstation log --export trace.jsonl --format trace --since 1h", "for tools that read OCPP traces"],
  ],
  async run(input) {
    const { args, settings, io } = input;
    if (args.format !== undefined && args.export === undefined) {
      throw new AppError("usage", "--format says how to export, and --export is missing", {
        hint: "Add --export FILE, or leave --format out.",
      });
    }
    const file = dataFiles(settings.config.data).journal;
    const last = lastOf(args.last);
    const query = queryOf(input);
    if (args.follow === true) await follow(input, file, query, last);
    else if (!isThere(file))
      io.stderr.write(`Nothing was recorded in ${settings.config.data} yet: tapstation start\n`);
    else await show(input, file, query, last);
    return 0;
  },
});

function lastOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new AppError("usage", `--last: "${text}" is not a number of lines`, {
    hint: "Write for example --last 20.",
  });
}

function queryOf({ args, io }: Input): JournalQuery {
  const { action, kind, station, since, until } = args;
  const frames = args.direction !== undefined;
  return {
    ...(kind !== undefined ? { kinds: kind } : frames ? { kinds: ["frame"] } : {}),
    ...(action === undefined ? {} : { action }),
    ...(station === undefined ? {} : { station }),
    ...(since === undefined ? {} : { since: parseMoment(since, io.now(), "--since") }),
    ...(until === undefined ? {} : { until: parseMoment(until, io.now(), "--until") }),
  };
}

async function show(
  input: Input,
  file: string,
  query: JournalQuery,
  last: number | undefined,
): Promise<void> {
  const { args, settings, io } = input;
  const journal = readJournal(file);
  try {
    if (args.export !== undefined) {
      const make = args.format === "trace" ? traceRecords(journal) : (entry: JournalEntry) => entry;
      await exportEntries(io, args.export, chosen(journal, query, args, last), make);
    } else if (settings.config.json) {
      for (const entry of chosen(journal, query, args, last)) await writeLine(io, JSON.stringify(entry));
    } else {
      const bound = last ?? (args.since === undefined ? DEFAULT_LAST : undefined);
      const c = colorsFor(io.stdout, io.env);
      const lines = newest(journal, query, bound, (all) => logLines(all.filter(wantedFilter(args)), c));
      for (const line of lines) await writeLine(io, line);
      if (lines.length === 0) for (const line of nothingMatches(journal, args)) io.stderr.write(`${line}\n`);
    }
  } finally {
    journal.close();
  }
}

/** Entries that match, oldest first, without holding more than a portion of them unless `last` bounds them. */
function* chosen(journal: JournalReader, query: JournalQuery, args: Input["args"], last: number | undefined) {
  const wanted = wantedFilter(args);
  if (last !== undefined) yield* newest(journal, query, last, (all) => all.filter(wantedFilter(args)));
  else for (const entry of entriesOf(journal, query)) if (wanted(entry)) yield entry;
}

/** The newest `last` of what `make` makes of the entries: reads further back until there are enough. */
function newest<T>(
  journal: JournalReader,
  query: JournalQuery,
  last: number | undefined,
  make: (entries: JournalEntry[]) => T[],
): T[] {
  if (last === undefined) return make(journal.query(query));
  for (let count = last * 4; ; count *= 4) {
    const entries = journal.query({ ...query, last: count });
    const made = make(entries);
    if (made.length > last || entries.length < count) return made.slice(-last);
  }
}

/** Shows the newest entries, then what comes, until the program stops or the moment of --until is over. */
async function follow(
  { args, settings, io }: Input,
  file: string,
  query: JournalQuery,
  last: number | undefined,
): Promise<void> {
  const wanted = wantedFilter(args);
  const lines = new LogLines(colorsFor(io.stdout, io.env));
  const json = settings.config.json;
  const make = (entries: readonly JournalEntry[]): string[] =>
    json ? entries.map((e) => JSON.stringify(e)) : lines.portion(entries);
  const bound = last ?? (args.since === undefined ? FOLLOW_LAST : undefined);
  const past = readPast(file, bound === undefined ? query : { ...query, last: bound * 4 + MIN_PAST });
  const made = make(past.entries.filter(wanted));
  for (const line of bound === undefined ? made : made.slice(-bound)) await writeLine(io, line);
  const until = query.until === undefined ? undefined : Date.parse(query.until) - io.now();
  if (until !== undefined && until <= 0) return;
  const signal = until === undefined ? io.signal : AbortSignal.any([io.signal, endOf(until)]);
  for await (const entry of followJournal(file, { ...query, afterSeq: past.seq }, { signal })) {
    if (wanted(entry)) for (const line of make([entry])) await writeLine(io, line);
  }
}

/** Ends so many milliseconds from now, and a moment for what was written last; never beyond what a timer can count. */
const endOf = (ms: number): AbortSignal => AbortSignal.timeout(Math.min(ms + LATE_MS, 2 ** 31 - 1));

/** What a journal holds of a query, and up to which place; nothing when it is not there yet. */
function readPast(file: string, query: JournalQuery): { entries: JournalEntry[]; seq: number } {
  if (!isThere(file)) return { entries: [], seq: 0 };
  let journal: JournalFile;
  try {
    journal = readJournal(file);
  } catch (e) {
    // Its writer has only just made it.
    if (isAppError(e, "state.conflict", "store.locked")) return { entries: [], seq: 0 };
    throw e;
  }
  try {
    const seq = journal.lastSeq();
    const entries = journal.query(query);
    return { entries, seq: Math.max(seq, entries.at(-1)?.seq ?? 0) };
  } finally {
    journal.close();
  }
}

/** Makes trace records of entries in order; the OCPP version is the one that the station's link spoke then. */
function traceRecords(journal: JournalReader): (entry: JournalEntry) => TraceRecord | undefined {
  const links = journal.query({ kinds: ["link"] });
  const versions = new Map<string, string>();
  let next = 0;
  return (entry) => {
    for (let link = links[next]; link !== undefined && link.seq < entry.seq; link = links[++next]) {
      const version = link.kind === "link" ? /^ocpp(\d.*)$/.exec(link.subprotocol ?? "")?.[1] : undefined;
      if (version !== undefined) versions.set(link.station, version);
    }
    return toTrace(entry, versions.get(entry.station));
  };
}

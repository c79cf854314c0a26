import type { JournalEntry } from "../journal/types.ts";
import type { FrameFact } from "../station/facts.ts";
import { type Colors, clean } from "./io.ts";
import { frameLine, frameSummary } from "./terminal/frames.ts";
import { renderFact } from "./terminal/render.ts";
import { some } from "./terminal/text.ts";

type FrameEntry = JournalEntry & FrameFact;

const isFrame = (entry: JournalEntry): entry is FrameEntry => entry.kind === "frame";
const isAsked = (f: FrameFact): boolean => f.messageType === "CALL" || f.messageType === "SEND";

/** What a CALL and its answer have in common: who saw them, which way the CALL went, its id. */
function exchangeOf(f: FrameEntry): string {
  return `${f.source} ${f.station} ${wayOf(f)} ${f.messageId ?? `seq ${f.seq}`}`;
}

/** Which way the CALL went that a frame belongs to. */
function wayOf(f: FrameFact): "out" | "in" {
  if (isAsked(f) || f.messageType === "INVALID") return f.direction;
  return f.direction === "out" ? "in" : "out";
}

/** What a person wants to see; an answer is seen when its CALL is. */
export interface Wanted {
  /** Of the CALL; its answer goes the other way. */
  readonly direction?: "out" | "in" | undefined;
  /** A whole idToken or UID, wherever it stands. */
  readonly token?: string | undefined;
  /** The built-in central system's view of frames; absent: the station's view. */
  readonly source?: "station" | "central" | "all" | undefined;
}

/** CALLs whose answers are waited for; more are forgotten, oldest first. */
const MAX_OPEN = 1000;

/** Picks entries in order. Stateful, because whether an answer is wanted depends on its CALL. */
export function wantedFilter({ direction, token, source }: Wanted): (entry: JournalEntry) => boolean {
  const open = new Set<string>();
  const key = token === undefined ? undefined : JSON.stringify(token.toUpperCase());
  const fits = (entry: JournalEntry): boolean =>
    (direction === undefined || (isFrame(entry) && wayOf(entry) === direction)) &&
    (key === undefined || JSON.stringify(entry).toUpperCase().includes(key));
  return (entry) => {
    if (!fromSource(entry, source)) return false;
    if (!isFrame(entry)) return fits(entry);
    const exchange = exchangeOf(entry);
    if (!isAsked(entry) && open.delete(exchange)) return true;
    if (!fits(entry)) return false;
    if (isAsked(entry)) open.add(exchange);
    if (open.size > MAX_OPEN) for (const oldest of [...open].slice(0, 1)) open.delete(oldest);
    return true;
  };
}

/** The built-in central system sees each frame too: unless asked for, only the station's view is taken. */
function fromSource(entry: JournalEntry, source: Wanted["source"]): boolean {
  if (source === "all") return true;
  if (source !== undefined) return entry.source === source;
  return entry.kind !== "frame" || entry.source === "station";
}

/**
 * Entries as lines: time, then what happened. A CALL and its answer are one line when both are there. Pure.
 */
export function logLines(entries: readonly JournalEntry[], colors: Colors): string[] {
  const answers = new Map<string, FrameEntry>();
  const asked = new Set<string>();
  for (const entry of entries) {
    if (!isFrame(entry)) continue;
    if (isAsked(entry)) asked.add(exchangeOf(entry));
    else answers.set(exchangeOf(entry), entry);
  }
  const several = new Set(entries.map((e) => e.station)).size > 1;
  const lines: string[] = [];
  for (const entry of entries) {
    const text = isFrame(entry) ? exchange(entry, asked, answers, colors) : renderFact(entry, colors);
    if (text === undefined) continue;
    lines.push(some(colors.dim(entry.time), several ? clean(entry.station) : undefined, text));
  }
  return lines;
}

function exchange(
  entry: FrameEntry,
  asked: ReadonlySet<string>,
  answers: ReadonlyMap<string, FrameEntry>,
  c: Colors,
): string | undefined {
  const key = exchangeOf(entry);
  if (!isAsked(entry)) return asked.has(key) && answers.get(key) === entry ? undefined : frameLine(entry, c);
  const answer = answers.get(key);
  const call = frameLine(entry, c);
  if (answer === undefined) return call;
  return some(call, answerText(answer, c));
}

function answerText(f: FrameEntry, c: Colors): string {
  const arrow = f.direction === "out" ? "→" : "←";
  const kind = f.messageType === "CALLRESULT" ? undefined : f.messageType;
  const said = some(kind, frameSummary(f));
  const paint =
    kind !== undefined ? c.red : /^Accepted\b/.test(said) ? c.green : /^[A-Z]/.test(said) ? c.yellow : c.dim;
  const problem = f.problem === undefined ? undefined : c.red(`! ${clean(f.problem)}`);
  const took = f.ms === undefined ? undefined : c.dim(`${Math.round(f.ms)} ms`);
  return some(paint(`${arrow} ${said === "" ? "answered" : said}`), problem, took);
}

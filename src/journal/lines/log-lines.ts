import type { FrameFact } from "../../station/facts.ts";
import type { Colors } from "../../util/colors.ts";
import { localTime } from "../../util/local-time.ts";
import { clean, some } from "../../util/text.ts";
import type { JournalEntry } from "../types.ts";
import { frameLine, frameSummary, tokenOf } from "./frames.ts";
import { Narrator } from "./narrator.ts";

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

/** CALLs and answers that belong together, as far as entries have them both. */
class Exchanges {
  readonly #calls = new Map<string, FrameEntry>();
  readonly #answers = new Map<string, FrameEntry>();

  add(entry: JournalEntry): void {
    if (!isFrame(entry)) return;
    const map = isAsked(entry) ? this.#calls : this.#answers;
    map.set(exchangeOf(entry), entry);
  }

  callOf(f: FrameEntry): FrameEntry | undefined {
    return isAsked(f) ? undefined : this.#calls.get(exchangeOf(f));
  }

  answerTo(f: FrameEntry): FrameEntry | undefined {
    return isAsked(f) ? this.#answers.get(exchangeOf(f)) : undefined;
  }

  /** Forgets what was answered, and the oldest of what was not. */
  prune(): void {
    for (const key of this.#answers.keys()) this.#calls.delete(key);
    this.#answers.clear();
    for (const oldest of [...this.#calls.keys()].slice(0, -MAX_OPEN)) this.#calls.delete(oldest);
  }
}

/**
 * Entries as lines for a person: local time, the station where there are several, what happened. Entries come in
 * portions, in order; what one portion tells is remembered for the next.
 */
export class LogLines {
  readonly #colors: Colors;
  readonly #when: (time: string) => string;
  readonly #narrator = new Narrator();
  readonly #exchanges = new Exchanges();
  readonly #stations = new Set<string>();

  /** `when` writes a fact's time; local time when left out. */
  constructor(colors: Colors, when: (time: string) => string = localTime) {
    this.#colors = colors;
    this.#when = when;
  }

  /** A CALL and its answer are one line when both are in the portion; a later answer says what it answers. */
  portion(entries: readonly JournalEntry[]): string[] {
    const here = new Set(entries);
    for (const entry of entries) {
      this.#exchanges.add(entry);
      this.#stations.add(entry.station);
    }
    const lines: string[] = [];
    for (const entry of entries) {
      const text = isFrame(entry) ? this.#frame(entry, here) : this.#narrator.line(entry, this.#colors);
      if (text === undefined) continue;
      const station = this.#stations.size > 1 ? clean(entry.station) : undefined;
      lines.push(some(this.#colors.dim(this.#when(entry.time)), station, text));
    }
    this.#exchanges.prune();
    return lines;
  }

  #frame(entry: FrameEntry, here: ReadonlySet<JournalEntry>): string | undefined {
    const c = this.#colors;
    // The narrator has to know what was asked; its line of a frame is another.
    this.#narrator.line(entry, c);
    const call = this.#exchanges.callOf(entry);
    if (call !== undefined) return here.has(call) ? undefined : frameLine(entry, c, tokenOf(call));
    const answer = this.#exchanges.answerTo(entry);
    return some(frameLine(entry, c), answer && answerText(answer, c));
  }
}

/** Entries as lines: one portion of {@link LogLines}. */
export const logLines = (
  entries: readonly JournalEntry[],
  colors: Colors,
  when?: (time: string) => string,
): string[] => new LogLines(colors, when).portion(entries);

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

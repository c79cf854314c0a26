import { textOf } from "./query.ts";
import type { JournalEntry, JournalQuery, JournalReader } from "./types.ts";

/**
 * One OCPP-J frame in the public OCPP trace format 1.1 (open-ocpp-trace/specification), which other tools read.
 * What the format does not have stands in `meta`.
 */
export interface TraceRecord {
  readonly schemaVersion: "1.1";
  /** ISO 8601, UTC. */
  readonly timestamp: string;
  readonly ocppVersion?: string;
  readonly transport: "json";
  readonly chargePointId: string;
  readonly direction: "cp-to-csms" | "csms-to-cp";
  readonly messageType: "CALL" | "CALLRESULT" | "CALLERROR";
  readonly messageId?: string;
  readonly action?: string;
  readonly payload?: unknown;
  /** The frame's text; secrets are masked in it, so it is not always to the byte. */
  readonly raw: string;
  /** CALLERROR only. */
  readonly error?: { readonly code?: string; readonly description?: string; readonly details?: unknown };
  readonly meta: Readonly<Record<string, unknown>>;
}

/**
 * A frame as a trace record; undefined for what the format cannot hold: other facts, frames that are no OCPP-J
 * message, a CALL without action, and 2.1's SEND and CALLRESULTERROR.
 */
export function toTrace(entry: JournalEntry, ocppVersion?: string): TraceRecord | undefined {
  if (entry.kind !== "frame") return undefined;
  const { messageType, messageId, action, payload, raw, injected, problem, ms } = entry;
  if (messageType !== "CALL" && messageType !== "CALLRESULT" && messageType !== "CALLERROR") return undefined;
  if (messageType === "CALL" && action === undefined) return undefined;
  return {
    schemaVersion: "1.1",
    timestamp: entry.time,
    ...given({ ocppVersion }),
    transport: "json",
    chargePointId: entry.station,
    direction: entry.direction === "out" ? "cp-to-csms" : "csms-to-cp",
    messageType,
    ...given({ messageId, action }),
    ...(messageType === "CALLERROR" ? { error: errorOf(raw) } : given({ payload })),
    raw,
    meta: { seq: entry.seq, source: entry.source, ...given({ injected, problem, ms }) },
  };
}

/** Without the properties that are undefined. */
function given<T extends object>(o: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(o).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

/** [4, id, code, description, details]; what is missing or of another type is left out. */
function errorOf(raw: string): NonNullable<TraceRecord["error"]> {
  let frame: unknown;
  try {
    frame = JSON.parse(raw);
  } catch {
    return {};
  }
  if (!Array.isArray(frame)) return {};
  const text = (value: unknown) => (typeof value === "string" ? value : undefined);
  return given({ code: text(frame[2]), description: text(frame[3]), details: frame[4] as unknown });
}

/** How many facts are read at once. */
const PORTION = 1000;

/** What matches, oldest first, read in portions: a journal may be larger than memory. */
export function* entriesOf(journal: JournalReader, q: JournalQuery = {}): Generator<JournalEntry> {
  if (q.last !== undefined || q.first !== undefined) {
    yield* journal.query(q);
    return;
  }
  for (let afterSeq = q.afterSeq ?? 0; ; ) {
    const portion = journal.query({ ...q, afterSeq, first: PORTION });
    yield* portion;
    const end = portion.at(-1)?.seq;
    if (end === undefined || portion.length < PORTION) return;
    afterSeq = end;
  }
}

/** The facts as they are, one JSON object a line (without line ends). */
export function* factLines(journal: JournalReader, q: JournalQuery = {}): Generator<string> {
  for (const entry of entriesOf(journal, q)) yield textOf(entry);
}

/**
 * The frames among what matches as trace records, one a line (without line ends). A journal that both the station
 * and the built-in central system write holds each frame twice: ask for one `source`.
 */
export function* traceLines(journal: JournalReader, q: JournalQuery = {}): Generator<string> {
  const links = journal.query({ kinds: ["link"] });
  const versions = new Map<string, string>();
  let next = 0;
  for (const entry of entriesOf(journal, { ...q, kinds: ["frame"] })) {
    for (let link = links[next]; link !== undefined && link.seq < entry.seq; link = links[++next]) {
      const version = link.kind === "link" ? /^ocpp(\d.*)$/.exec(link.subprotocol ?? "")?.[1] : undefined;
      if (version !== undefined) versions.set(link.station, version);
    }
    const record = toTrace(entry, versions.get(entry.station));
    if (record !== undefined) yield textOf(record);
  }
}

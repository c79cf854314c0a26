import type { Fact } from "../../station/facts.ts";
import { isRecord } from "../../util/record.ts";
import type { TokenSetup } from "../bench.ts";

/** The first line of a recording: how the station stood before anything happened. The others are facts. */
export interface RecordingHead {
  readonly kind: "recording";
  /** Of the program. */
  readonly version: string;
  /** ISO 8601. */
  readonly time: string;
  readonly model: string;
  /** Settings that were set and stored, by 2.0.1 name. Secrets are left out. */
  readonly settings: Readonly<Record<string, string>>;
  /** What list and cache held; absent when they were too large to be told. */
  readonly list?: readonly TokenSetup[];
  readonly cache?: readonly TokenSetup[];
  /** Some central system has accepted this station before. */
  readonly registered: boolean;
}

export interface Recorded {
  readonly head: RecordingHead;
  readonly facts: readonly Fact[];
  /** Lines that could not be read. */
  readonly broken: number;
}

/**
 * Reads a recording: one JSON object a line, the head first. A last line that was cut off when the program was killed
 * is passed over, like any that is no JSON; undefined when there is no head.
 */
export function readRecorded(text: string): Recorded | undefined {
  const facts: Fact[] = [];
  let head: RecordingHead | undefined;
  let broken = 0;
  for (const line of text.split("\n")) {
    if (line.trim() === "") continue;
    const value = parsed(line);
    if (!isRecord(value) || typeof value.kind !== "string" || typeof value.time !== "string") broken++;
    else if (value.kind === "recording") head ??= headOf(value);
    else facts.push(value as unknown as Fact);
  }
  return head === undefined ? undefined : { head, facts, broken };
}

function headOf(value: Record<string, unknown>): RecordingHead {
  const settings = isRecord(value.settings) ? value.settings : {};
  return {
    kind: "recording",
    version: String(value.version ?? ""),
    time: String(value.time),
    model: String(value.model ?? ""),
    settings: Object.fromEntries(Object.entries(settings).map(([name, text]) => [name, String(text)])),
    ...(Array.isArray(value.list) ? { list: value.list } : {}),
    ...(Array.isArray(value.cache) ? { cache: value.cache } : {}),
    registered: value.registered === true,
  };
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

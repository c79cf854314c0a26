import { MAX_NESTING, nestsWithin } from "../ocpp/rpc/frame.ts";
import type { OcppVersion } from "../ocpp/rpc/types.ts";
import { errorText } from "../util/errors.ts";
import { isRecord } from "../util/record.ts";

/** Who says a frame: the station or its central system. */
export type Side = "station" | "csms";

/** One OCPP-J frame of a log, whatever the log looked like. */
export interface RecordedFrame {
  readonly line: number;
  /** Milliseconds since the epoch, when the log says it. */
  readonly at: number | undefined;
  /** Undefined: the log does not say, and it is found out by the action or by the CALL that it answers. */
  readonly from: Side | undefined;
  readonly type: 2 | 3 | 4;
  readonly id: string;
  readonly action: string | undefined;
  /** Of a CALLERROR: its code. */
  readonly code: string | undefined;
  readonly payload: unknown;
}

/** A line of the log that could not be used, and why. */
export interface LineProblem {
  readonly line: number;
  readonly problem: string;
}

export interface Recording {
  readonly frames: readonly RecordedFrame[];
  readonly problems: readonly LineProblem[];
  readonly version: OcppVersion | undefined;
  /** As the log names it; where there are several, the one that was asked for or the first. */
  readonly station: string | undefined;
  /** All that the log names and has frames of. */
  readonly stations: readonly string[];
  /** Of a report of `tapstation run`: the ids of the scenarios that have frames and were asked for. */
  readonly scenarios: readonly string[];
}

/** Whose frames are taken; absent: everybody's. */
export interface RecordingChoice {
  readonly station?: string | undefined;
  /** Of a report: found in the scenario's id, or in its name. */
  readonly scenario?: RegExp | undefined;
  /** Of a report: the version that the scenario was run in. */
  readonly ocpp?: readonly string[] | undefined;
}

/** Levels around a frame's payload in a report: the event, the fact. */
const WRAPPED = 2;

type Json = Readonly<Record<string, unknown>>;

/** Names under which logs keep the frame, the time and the direction. */
const FRAME_NAMES = ["raw", "message", "frame", "msg", "data", "text"];
const TIME_NAMES = ["time", "timestamp", "ts", "date", "@timestamp"];
const DIRECTION_NAMES = ["direction", "dir", "source", "from", "origin"];

/** How logs say who speaks; our own `out` and `in` are seen from the station. */
const DIRECTIONS: Readonly<Record<string, Side>> = {
  out: "station",
  in: "csms",
  "cp-to-csms": "station",
  "csms-to-cp": "csms",
  "cs-to-csms": "station",
  "csms-to-cs": "csms",
  sent: "station",
  send: "station",
  tx: "station",
  outgoing: "station",
  received: "csms",
  receive: "csms",
  recv: "csms",
  rx: "csms",
  incoming: "csms",
  chargepoint: "station",
  "charge-point": "station",
  station: "station",
  csms: "csms",
  "central-system": "csms",
  centralsystem: "csms",
};

/**
 * Reads a log, one JSON value a line: this program's facts (`log --export`), public OCPP trace records, bare OCPP-J
 * frames, or objects that hold a frame under a usual name (raw, message, frame…) with a time and a direction. Lines
 * without a frame are passed over; what looks like one and cannot be used is a problem, with its line. The facts in a
 * report of `tapstation run` (`jsonl`) count as such; of a scenario that was tried again, those of the last try. Total.
 */
export function readRecording(text: string, choice: RecordingChoice = {}): Recording {
  const reader = new Reader(choice);
  let number = 0;
  for (const line of text.split(/\r?\n/)) {
    number++;
    if (line.trim() !== "") reader.line(line, number);
  }
  return reader.result();
}

type ReadFrame = RecordedFrame & { readonly central: boolean; readonly scenario: string | undefined };

class Reader {
  #frames: ReadFrame[] = [];
  readonly #problems: LineProblem[] = [];
  readonly #versions = new Map<string, OcppVersion>();
  readonly #stations = new Set<string>();
  readonly #wanted: string | undefined;
  readonly #choice: RecordingChoice;
  /** Of a report: whether a scenario's frames are wanted, by its id. */
  readonly #wantedScenarios = new Map<string, boolean>();

  constructor(choice: RecordingChoice) {
    this.#wanted = choice.station;
    this.#choice = choice;
  }

  line(text: string, line: number): void {
    let value: unknown;
    try {
      value = json(text, MAX_NESTING + WRAPPED);
    } catch (e) {
      this.#problems.push({ line, problem: errorText(e) });
      return;
    }
    if (Array.isArray(value)) this.#add(value, line, {});
    else if (isRecord(value)) {
      if (!this.#event(value, line)) this.#object(value, line);
    } else this.#problems.push({ line, problem: "neither an object nor an OCPP-J frame" });
  }

  result(): Recording {
    // A journal that station and built-in central system write has each frame twice: the station's view is the one.
    const some = this.#frames.some((f) => !f.central);
    const [first] = this.#stations;
    const station = this.#wanted ?? first;
    return {
      frames: this.#frames
        .filter((f) => !some || !f.central)
        .map(({ central: _, scenario: __, ...frame }) => frame),
      problems: this.#problems,
      version: this.#versions.get(station ?? "") ?? this.#versions.get("") ?? [...this.#versions.values()][0],
      station,
      stations: [...this.#stations],
      scenarios: [...new Set(this.#frames.flatMap(({ scenario: id }) => id ?? []))],
    };
  }

  /** A line of a report; false: it is none. */
  #event(value: Json, line: number): boolean {
    const id = String(value.id);
    if (value.kind === "fact" && isRecord(value.fact)) {
      if (this.#wantedScenarios.get(id) ?? isChosen({ id }, this.#choice)) this.#object(value.fact, line, id);
      return true;
    }
    if (value.kind === "scenarioBegan" && isRecord(value.scenario))
      this.#wantedScenarios.set(String(value.scenario.id), isChosen(value.scenario, this.#choice));
    else if (value.kind === "retry") this.#frames = this.#frames.filter((f) => f.scenario !== id);
    return false;
  }

  #object(value: Json, line: number, scenario?: string): void {
    this.#notice(value);
    if (typeof value.kind === "string" && value.kind !== "frame") return;
    for (const name of FRAME_NAMES) {
      const held = value[name];
      const frame = typeof held === "string" ? jsonArray(held) : held;
      if (!Array.isArray(frame)) continue;
      this.#add(frame, line, value, scenario);
      return;
    }
    if (value.kind === "frame" || typeof value.messageType === "string")
      this.#problems.push({ line, problem: "the frame's text is missing or no OCPP-J message" });
  }

  #notice(value: Json): void {
    const version = /^(?:ocpp)?(1\.6|2\.0\.1)j?$/i.exec(String(value.subprotocol ?? value.ocppVersion ?? ""));
    const station = stationOf(value) ?? "";
    if (version !== null && !this.#versions.has(station))
      this.#versions.set(station, version[1] as OcppVersion);
  }

  #add(frame: readonly unknown[], line: number, about: Json, scenario?: string): void {
    const [type, id] = frame;
    if (type !== 2 && type !== 3 && type !== 4) {
      this.#problems.push({ line, problem: "an array that is no CALL, CALLRESULT or CALLERROR" });
      return;
    }
    if (typeof id !== "string" || id === "") {
      this.#problems.push({ line, problem: "the message has no id" });
      return;
    }
    const station = stationOf(about);
    if (station !== undefined) this.#stations.add(station);
    if (this.#wanted !== undefined && station !== undefined && station !== this.#wanted) return;
    const meta = isRecord(about.meta) ? about.meta : {};
    this.#frames.push({
      line,
      at: timeOf(about),
      from: sideOf(about),
      type,
      id,
      action: type === 2 ? String(frame[2]) : undefined,
      code: type === 4 ? String(frame[2]) : undefined,
      payload: type === 2 ? frame[3] : type === 3 ? frame[2] : frame[4],
      central: about.source === "central" || meta.source === "central",
      scenario,
    });
  }
}

/** Is it a scenario whose frames are wanted? */
function isChosen({ id, name, cell }: Json, { scenario, ocpp }: RecordingChoice): boolean {
  const version = isRecord(cell) && typeof cell.ocpp === "string" ? cell.ocpp : undefined;
  if (ocpp !== undefined && version !== undefined && !ocpp.includes(version)) return false;
  return scenario === undefined || [id, name ?? ""].some((text) => scenario.test(String(text)));
}

function stationOf(about: Json): string | undefined {
  const station = about.station ?? about.chargePointId ?? about.chargingStationId;
  return typeof station === "string" && station !== "" ? station : undefined;
}

/** @throws Error that says why it is none that is read */
function json(text: string, limit: number): unknown {
  if (!nestsWithin(text, limit)) throw new Error(`nested deeper than ${MAX_NESTING} levels`);
  try {
    return JSON.parse(text);
  } catch (e) {
    throw new Error(`no JSON: ${errorText(e)}`);
  }
}

function jsonArray(text: string): unknown {
  try {
    return json(text, MAX_NESTING);
  } catch {
    return undefined;
  }
}

function timeOf(about: Json): number | undefined {
  for (const name of TIME_NAMES) {
    const value = about[name];
    if (typeof value === "number" && Number.isFinite(value)) return value < 1e11 ? value * 1000 : value;
    const ms = typeof value === "string" ? Date.parse(value) : Number.NaN;
    if (!Number.isNaN(ms)) return ms;
  }
  return undefined;
}

function sideOf(about: Json): Side | undefined {
  for (const name of DIRECTION_NAMES) {
    const value = about[name];
    const side =
      typeof value === "string" ? DIRECTIONS[value.toLowerCase().replaceAll(/[_ ]/g, "-")] : undefined;
    if (side !== undefined) return side;
  }
  return undefined;
}

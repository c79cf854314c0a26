import type { Clock } from "../../station/ports.ts";
import { recordOf } from "./frame.ts";
import type { FrameRecord } from "./types.ts";

export type Direction = "out" | "in";

/** How likely each distortion is, from 0 to 1. At most one befalls a frame. */
export interface FaultRates {
  readonly drop?: number;
  readonly duplicate?: number;
  readonly corrupt?: number;
  /** Let the next frame of the same direction pass first; at the latest after a second. */
  readonly reorder?: number;
  readonly delay?: number;
  /** How long a delay lasts, milliseconds; later frames may overtake. */
  readonly delayMs?: { readonly min: number; readonly max: number };
  /** How long every frame travels, milliseconds; they stay in order, as over TCP, and are not marked. */
  readonly latencyMs?: { readonly min: number; readonly max: number };
  /** Characters a second that the line carries; as latency. */
  readonly charsPerS?: number;
}

export type FaultPlan = Readonly<Partial<Record<Direction, FaultRates>>>;

export interface FaultsOptions {
  /** To begin with; see {@link Faults.setPlan}. */
  readonly plan: FaultPlan;
  /** The same seed distorts the same frames in the same way. */
  readonly seed: number;
  readonly clock: Clock;
  /** Towards the far end: Link.send. */
  readonly send: (text: string) => boolean;
  /** Towards us: Calls.receive. */
  readonly receive: (text: string) => void;
  /** Where frame records go, marked. */
  readonly onFrame?: (record: FrameRecord) => void;
}

type Kind = "drop" | "duplicate" | "corrupt" | "reorder" | "delay";

const KINDS: readonly Kind[] = ["drop", "duplicate", "corrupt", "reorder", "delay"];

const WORDS: Record<Kind | "halfOpen", string> = {
  drop: "dropped on purpose",
  duplicate: "sent twice on purpose",
  corrupt: "corrupted on purpose",
  reorder: "sent after the next one on purpose",
  delay: "delayed on purpose",
  halfOpen: "lost on purpose: the connection is half-open",
};

const REORDER_LIMIT_MS = 1_000;

/** Above this many frames held back, the rest passes as it is. */
const MAX_HELD = 64;

interface Mark {
  readonly direction: Direction;
  /** As it was meant to go. */
  readonly text: string;
  readonly wire: string;
  readonly problem: string;
}

/**
 * The seam on raw frames between Link and Calls: loses, delays, doubles, reorders and corrupts them, reproducibly.
 * Calls gets `send` and `onFrame` of this, Link's messages go to `receive`. Without faults it is not there at all.
 */
export class Faults {
  readonly #o: FaultsOptions;
  readonly #random: () => number;
  readonly #halfOpen = new Set<Direction>();
  readonly #timers = new Set<unknown>();
  readonly #reordered: Partial<Record<Direction, () => void>> = {};
  #plan: FaultPlan;
  /** When the last frame that travels will arrive. */
  readonly #arrives: Record<Direction, number> = { out: 0, in: 0 };
  /** The distortion of the frame that is passing right now: its record comes before the next frame does. */
  #mark: Mark | undefined;

  constructor(o: FaultsOptions) {
    this.#o = o;
    this.#random = seededRandom(o.seed);
    this.#plan = o.plan;
  }

  /** Other faults from the next frame on; what is held back stays so. */
  setPlan(plan: FaultPlan): void {
    this.#plan = plan;
  }

  readonly send = (text: string): boolean => this.#pass("out", text);

  readonly receive = (text: string): void => {
    this.#pass("in", text);
  };

  /** Hands a record on, marked as injected when its frame was distorted. */
  readonly onFrame = (record: FrameRecord): void => {
    this.#o.onFrame?.(this.#marked(record));
  };

  #marked(record: FrameRecord): FrameRecord {
    const mark = this.#mark;
    if (mark?.direction !== record.direction) return record;
    if (mark.direction === "out" && mark.text !== record.raw) return record;
    this.#mark = undefined;
    const problem = record.problem === undefined ? mark.problem : `${mark.problem}: ${record.problem}`;
    return { ...record, ...(mark.direction === "out" ? { raw: mark.wire } : {}), injected: true, problem };
  }

  /** Frames of this direction vanish while the connection seems to stand. */
  halfOpen(direction: Direction, on: boolean): void {
    if (on) this.#halfOpen.add(direction);
    else this.#halfOpen.delete(direction);
  }

  /** Forgets what is held back: the connection is gone. */
  reset(): void {
    for (const timer of this.#timers) this.#o.clock.clearTimeout(timer);
    this.#timers.clear();
    delete this.#reordered.in;
    delete this.#reordered.out;
    this.#arrives.in = 0;
    this.#arrives.out = 0;
    this.#mark = undefined;
  }

  #pass(direction: Direction, text: string): boolean {
    this.#mark = undefined;
    const kind = this.#halfOpen.has(direction) ? "halfOpen" : this.#choose(direction);
    const held = this.#reordered[direction];
    const passed = kind === undefined ? this.#forward(direction, text) : this.#distort(kind, direction, text);
    if (held !== undefined && this.#reordered[direction] === held) {
      const mark = this.#mark;
      held();
      this.#mark = mark;
    }
    return passed;
  }

  #choose(direction: Direction): Kind | undefined {
    const rates = this.#plan[direction];
    if (rates === undefined) return undefined;
    for (const kind of KINDS) {
      const rate = rates[kind] ?? 0;
      if (rate > 0 && this.#random() < rate) return this.#canHold(kind, direction) ? kind : undefined;
    }
    return undefined;
  }

  #canHold(kind: Kind, direction: Direction): boolean {
    if (kind === "delay") return this.#timers.size < MAX_HELD;
    return kind !== "reorder" || this.#reordered[direction] === undefined;
  }

  #distort(kind: Kind | "halfOpen", direction: Direction, text: string): boolean {
    const wire = kind === "corrupt" ? corrupt(text, this.#random) : text;
    const mark: Mark = { direction, text, wire, problem: WORDS[kind] };
    if (kind === "drop" || kind === "halfOpen") return this.#lose(mark);
    if (kind === "duplicate") this.#deliver(mark);
    if (kind === "duplicate" || kind === "corrupt") return this.#deliver(mark);
    if (kind === "delay") this.#later(mark, this.#delayOf(direction));
    else this.#hold(mark);
    // Our own frame is recorded when it is handed over, a foreign one when it arrives.
    if (direction === "out") this.#mark = mark;
    return true;
  }

  /** What goes out is recorded by Calls; what comes in and is lost never reaches it. */
  #lose(mark: Mark): boolean {
    if (mark.direction === "out") this.#mark = mark;
    else this.#o.onFrame?.({ ...recordOf("in", mark.text), injected: true, problem: mark.problem });
    return true;
  }

  #deliver(mark: Mark): boolean {
    this.#mark = mark;
    const passed = this.#forward(mark.direction, mark.wire);
    if (!passed) this.#mark = undefined;
    return passed;
  }

  #forward(direction: Direction, text: string): boolean {
    const { latencyMs, charsPerS } = this.#plan[direction] ?? {};
    const now = this.#o.clock.now();
    if (latencyMs === undefined && charsPerS === undefined && this.#arrives[direction] <= now)
      return this.#arrive(direction, text);
    const { min, max } = latencyMs ?? { min: 0, max: 0 };
    const carried = charsPerS === undefined ? 0 : (1000 * text.length) / charsPerS;
    const lineFree = Math.max(now, charsPerS === undefined ? 0 : this.#arrives[direction]);
    const arrival = Math.round(lineFree + carried + min + this.#random() * (max - min));
    // None overtakes the one before it.
    this.#arrives[direction] = Math.max(arrival, this.#arrives[direction]);
    this.#travel(direction, text, this.#arrives[direction] - now);
    return true;
  }

  #travel(direction: Direction, text: string, ms: number): void {
    const mark = direction === "in" ? this.#mark : undefined;
    const timer = this.#o.clock.setTimeout(() => {
      this.#timers.delete(timer);
      if (direction === "in") this.#mark = mark;
      this.#arrive(direction, text);
      this.#mark = undefined;
    }, ms);
    this.#timers.add(timer);
  }

  #arrive(direction: Direction, text: string): boolean {
    if (direction === "out") return this.#o.send(text);
    this.#o.receive(text);
    return true;
  }

  #later(mark: Mark, ms: number): void {
    const timer = this.#o.clock.setTimeout(() => {
      this.#timers.delete(timer);
      this.#deliver(mark);
      this.#mark = undefined;
    }, ms);
    this.#timers.add(timer);
  }

  #hold(mark: Mark): void {
    const { direction } = mark;
    const release = () => {
      if (this.#reordered[direction] !== release) return;
      delete this.#reordered[direction];
      this.#o.clock.clearTimeout(timer);
      this.#timers.delete(timer);
      this.#deliver(mark);
      this.#mark = undefined;
    };
    const timer = this.#o.clock.setTimeout(release, REORDER_LIMIT_MS);
    this.#timers.add(timer);
    this.#reordered[direction] = release;
  }

  #delayOf(direction: Direction): number {
    const { min, max } = this.#plan[direction]?.delayMs ?? { min: 100, max: 1_000 };
    return Math.round(min + this.#random() * (max - min));
  }
}

/** Flips a character, cuts the text off, or repeats a part of it: always another text. */
function corrupt(text: string, random: () => number): string {
  if (text === "") return "#";
  const at = Math.floor(random() * text.length);
  const way = Math.floor(random() * 3);
  if (way === 0) return text.slice(0, at);
  if (way === 1) return text.slice(0, at + 1) + text.slice(Math.max(0, at - 8));
  const other = text.charAt(at) === "#" ? "%" : "#";
  return text.slice(0, at) + other + text.slice(at + 1);
}

/** Mulberry32: 32 bits of state, the same numbers everywhere. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

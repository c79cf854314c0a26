/** A handle of {@link Clock.setTimeout}; opaque. */
export type TimerHandle = unknown;

/** Time as the house sees it: nothing reads the wall clock or starts a timer except through one of these. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Calls `fn` once after `ms` milliseconds. */
  setTimeout(fn: () => void, ms: number): TimerHandle;
  clearTimeout(handle: TimerHandle): void;
}

let lastMs = Number.NaN;
let lastIso = "";

/** ISO 8601 with milliseconds, UTC: the format of OCPP's dateTime. */
export function isoTime(clock: Clock): string {
  const now = clock.now();
  // A message and its facts fall into the same millisecond: the text is made once.
  if (now !== lastMs) {
    lastIso = new Date(now).toISOString();
    lastMs = now;
  }
  return lastIso;
}

/** The longest delay that Node's timers take; above it they fire at once. */
const MAX_DELAY = 2 ** 31 - 1;

/** The machine's own time. Timers do not keep a process alive by themselves only if the caller wants so. */
export const systemClock: Clock = {
  now: () => Date.now(),
  setTimeout: (fn, ms) => setTimeout(fn, Math.min(Math.max(0, ms), MAX_DELAY)),
  clearTimeout: (handle) => clearTimeout(handle as NodeJS.Timeout),
};

/** A clock that can be set: another's timers, which do not move, and its time with an offset. */
export class SettableClock implements Clock {
  readonly #base: Clock;
  #offsetMs = 0;

  constructor(base: Clock) {
    this.#base = base;
  }

  now(): number {
    return this.#base.now() + this.#offsetMs;
  }

  setTimeout(fn: () => void, ms: number): TimerHandle {
    return this.#base.setTimeout(fn, ms);
  }

  clearTimeout(handle: TimerHandle): void {
    this.#base.clearTimeout(handle);
  }

  /** Puts it forward by so many milliseconds, or back. */
  adjust(byMs: number): void {
    this.#offsetMs += byMs;
  }
}

interface Entry {
  /** On the count of elapsed milliseconds, which no jump of the wall clock touches. */
  readonly due: number;
  readonly order: number;
  readonly fn: () => void;
  waits: boolean;
}

/**
 * Time that stands still until it is told to move. `advance` runs the timers that fall due, in order, and lets
 * promises settle between them, so that hours pass in milliseconds.
 */
export class SimulatedClock implements Clock {
  /** Wall clock at the start, moved by each jump. */
  #epoch: number;
  #elapsed = 0;
  #order = 0;
  #pending = 0;
  /** A binary heap, the next one first; what was cleared goes when it comes up. */
  readonly #heap: Entry[] = [];

  constructor(start: number | string = "2030-01-01T00:00:00.000Z") {
    this.#epoch = typeof start === "number" ? start : Date.parse(start);
  }

  now(): number {
    return this.#epoch + this.#elapsed;
  }

  /** How many timers wait; a leak shows here. */
  get pending(): number {
    return this.#pending;
  }

  setTimeout(fn: () => void, ms: number): TimerHandle {
    const entry = { due: this.#elapsed + Math.max(0, ms), order: this.#order++, fn, waits: true };
    this.#pending++;
    push(this.#heap, entry);
    return entry;
  }

  clearTimeout(handle: TimerHandle): void {
    const entry = handle as Entry | undefined;
    if (entry?.waits !== true) return;
    entry.waits = false;
    this.#pending--;
  }

  /** When the next timer is due, milliseconds since the epoch; undefined when none waits. */
  get nextAt(): number | undefined {
    const next = this.#first();
    return next === undefined ? undefined : this.#epoch + next.due;
  }

  /** Moves on to the next timer and runs it; false when there is none. Does not let promises settle. */
  step(): boolean {
    const next = this.#first();
    if (next === undefined) return false;
    pop(this.#heap);
    next.waits = false;
    this.#pending--;
    this.#elapsed = Math.max(this.#elapsed, next.due);
    next.fn();
    return true;
  }

  /** Moves time on by `ms`, running what falls due on the way. */
  async advance(ms: number): Promise<void> {
    const end = this.#elapsed + ms;
    await settle();
    for (let next = this.#first(); next !== undefined && next.due <= end; next = this.#first()) {
      this.step();
      await settle();
    }
    this.#elapsed = end;
  }

  /** Sets the wall clock without running timers: somebody changed the time. */
  jump(to: number): void {
    this.#epoch = to - this.#elapsed;
  }

  #first(): Entry | undefined {
    while (this.#heap[0]?.waits === false) pop(this.#heap);
    return this.#heap[0];
  }
}

const before = (a: Entry, b: Entry): boolean => a.due < b.due || (a.due === b.due && a.order < b.order);

function push(heap: Entry[], entry: Entry): void {
  let at = heap.length;
  heap.push(entry);
  while (at > 0) {
    const up = (at - 1) >> 1;
    const parent = heap[up] as Entry;
    if (before(parent, entry)) break;
    heap[at] = parent;
    at = up;
  }
  heap[at] = entry;
}

function pop(heap: Entry[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let at = 0;
  for (;;) {
    let down = 2 * at + 1;
    const right = heap[down + 1];
    if (right !== undefined && before(right, heap[down] as Entry)) down++;
    const child = heap[down];
    if (child === undefined || before(last, child)) break;
    heap[at] = child;
    at = down;
  }
  heap[at] = last;
}

/** Lets already resolved promises run their continuations. */
async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
}

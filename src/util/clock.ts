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

interface Entry {
  readonly at: number;
  readonly order: number;
  readonly fn: () => void;
}

/**
 * Time that stands still until it is told to move. `advance` runs the timers that fall due, in order, and lets
 * promises settle between them, so that hours pass in milliseconds.
 */
export class SimulatedClock implements Clock {
  #now: number;
  #order = 0;
  readonly #timers = new Set<Entry>();

  constructor(start: number | string = "2030-01-01T00:00:00.000Z") {
    this.#now = typeof start === "number" ? start : Date.parse(start);
  }

  now(): number {
    return this.#now;
  }

  /** How many timers wait; a leak shows here. */
  get pending(): number {
    return this.#timers.size;
  }

  /** When the next timer is due, milliseconds since the epoch; undefined when none waits. */
  get nextAt(): number | undefined {
    return this.#next(Number.POSITIVE_INFINITY)?.at;
  }

  setTimeout(fn: () => void, ms: number): TimerHandle {
    const entry = { at: this.#now + Math.max(0, ms), order: this.#order++, fn };
    this.#timers.add(entry);
    return entry;
  }

  clearTimeout(handle: TimerHandle): void {
    this.#timers.delete(handle as Entry);
  }

  /** Moves time on by `ms`, running what falls due on the way. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    await settle();
    for (let next = this.#next(end); next !== undefined; next = this.#next(end)) {
      this.#timers.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.fn();
      await settle();
    }
    this.#now = end;
  }

  /** Sets the wall clock without running timers: somebody changed the time. */
  jump(to: number): void {
    const by = to - this.#now;
    this.#now = to;
    const moved = [...this.#timers].map((t) => ({ ...t, at: t.at + by, from: t }));
    for (const { from, ...entry } of moved) Object.assign(from, entry);
  }

  #next(end: number): Entry | undefined {
    let first: Entry | undefined;
    for (const t of this.#timers) {
      if (t.at > end) continue;
      if (first === undefined || t.at < first.at || (t.at === first.at && t.order < first.order)) first = t;
    }
    return first;
  }
}

/** Lets already resolved promises run their continuations. */
async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
}

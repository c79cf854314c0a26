import type { Journal, JournalEntry } from "../journal/types.ts";
import type { Fact } from "../station/facts.ts";
import type { Clock } from "../util/clock.ts";
import { AppError } from "../util/errors.ts";

/** Which fact is meant: a predicate, or properties that it must have (compared deeply, others may be there too). */
export type FactMatch = ((fact: Fact) => boolean) | Readonly<Record<string, unknown>>;

export interface WaitOptions {
  /** Default 5000. */
  readonly timeoutMs?: number;
}

/** How many of the last facts an error shows. */
const SHOWN = 8;

/** Waits for facts in their order: each wait goes on behind the fact that the one before it found. */
export class FactWaiter {
  readonly #journal: Journal;
  readonly #clock: Clock;
  #seenSeq = 0;

  constructor(journal: Journal, clock: Clock) {
    this.#journal = journal;
    this.#clock = clock;
  }

  /** @throws AppError `state.conflict` made here, so that its stack names the caller, when the time is over. */
  waitFor(match: FactMatch, o: WaitOptions = {}): Promise<Fact> {
    const timeoutMs = o.timeoutMs ?? 5000;
    const wanted = typeof match === "function" ? match : (fact: Fact) => includes(fact, match);
    const past = this.#journal.query({ afterSeq: this.#seenSeq }).find((fact) => wanted(fact));
    if (past !== undefined) return Promise.resolve(this.#found(past));
    const late = new AppError(
      "state.conflict",
      `No fact came within ${timeoutMs} ms that is ${describe(match)}`,
    );
    return new Promise((resolve, reject) => {
      const done = () => {
        this.#clock.clearTimeout(timer);
        stop();
      };
      const stop = this.#journal.subscribe((entry) => {
        if (!wanted(entry)) return;
        done();
        resolve(this.#found(entry));
      });
      const timer = this.#clock.setTimeout(() => {
        done();
        const last = this.#journal.query({ last: SHOWN }).map((fact) => `  ${short(fact)}`);
        late.message += `; the last facts were\n${last.join("\n")}`;
        reject(late);
      }, timeoutMs);
    });
  }

  #found(entry: JournalEntry): Fact {
    this.#seenSeq = Math.max(this.#seenSeq, entry.seq);
    return entry;
  }
}

/** Has `value` everything that `part` has? Lists are compared element by element. */
export function includes(value: unknown, part: unknown): boolean {
  if (typeof part !== "object" || part === null) return Object.is(value, part);
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(part).every(
    ([key, wanted]) => Object.hasOwn(value, key) && includes((value as Record<string, unknown>)[key], wanted),
  );
}

function describe(match: FactMatch): string {
  return typeof match === "function"
    ? match.name === ""
      ? "what the predicate wants"
      : match.name
    : JSON.stringify(match);
}

function short(fact: Fact): string {
  const { time, station: _station, source: _source, kind, ...rest } = fact;
  return `${time} ${kind} ${JSON.stringify(rest).slice(0, 160)}`;
}

import type { JournalEntry } from "../journal/types.ts";
import type { Failure, Outcome, RunEvent, ScenarioInfo } from "../scenario/types.ts";
import type { PageFailure, PageOutcome, PageStep, ScenarioPart } from "./page-data.ts";
import { messageText, type ScenarioRecord } from "./record.ts";

/** The most facts of a scenario that a report keeps; half of them from the beginning, half from the end. */
export const MAX_FACTS = 20_000;

type StepEvent = Extract<RunEvent, { kind: "stepBegan" | "stepEnded" }>;
type Growing = { -readonly [K in keyof PageStep]: PageStep[K] };

/** Gathers what happens in one scenario until it ends. */
export class PartBuilder {
  readonly #source: string;
  #steps: Growing[] = [];
  /** Steps under way, by path: with `parallel` the one that began last is not always the one that ends first. */
  #open = new Map<string, number>();
  #facts: JournalEntry[] = [];
  #order: number[] = [];
  #leftOut = 0;
  #next = 0;
  frames = 0;

  constructor({ source }: ScenarioInfo) {
    this.#source = source;
  }

  /** A new try: what the last one did is told by its failures. */
  clear(): void {
    this.#steps = [];
    this.#open = new Map();
    this.#facts = [];
    this.#order = [];
    this.#leftOut = 0;
    this.#next = 0;
    this.frames = 0;
  }

  fact(fact: JournalEntry): void {
    this.#facts.push(fact);
    this.#order.push(this.#next++);
    if (fact.kind === "frame" && fact.source === "station") this.frames++;
    // Not at each fact: taking one out of the middle moves half of them.
    if (this.#facts.length >= MAX_FACTS * 1.5) this.#leaveOut();
  }

  step(event: StepEvent): void {
    const { path } = event.step;
    if (event.kind === "stepBegan") {
      this.#open.set(path, this.#steps.push(this.#began(event)) - 1);
      return;
    }
    const index = this.#open.get(path) ?? this.#steps.push(this.#began(event)) - 1;
    this.#open.delete(path);
    const step = this.#steps[index];
    if (step === undefined) return;
    const { ms, why } = event.result;
    const outcome = verdictOf(event.result);
    Object.assign(step, { ended: this.#next++, endedAt: event.time, outcome, ms, why });
  }

  build({ result, retried }: ScenarioRecord): ScenarioPart {
    this.#leaveOut();
    return {
      source: this.#source,
      steps: this.#steps,
      facts: this.#facts,
      order: this.#order,
      ...(this.#leftOut === 0 ? {} : { leftOut: { before: MAX_FACTS / 2, count: this.#leftOut } }),
      failures: (result?.failures ?? []).map(shown),
      tries: retried.map(({ failures }) => failures.map(shown)),
    };
  }

  #began({ step, time }: StepEvent): Growing {
    const { path, kind, title, at, endLine } = step;
    return { path, kind, title, file: at.file, line: at.line, endLine, began: this.#next++, beganAt: time };
  }

  #leaveOut(): void {
    const tooMany = this.#facts.length - MAX_FACTS;
    if (tooMany <= 0) return;
    for (const list of [this.#facts, this.#order]) list.splice(MAX_FACTS / 2, tooMany);
    this.#leftOut += tooMany;
  }
}

const shown = ({ lastFacts: _, around, ...failure }: Failure): PageFailure => ({
  ...failure,
  message: messageText({ ...failure, ...(around === undefined ? {} : { around }) }),
});

/** How it ended; undefined for what never did. */
export const verdictOf = (result: { readonly outcome: Outcome } | undefined): PageOutcome | undefined =>
  result === undefined || result.outcome === "interrupted" ? undefined : result.outcome;

import type { Failure, RunEvent, RunSummary, ScenarioInfo, ScenarioResult } from "../scenario/types.ts";

/** What is known of one scenario while it runs and after. */
export interface ScenarioRecord {
  readonly info: ScenarioInfo;
  /** First moment on the scenario's clock, ms since the epoch; undefined until something happened. */
  since: number | undefined;
  /** Tries that did not pass and were made again. */
  readonly retried: ScenarioResult[];
  result: ScenarioResult | undefined;
}

type RunBegan = Extract<RunEvent, { kind: "runBegan" }>;
export type Refused = Extract<RunEvent, { kind: "refused" }>;

/** A run as far as its events have told it, in the order in which scenarios began; facts and steps are not kept. */
export class RunRecord {
  readonly scenarios = new Map<string, ScenarioRecord>();
  began: RunBegan | undefined;
  /** Missing when the run was broken off. */
  summary: RunSummary | undefined;
  /** Why nothing could run; missing when it ran. */
  refused: Refused | undefined;
  ended = 0;

  note(event: RunEvent): void {
    if (event.kind === "runBegan") this.began = event;
    else if (event.kind === "refused") this.refused = event;
    else if (event.kind === "runEnded") this.summary = event.summary;
    else if (event.kind === "scenarioBegan") this.#begin(event.scenario);
    else {
      const record = this.scenarios.get(event.id);
      if (record !== undefined) this.#noteIn(record, event);
    }
  }

  #begin(info: ScenarioInfo): void {
    const known = this.scenarios.get(info.id);
    if (known !== undefined) known.since = undefined;
    else this.scenarios.set(info.id, { info, since: undefined, retried: [], result: undefined });
  }

  #noteIn(record: ScenarioRecord, event: Extract<RunEvent, { id: string }>): void {
    if (event.kind === "fact") record.since ??= Date.parse(event.fact.time);
    else if (event.kind === "stepBegan") record.since ??= Date.parse(event.time);
    else if (event.kind === "retry") {
      record.retried.push(event.result);
      record.since = undefined;
    } else if (event.kind === "scenarioEnded") {
      record.result = event.result;
      this.ended++;
    }
  }

  /** Those that ended in such a way. */
  withOutcome(...outcomes: readonly ScenarioResult["outcome"][]): EndedScenario[] {
    return [...this.scenarios.values()]
      .filter(isEnded)
      .filter(({ result }) => outcomes.includes(result.outcome));
  }

  /** Those that were skipped, by reason, in the order in which reasons appeared. */
  skipReasons(): { readonly why: string; readonly scenarios: readonly EndedScenario[] }[] {
    const reasons = new Map<string, EndedScenario[]>();
    for (const skipped of this.withOutcome("skipped")) {
      const why = skipped.result.why ?? "no reason given";
      reasons.set(why, [...(reasons.get(why) ?? []), skipped]);
    }
    return [...reasons].map(([why, scenarios]) => ({ why, scenarios }));
  }

  /** Was every one of them skipped? */
  get ranNothing(): boolean {
    return this.ended > 0 && this.withOutcome("skipped").length === this.ended;
  }

  flaky(): EndedScenario[] {
    return this.withOutcome("passed").filter(isFlaky);
  }

  /** The scenarios' own time in all, ms: hours of it may pass in milliseconds. */
  scenarioMs(): number {
    return [...this.scenarios.values()].reduce((sum, { result }) => sum + (result?.ms ?? 0), 0);
  }
}

export type EndedScenario = ScenarioRecord & { readonly result: ScenarioResult };

export const isEnded = (record: ScenarioRecord): record is EndedScenario => record.result !== undefined;

/** Did it pass, but not at the first try? */
export const isFlaky = ({ result }: EndedScenario): boolean =>
  result.outcome === "passed" && result.retry > 0;

type Said = Pick<Failure, "message" | "around">;

/** Why it did not pass, and what it ran within, as one text. */
export function messageText(failure: Said): string;
export function messageText(failure: Said | undefined): string | undefined;
export function messageText(failure: Said | undefined): string | undefined {
  if (failure === undefined) return undefined;
  const { message, around = [] } = failure;
  return [message, ...around.map(({ text }) => text)].join("; ");
}

/** "scenarios/tap.yaml:3:5", which editors and terminals open. */
export const placeText = ({ file, line, col }: Failure["at"]): string => `${file}:${line}:${col}`;

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

/** A run as far as its events have told it, in the order in which scenarios began; facts and steps are not kept. */
export class RunRecord {
  readonly scenarios = new Map<string, ScenarioRecord>();
  began: RunBegan | undefined;
  /** Missing when the run was broken off. */
  summary: RunSummary | undefined;
  ended = 0;

  note(event: RunEvent): void {
    if (event.kind === "runBegan") this.began = event;
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

  flaky(): EndedScenario[] {
    return this.withOutcome("passed").filter(isFlaky);
  }

  /** The scenarios' own time in all, ms: hours of it may pass in milliseconds. */
  scenarioMs(): number {
    return [...this.scenarios.values()].reduce((sum, { result }) => sum + (result?.ms ?? 0), 0);
  }
}

export type EndedScenario = ScenarioRecord & { readonly result: ScenarioResult };

const isEnded = (record: ScenarioRecord): record is EndedScenario => record.result !== undefined;

/** Did it pass, but not at the first try? */
export const isFlaky = ({ result }: EndedScenario): boolean =>
  result.outcome === "passed" && result.retry > 0;

/** What was chosen for it, as text: "ocpp=1.6 reader=virtual"; empty when nothing was. */
export const cellText = ({ cell }: ScenarioInfo): string =>
  Object.entries(cell)
    .map(([key, value]) => `${key}=${value}`)
    .join(" ");

/** "scenarios/tap.yaml:3:5", which editors and terminals open. */
export const placeText = ({ file, line, col }: Failure["at"]): string => `${file}:${line}:${col}`;

/** A duration for a person: "7 ms", "1.24 s", "2 min 5 s", "3 h 20 min". */
export function durationText(ms: number): string {
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 59_995) return `${(ms / 1000).toFixed(ms < 9995 ? 2 : 1)} s`;
  const s = Math.round(ms / 1000);
  const [h, min, rest] = [Math.floor(s / 3600), Math.floor(s / 60) % 60, s % 60];
  const parts = h > 0 ? [`${h} h`, min > 0 ? `${min} min` : ""] : [`${min} min`, rest > 0 ? `${rest} s` : ""];
  return parts.filter((part) => part !== "").join(" ");
}

/** A moment as time since the scenario began: "+1.203 s", "+0:02:05.000"; the moment itself where that is unknown. */
export function sinceText(time: string, since: number | undefined): string {
  const ms = Date.parse(time) - (since ?? Number.NaN);
  if (Number.isNaN(ms)) return time;
  const sign = ms < 0 ? "-" : "+";
  const abs = Math.abs(ms);
  if (abs < 100_000) return `${sign}${(abs / 1000).toFixed(3)} s`;
  const s = Math.floor(abs / 1000);
  const clock = [Math.floor(s / 60) % 60, s % 60].map((n) => String(n).padStart(2, "0")).join(":");
  return `${sign}${Math.floor(s / 3600)}:${clock}.${String(abs % 1000).padStart(3, "0")}`;
}

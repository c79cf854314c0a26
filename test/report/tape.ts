import type { JournalEntry } from "../../src/journal/types.ts";
import type {
  Failure,
  RunEvent,
  RunSummary,
  ScenarioInfo,
  ScenarioResult,
  StepInfo,
} from "../../src/scenario/types.ts";
import type { Fact } from "../../src/station/facts.ts";
import { isoTime, SimulatedClock } from "../../src/util/clock.ts";

/** A failure as the test gives it; where and what is filled in. */
export interface Fails extends Partial<Omit<Failure, "at" | "step" | "lastFacts">> {
  readonly message: string;
}

/** One step: as it stands in the file, and what it does. */
export interface TapedStep {
  readonly text: string;
  readonly title?: string;
  readonly act?: () => Promise<Fails | undefined>;
}

export interface TapedScenario {
  readonly name: string;
  readonly file: string;
  readonly shows?: string;
  readonly spec?: string;
  readonly tags?: readonly string[];
  readonly cell?: Readonly<Record<string, string>>;
}

/** Writes down the events of a run, in the shapes and the order that the runner gives them. */
export class Tape {
  readonly events: RunEvent[] = [];
  readonly clock = new SimulatedClock("2030-03-01T08:00:00.000Z");
  #results: ScenarioResult[] = [];
  #seq = 0;

  begin(total: number): void {
    this.events.push({
      kind: "runBegan",
      time: "2030-01-01T10:00:00.000Z",
      version: "0.1.0",
      total,
      workers: 2,
      seed: 42,
      command: "tapstation run scenarios/ --tag demo",
    });
  }

  end(): void {
    const count = (outcome: string) => this.#results.filter((r) => r.outcome === outcome).length;
    const summary: RunSummary = {
      total: this.#results.length,
      passed: count("passed"),
      failed: count("failed"),
      errors: count("error"),
      skipped: count("skipped"),
      interrupted: 0,
      flaky: this.#results.filter((r) => r.outcome === "passed" && r.retry > 0).length,
      wallMs: 1834,
      exitCode: 1,
    };
    this.events.push({ kind: "runEnded", summary, time: "2030-01-01T10:00:01.834Z" });
  }

  skip(about: TapedScenario, why: string): void {
    const scenario = infoOf(about, []);
    this.events.push({ kind: "scenarioBegan", scenario, time: "2030-01-01T10:00:00.100Z" });
    this.#ended(scenario.id, { outcome: "skipped", ms: 0, wallMs: 0, failures: [], why, retry: 0, seed: 42 });
  }

  /** Runs the steps; `facts` hands over everything that happens meanwhile. */
  async play(
    about: TapedScenario,
    steps: readonly TapedStep[],
    { retry = 0, again = false }: { retry?: number; again?: boolean } = {},
  ): Promise<void> {
    const scenario = infoOf(about, steps);
    const began = this.clock.now();
    this.events.push({ kind: "scenarioBegan", scenario, time: "2030-01-01T10:00:00.200Z" });
    const failures = await this.#steps(scenario, steps);
    const result: ScenarioResult = {
      outcome: failures[0]?.outcome ?? "passed",
      ms: this.clock.now() - began,
      wallMs: 120,
      failures,
      retry,
      seed: 42,
    };
    if (again) this.events.push({ kind: "retry", id: scenario.id, result });
    else this.#ended(scenario.id, result);
  }

  /** For `onFact`: what happens is written down for the scenario that runs. */
  readonly hear = (fact: Fact): void => {
    this.events.push({ kind: "fact", id: this.#id, fact: { ...fact, seq: ++this.#seq } });
  };
  #id = "";

  facts(): JournalEntry[] {
    return this.events.flatMap((e) => (e.kind === "fact" && e.id === this.#id ? [e.fact] : []));
  }

  async #steps(scenario: ScenarioInfo, steps: readonly TapedStep[]): Promise<Failure[]> {
    this.#id = scenario.id;
    let line = headOf(scenario).length + 1;
    for (const [i, step] of steps.entries()) {
      const info = stepInfo(step, i, scenario.at.file, line);
      line = info.endLine + 1;
      this.events.push({ kind: "stepBegan", id: scenario.id, step: info, time: isoTime(this.clock) });
      const began = this.clock.now();
      const fails = await step.act?.();
      const failure = fails && this.#failure(fails, info);
      const result = {
        outcome: failure?.outcome ?? ("passed" as const),
        ms: this.clock.now() - began,
        ...(failure === undefined ? {} : { failure }),
      };
      this.events.push({ kind: "stepEnded", id: scenario.id, step: info, time: isoTime(this.clock), result });
      if (failure !== undefined) return [failure];
    }
    return [];
  }

  #failure(fails: Fails, { at, text }: StepInfo): Failure {
    return { outcome: "failed", ...fails, at, step: text, lastFacts: this.facts().slice(-8) };
  }

  #ended(id: string, result: ScenarioResult): void {
    this.#results.push(result);
    this.events.push({ kind: "scenarioEnded", id, result, time: "2030-01-01T10:00:01.000Z" });
  }
}

function headOf({ name, shows, tags }: Pick<TapedScenario, "name" | "shows" | "tags">): string[] {
  return [
    `name: ${name}`,
    ...(shows === undefined ? [] : [`shows: ${shows}`]),
    `tags: [${(tags ?? []).join(", ")}]`,
    "steps:",
  ];
}

function infoOf(about: TapedScenario, steps: readonly TapedStep[]): ScenarioInfo {
  const { name, file, shows, spec, tags = [], cell = {} } = about;
  const source = [
    ...headOf(about),
    ...steps.flatMap((s) => s.text.split("\n").map((line) => `  ${line}`)),
    "",
  ].join("\n");
  return {
    id: `${file} ${Object.values(cell).join(" ")}`.trim(),
    name,
    ...(shows === undefined ? {} : { shows }),
    ...(spec === undefined ? {} : { spec }),
    tags,
    at: { file, line: 1, col: 1 },
    source,
    cell,
  };
}

function stepInfo({ text, title }: TapedStep, i: number, file: string, line: number): StepInfo {
  const kind = /^- (\w+)/.exec(text)?.[1] ?? "?";
  return {
    path: `steps.${i + 1}`,
    kind,
    title: title ?? text.replace(/^- /, "").split("\n").join(" "),
    text,
    at: { file, line, col: 5 },
    endLine: line + text.split("\n").length - 1,
  };
}

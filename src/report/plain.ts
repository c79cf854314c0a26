import type { Failure, Reporter, RunEvent, ScenarioInfo, ScenarioResult } from "../scenario/types.ts";

const MARKS = { passed: "ok", failed: "FAILED", error: "ERROR", skipped: "skipped" } as const;

/** A line for each scenario, below it why it did not pass, and a summary: fit for any output. */
export function plainReporter(write: (text: string) => void): Reporter {
  const names = new Map<string, ScenarioInfo>();
  const on = (event: RunEvent): void => {
    if (event.kind === "scenarioBegan") names.set(event.scenario.id, event.scenario);
    else if (event.kind === "scenarioEnded") {
      write(`${scenarioLines(names.get(event.id), event.result).join("\n")}\n`);
      names.delete(event.id);
    } else if (event.kind === "runEnded") {
      const { total, passed, failed, errors, skipped, flaky, wallMs } = event.summary;
      const more = [
        [failed, "failed"],
        [errors, "with errors"],
        [skipped, "skipped"],
        [flaky, "flaky"],
      ].flatMap(([n, word]) => (n === 0 ? [] : [`${n} ${word}`]));
      write(`${[`${passed} of ${total} passed`, ...more].join(", ")} in ${(wallMs / 1000).toFixed(1)} s\n`);
    }
  };
  return { name: "plain", on, close: () => Promise.resolve() };
}

function scenarioLines(info: ScenarioInfo | undefined, result: ScenarioResult): string[] {
  const cell = Object.entries(info?.cell ?? {}).map(([key, value]) => `${key} ${value}`);
  const why = result.why ?? result.expectedFailure;
  return [
    `${MARKS[result.outcome]}: ${info?.name ?? ""} (${cell.join(", ")})${why === undefined ? "" : `: ${why}`}`,
    ...result.failures.flatMap(failureLines).map((line) => `    ${line}`),
  ];
}

function failureLines(f: Failure): string[] {
  const { file, line, col } = f.at;
  return [
    `${file}:${line}:${col}: ${f.message}`,
    ...(f.hint === undefined ? [] : f.hint.split("\n")),
    ...f.step.split("\n").map((l) => `| ${l}`),
    ...(f.expected === undefined ? [] : ["expected:", ...indented(f.expected)]),
    ...(f.nearest === undefined ? [] : ["nearest:", `  ${JSON.stringify(f.nearest).slice(0, 300)}`]),
    ...(f.differences ?? []).map((d) => `  ${d.path || "it"}: wanted ${d.wanted}, found ${d.found}`),
    ...(f.lastFacts.length === 0 ? [] : ["last facts:"]),
    ...f.lastFacts.map((fact) => `  ${JSON.stringify(fact).slice(0, 200)}`),
  ];
}

const indented = (text: string): string[] => text.split("\n").map((line) => `  ${line}`);

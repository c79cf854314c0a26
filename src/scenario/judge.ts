import type { Instance } from "./instance.ts";
import type { Known, Need, Step } from "./step.ts";
import { stepKinds } from "./steps/table.ts";
import { forVersion } from "./template.ts";
import type { Failure, ScenarioResult } from "./types.ts";

/**
 * What a result means for a scenario that is expected to fail: it has to be one of its steps that fails. Set-up and
 * tear-down are expected to hold, as everywhere.
 */
export function judged(instance: Instance, result: ScenarioResult): ScenarioResult {
  const { expectFailure, at, name } = instance.scenario;
  if (expectFailure === undefined || (result.outcome !== "failed" && result.outcome !== "passed"))
    return result;
  const besides = result.failures.filter(({ part }) => part !== undefined);
  if (besides.length < result.failures.length) {
    return besides.length === 0
      ? { ...result, outcome: "passed", expectedFailure: expectFailure }
      : { ...result, failures: besides };
  }
  if (besides.some(({ part }) => part === "setup")) return result;
  const failure: Failure = {
    outcome: "failed",
    message: `It passed, and it was expected to fail: ${expectFailure}`,
    hint: "If what it waited for has been mended, take expect-failure away.",
    at,
    step: name,
    lastFacts: [],
  };
  return { ...result, outcome: "failed", failures: [...besides, failure] };
}

/** Why a scenario cannot run here, as far as that shows before it does. */
export function whatIsMissing(
  { scenario, ocpp }: Instance,
  { missing, known }: { readonly missing: (need: Need) => string | undefined; readonly known: Known },
): string | undefined {
  const needs = new Set<Need>();
  const look = (step: Step): void => {
    if (step.ocpp !== undefined && step.ocpp !== ocpp) return;
    const kind = stepKinds[step.kind];
    try {
      for (const need of kind?.needs?.(kind.parse(forVersion(step.value, ocpp), known)) ?? [])
        needs.add(need);
    } catch {
      // A value with variables: what it needs shows when it runs.
    }
    for (const block of step.blocks) block.steps.forEach(look);
  };
  for (const list of [scenario.setup, scenario.steps, scenario.teardown]) list.forEach(look);
  for (const need of needs) {
    const why = missing(need);
    if (why !== undefined) return why;
  }
  return undefined;
}

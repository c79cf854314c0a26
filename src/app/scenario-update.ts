import { readFileSync, realpathSync, statSync } from "node:fs";
import { resolve } from "node:path";
import type { RunEvent } from "../scenario/types.ts";
import { type Change, type Seen, updated } from "../scenario/update.ts";
import { WholeFile } from "../store/whole-file.ts";
import { AppError, errorText } from "../util/errors.ts";
import { type RunScenariosOptions, runScenarios } from "./scenarios.ts";

/** A scenario ends at its first failure: so many runs at the most, each of which mends one. */
const MAX_RUNS = 100;

/**
 * Runs scenarios and writes what came into their files where an expectation's `with` or `count` says something else,
 * until nothing is left to be written.
 * @throws AppError as {@link runScenarios}; `usage` for a file that cannot be written
 */
export async function updateScenarios(
  o: Omit<RunScenariosOptions, "onEvent" | "retries" | "bail">,
  onChange: (change: Change) => void,
): Promise<void> {
  for (let i = 0; i < MAX_RUNS; i++) {
    const files = await expectations(o);
    if (o.signal?.aborted === true) return;
    const changes = [...files].flatMap(([file, seen]) =>
      rewritten(resolve(o.cwd ?? process.cwd(), file), seen),
    );
    if (changes.length === 0) return;
    for (const change of changes) onChange(change);
  }
}

/** How each expectation ended, by file; those of scenarios that are expected to fail are meant to be wrong. */
async function expectations(o: RunScenariosOptions): Promise<Map<string, Seen[]>> {
  const running = new Map<string, { readonly ocpp: string; readonly seen: Seen[] }>();
  const files = new Map<string, Seen[]>();
  const onEvent = (event: RunEvent): void => {
    if (event.kind === "scenarioBegan") {
      running.set(event.scenario.id, { ocpp: event.scenario.cell.ocpp ?? "", seen: [] });
    } else if (event.kind === "stepEnded" && event.step.kind === "expect") {
      const { failure, outcome } = event.result;
      const scenario = running.get(event.id);
      if (scenario === undefined || (failure === undefined && outcome !== "passed")) return;
      const { ocpp, seen } = scenario;
      seen.push({ at: event.step.at, ocpp, ...(failure === undefined ? {} : { failure }) });
    } else if (event.kind === "scenarioEnded" && event.result.expectedFailure === undefined) {
      for (const one of running.get(event.id)?.seen ?? [])
        files.set(one.at.file, [...(files.get(one.at.file) ?? []), one]);
    }
  };
  await runScenarios({ ...o, onEvent });
  return files;
}

function rewritten(path: string, seen: readonly Seen[]): readonly Change[] {
  const { text, changes } = updated(readFileSync(path, "utf8"), seen);
  if (changes.length === 0) return changes;
  const real = realpathSync(path);
  const file = new WholeFile(real, { mode: statSync(real).mode });
  try {
    file.write(text);
    file.finish();
    return changes;
  } catch (e) {
    file.discard();
    throw new AppError("usage", `${path} cannot be written: ${errorText(e)}`, {
      hint: "Let it be writable, or leave --update out.",
      cause: e,
    });
  }
}

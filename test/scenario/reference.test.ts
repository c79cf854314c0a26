import { expect, it } from "vitest";
import { runScenarios } from "../../src/app/scenarios.ts";
import { scenarioOf } from "../../src/scenario/examples.ts";
import { stepKinds } from "../../src/scenario/steps/table.ts";
import type { RunEvent } from "../../src/scenario/types.ts";
import { folderOf } from "./support.ts";

const kinds = Object.entries(stepKinds);

/** Runs these texts as files of one folder, and tells what did not pass. */
async function notPassed(files: Readonly<Record<string, string>>): Promise<string[]> {
  const wrong: string[] = [];
  const summary = await runScenarios({
    paths: ["."],
    cwd: folderOf(files),
    allowShell: true,
    ask: async () => {},
    onEvent: (event: RunEvent) => {
      if (event.kind !== "scenarioEnded" || event.result.outcome === "passed") return;
      const { failures, why } = event.result;
      const told = failures.map(({ at, message }) => `${at.file}:${at.line}: ${message}`).join("; ");
      wrong.push(`${event.id}: ${told || why}`);
    },
  });
  expect(summary.passed).toBeGreaterThanOrEqual(Object.keys(files).length);
  return wrong;
}

it("every example of every step can be read, runs and passes, in the versions that it is for", async () => {
  const files: Record<string, string> = {};
  for (const [name, kind] of kinds) {
    for (const [beside, text] of Object.entries(kind.files ?? {})) files[beside] = text;
    for (const [i, example] of kind.examples.entries())
      files[`${name}-${i + 1}.yaml`] = scenarioOf(example, `${name} ${i + 1}`);
  }
  expect(await notPassed(files)).toEqual([]);
});

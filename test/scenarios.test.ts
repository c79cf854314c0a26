import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { planScenarios, runScenarios } from "../src/app/scenarios.ts";
import type { RunEvent } from "../src/scenario/types.ts";

/** Every scenario of the repository, in every OCPP version that it is for. */

const cwd = fileURLToPath(new URL("..", import.meta.url));
const files = [...new Set(planScenarios({ paths: ["scenarios"], cwd }).map((i) => i.info.at.file))];

describe("scenarios/", () => {
  it.each(files)("%s", async (file) => {
    const events: RunEvent[] = [];
    const summary = await runScenarios({ paths: [file], cwd, onEvent: (event) => events.push(event) });
    const bad = events.flatMap((e) => (e.kind === "scenarioEnded" ? e.result.failures : []));
    expect(bad.map((f) => `${f.at.file}:${f.at.line}: ${f.message}`)).toEqual([]);
    expect(summary).toMatchObject({ failed: 0, errors: 0, exitCode: 0 });
    expect(summary.passed).toBeGreaterThan(0);
  });
});

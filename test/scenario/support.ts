import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach } from "vitest";
import { planScenarios, type RunScenariosOptions, runScenarios } from "../../src/app/scenarios.ts";
import { sendersOf } from "../../src/ocpp/directions.ts";
import { knownActions } from "../../src/ocpp/schemas.ts";
import type { OpenBench } from "../../src/scenario/bench.ts";
import type { Known } from "../../src/scenario/step.ts";
import { runSuite } from "../../src/scenario/suite.ts";
import type { Failure, RunEvent, RunSummary, ScenarioResult } from "../../src/scenario/types.ts";
import type { Fact } from "../../src/station/facts.ts";
import { isAppError } from "../../src/util/errors.ts";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A folder with these files, gone after the test. */
export function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), "tapstation-scenario-"));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

export interface Ran {
  readonly summary: RunSummary;
  readonly events: readonly RunEvent[];
  readonly results: readonly ScenarioResult[];
  readonly failures: readonly Failure[];
  readonly facts: readonly Fact[];
}

/** Runs a scenario's text as a whole file, in OCPP 1.6 unless something else is said. */
export async function run(
  text: string,
  o: Partial<RunScenariosOptions> & { files?: Readonly<Record<string, string>> } = {},
): Promise<Ran> {
  const { files = {}, ...options } = o;
  const cwd = folderOf({ "scenario.yaml": text, ...files });
  const events: RunEvent[] = [];
  const summary = await runScenarios({
    paths: ["scenario.yaml"],
    cwd,
    ocpp: ["1.6"],
    onEvent: (event) => events.push(event),
    ...options,
  });
  const results = events.flatMap((e) => (e.kind === "scenarioEnded" ? [e.result] : []));
  return {
    summary,
    events,
    results,
    failures: results.flatMap((r) => r.failures),
    facts: events.flatMap((e) => (e.kind === "fact" ? [e.fact] : [])),
  };
}

/** Runs a scenario's text in OCPP 1.6 on a bench of its own kind. */
export async function runOn(text: string, openBench: OpenBench): Promise<readonly RunEvent[]> {
  const events: RunEvent[] = [];
  const none = (): undefined => undefined;
  const known: Known = {
    versions: ["1.6"],
    ocpp: "1.6",
    actionsOf: () => knownActions("1.6"),
    sendersOf,
    schemaOf: none,
    misfit: none,
    settings: [],
    settingProblem: none,
    evsesOf: () => 1,
  };
  await runSuite({
    context: { openBench, known, signal: new AbortController().signal, missing: none },
    emit: (event) => events.push(event),
    instances: planScenarios({ paths: ["s.yaml"], cwd: folderOf({ "s.yaml": text }), ocpp: ["1.6"] }),
    workers: 1,
    retries: 0,
    bail: false,
    seed: 1,
    version: "",
    command: "",
  });
  return events;
}

/** What is told about a file that is wrong: the message, then the hint. */
export function told(text: string, files: Record<string, string> = {}): string {
  const cwd = folderOf({ "s.yaml": text, ...files });
  try {
    planScenarios({ paths: ["s.yaml"], cwd });
  } catch (e) {
    if (!isAppError(e, "definition.invalid", "usage")) throw e;
    return [e.message, e.hint].filter(Boolean).join(" | ").replaceAll(cwd, "");
  }
  throw new Error("it was read without a complaint");
}

/** A scenario of these steps. */
export const scenario = (steps: string, more = ""): string =>
  `name: Test\n${more}steps:\n${steps
    .split("\n")
    .map((line) => `  ${line}`)
    .join("\n")}\n`;

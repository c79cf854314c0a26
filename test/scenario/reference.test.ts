import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { runScenarios } from "../../src/app/scenarios.ts";
import { scenarioOf, valuesOf, written } from "../../src/scenario/examples.ts";
import { matches, OPERATORS, operatorOf, PLACEHOLDERS } from "../../src/scenario/match.ts";
import { matchers } from "../../src/scenario/matchers.ts";
import { reference } from "../../src/scenario/reference.ts";
import { stepKinds } from "../../src/scenario/steps/table.ts";
import type { RunEvent } from "../../src/scenario/types.ts";
import { folderOf } from "./support.ts";

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

it("every example of the reference can be read, runs and passes, in the versions that it is for", async () => {
  const files: Record<string, string> = {};
  for (const { name, examples, files: beside } of reference()) {
    for (const [file, text] of Object.entries(beside)) files[file] = text;
    for (const [i, example] of examples.entries())
      files[`${name}-${i + 1}.yaml`] = scenarioOf(example, `${name} ${i + 1}`);
  }
  expect(await notPassed(files)).toEqual([]);
});

it("an editor that knows the published schema finds nothing wrong in any example", () => {
  const file = new URL("../../scenarios/scenario.schema.json", import.meta.url);
  const validate = new Ajv({ strict: false }).compile(JSON.parse(readFileSync(file, "utf8")));
  for (const { name, examples } of reference()) {
    for (const example of examples) {
      validate(parse(scenarioOf(example, name)));
      expect({ example, errors: validate.errors }).toEqual({ example, errors: null });
    }
  }
});

it("says of every step, and of everything that may stand within one, what it is", () => {
  const sections = reference();
  expect(sections.filter(({ isStep }) => isStep).map(({ name }) => name)).toEqual(Object.keys(stepKinds));
  for (const { name, describe, members, examples } of sections) {
    expect(describe, name).toMatch(/^[A-Z$].*\.$/s);
    expect(examples, name).not.toEqual([]);
    for (const member of members) expect(member.meaning, `${name}: ${member.name}`).not.toBe("");
  }
});

it("shows every form that steps have: each member stands in an example", () => {
  for (const [name, kind] of Object.entries(stepKinds)) {
    const written = valuesOf(name, kind).flatMap((value) => [value].flat());
    const used = new Set(
      written.flatMap((value) => (typeof value === "object" && value !== null ? Object.keys(value) : [])),
    );
    const missing = Object.keys(kind.schema.properties ?? {}).filter((key) => !used.has(key));
    expect(missing, name).toEqual([]);
  }
});

it("a step's first example is one line, which messages can show", () => {
  for (const [name, kind] of Object.entries(stepKinds)) {
    const [first] = valuesOf(name, kind);
    expect(written(name, first).length, name).toBeLessThan(90);
    expect(parse(written(name, first)), name).toEqual({ [name]: first });
  }
});

it.each(matchers)("the matcher $wanted does what the reference says", ({ wanted, fits, misses }) => {
  expect(fits.filter((value) => !matches(wanted, value))).toEqual([]);
  expect(misses.filter((value) => matches(wanted, value))).toEqual([]);
});

it("no matcher is left out of the reference", () => {
  const shown = matchers.map(({ wanted }) =>
    typeof wanted === "object" ? (operatorOf(wanted)?.name ?? "") : String(wanted),
  );
  expect(shown).toEqual(expect.arrayContaining([...Object.keys(PLACEHOLDERS), ...OPERATORS]));
});

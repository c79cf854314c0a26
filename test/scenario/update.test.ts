import { chmodSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { updateScenarios } from "../../src/app/scenario-update.ts";
import { runScenarios } from "../../src/app/scenarios.ts";
import type { JournalEntry } from "../../src/journal/types.ts";
import { differences } from "../../src/scenario/match.ts";
import { fill } from "../../src/scenario/template.ts";
import { updated } from "../../src/scenario/update.ts";
import { folderOf, scenario } from "./support.ts";

const CARD = "04A2241BC85E80";
const START = `- tap: ${CARD}\n- plug:`;

interface Outcome {
  readonly text: string;
  readonly told: readonly string[];
  readonly exitCode: number;
}

/** What the file says afterwards, and how it ends then. */
async function rewrite(text: string, files: Readonly<Record<string, string>> = {}): Promise<Outcome> {
  const cwd = folderOf({ "s.yaml": text, ...files });
  const told: string[] = [];
  const o = { paths: ["s.yaml"], cwd };
  await updateScenarios(o, ({ at, text: said }) => told.push(`${at.file}:${at.line}:${at.col}: ${said}`));
  const { exitCode } = await runScenarios(o);
  return { text: readFileSync(join(cwd, "s.yaml"), "utf8"), told, exitCode };
}

/** Steps before and after; all of them pass then. */
const rewritten: readonly (readonly [what: string, before: string, after: string])[] = [
  [
    "a value of another kind, beside a pattern and a remark",
    `${START}\n- expect: { transaction: started, with: { seqNo: 3, meterWh: 0.. } } # stays`,
    `${START}\n- expect: { transaction: started, with: { seqNo: 0, meterWh: 0.. } } # stays`,
  ],
  [
    "one failure after the other, and a count",
    "- wait: 1 h\n- expect: { message: Heartbeat, count: 3 }\n- plug:\n- expect: { fact: connector, with: { status: Occupied, connectorId: 2 } }",
    "- wait: 1 h\n- expect: { message: Heartbeat, count: 11 }\n- plug:\n- expect: { fact: connector, with: { status: Occupied, connectorId: 1 } }",
  ],
  [
    "what differs between the versions becomes a map by version",
    "- tap: 04B3352CD96F91\n- expect: { fact: verdict, with: { status: Blocked } }",
    "- tap: 04B3352CD96F91\n- expect: { fact: verdict, with: { status: { 1.6: Invalid, 2.0.1: Unknown } } }",
  ],
  [
    "a text that needs quotes within braces",
    "- transfer: { vendor: com.example, data: 'a: b, {c}' }\n- expect: { message: DataTransfer, with: { data: x } }",
    "- transfer: { vendor: com.example, data: 'a: b, {c}' }\n- expect: { message: DataTransfer, with: { data: \"a: b, {c}\" } }",
  ],
  [
    "what holds in one version stays there",
    `- tap: { 1.6: ${CARD}, 2.0.1: 04B3352CD96F91 }\n- expect: { fact: verdict, with: { outcome: accepted } }`,
    `- tap: { 1.6: ${CARD}, 2.0.1: 04B3352CD96F91 }\n- expect: { fact: verdict, with: { outcome: { 1.6: accepted, 2.0.1: rejected } } }`,
  ],
  [
    "a value that is one version's already",
    `- tap: ${CARD}\n- expect: { answer: Authorize, with: { 1.6: { idTagInfo: { status: Blocked } }, 2.0.1: { idTokenInfo: { status: Accepted } } } }`,
    `- tap: ${CARD}\n- expect: { answer: Authorize, with: { 1.6: { idTagInfo: { status: Accepted } }, 2.0.1: { idTokenInfo: { status: Accepted } } } }`,
  ],
  [
    "one of a list",
    `- plug:\n- tap: ${CARD}\n- expect: [{ signal: read }, { verdict: accepted }, { transaction: started, with: { seqNo: 9 } }]`,
    `- plug:\n- tap: ${CARD}\n- expect: [{ signal: read }, { verdict: accepted }, { transaction: started, with: { seqNo: 0 } }]`,
  ],
  [
    "a text that looks like a pattern is meant as it is",
    "- transfer: { vendor: com.example, data: 1..2 }\n- expect: { message: DataTransfer, with: { data: x } }",
    "- transfer: { vendor: com.example, data: 1..2 }\n- expect: { message: DataTransfer, with: { data: {equals: 1..2} } }",
  ],
];

describe("what came is written where an expectation says something else", () => {
  it.each(rewritten)("%s", async (_, before, then) => {
    expect(await rewrite(scenario(before))).toMatchObject({ text: scenario(then), exitCode: 0 });
  });
});

/** Steps that stay as they are, failing. */
const left: readonly (readonly [what: string, steps: string])[] = [
  [
    "what is expected at all",
    `- tap: ${CARD}\n- expect: { verdict: rejected, with: { ms: 5 }, within: 1 s }`,
  ],
  ["a pattern", `${START}\n- expect: { transaction: started, with: { meterWh: 5000.. }, within: 1 s }`],
  ["a variable", `${START}\n- expect: { transaction: started, with: { seqNo: $three }, within: 1 s }`],
];

describe("what an expectation means stays", () => {
  it.each(left)("%s", async (_, steps) => {
    const text = scenario(steps, "vars: { three: 3 }\n");
    const { told, ...then } = await rewrite(text);
    expect({ told, ...then }).toEqual({ told: [], text, exitCode: 1 });
  });

  it("what is expected to fail", async () => {
    const text = scenario(
      `${START}\n- expect: { transaction: started, with: { seqNo: 3 }, within: 1 s }`,
      "expect-failure: known\n",
    );
    expect(await rewrite(text)).toEqual({ told: [], text, exitCode: 0 });
  });

  it("what a later round has otherwise: nothing goes back and forth", async () => {
    const round = (wh: number) =>
      scenario(
        `- repeat: { times: 2, steps: [{ tap: ${CARD} }, { plug: }, { wait: 1 h }, { unplug: }, { expect: { transaction: ended, with: { meterWh: ${wh} }, within: 1 s } }, { wait: 1 min }] }`,
      );
    const { text, told, exitCode } = await rewrite(round(5));
    const [, wh] = /meterWh: (\d+)/.exec(text) ?? [];
    expect({ text, told: told.length, exitCode }).toEqual({ text: round(Number(wh)), told: 1, exitCode: 1 });
  });

  it("rows that are not of one mind", async () => {
    const text = scenario(
      "- tap: $uid\n- expect: { fact: verdict, with: { outcome: accepted }, within: 1 s }",
      `data: [{ uid: ${CARD} }, { uid: 04B3352CD96F91 }]\n`,
    );
    expect(await rewrite(text)).toEqual({ told: [], text, exitCode: 1 });
  });
});

it("a block of several lines stays, and what stands behind it too", async () => {
  const text = scenario(
    "- transfer: { vendor: com.example, data: bay 7 }\n- expect:\n    message: DataTransfer\n    with:\n      data: >-\n        bay 8\n        or so\n      vendorId: com.example\n    within: 1 s",
  );
  expect(await rewrite(text)).toEqual({ told: [], text, exitCode: 1 });
});

it("an included file is the one that is written, with its rights, and what is told says where", async () => {
  const cwd = folderOf({
    "s.yaml": scenario("- include: _start.yaml"),
    "_start.yaml": `${START}\n- expect: { transaction: started, with: { seqNo: 3 } }\n`,
  });
  chmodSync(join(cwd, "_start.yaml"), 0o640);
  const told: string[] = [];
  await updateScenarios({ paths: ["s.yaml"], cwd }, ({ at, text }) =>
    told.push(`${at.file}:${at.line}:${at.col}: ${text}`),
  );
  expect(told).toEqual(["_start.yaml:3:50: with.seqNo: 3 is now 0"]);
  expect(readFileSync(join(cwd, "_start.yaml"), "utf8")).toContain("{ seqNo: 0 }");
  expect(statSync(join(cwd, "_start.yaml")).mode & 0o777).toBe(0o640);
});

it("whatever came fits what is written of it", () => {
  const text = scenario("- expect: { fact: dataTransfer, with: { data: x, status: Accepted } } # remark");
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 3 }), (data) => {
      fc.pre(data !== "x" && !JSON.stringify(data).includes("***"));
      const nearest = { kind: "dataTransfer", data, status: "Accepted" } as unknown as JournalEntry;
      const at = { file: "s.yaml", line: 3, col: 5 };
      const failure = {
        outcome: "failed" as const,
        message: "",
        at,
        step: "",
        nearest,
        differences: [{ path: "data", wanted: "x", found: "" }],
        lastFacts: [],
      };
      const { text: then } = updated(text, [{ at, ocpp: "1.6", failure }]);
      const wanted = parse(then).steps[0].expect.with;
      expect(differences(fill(wanted, {}), nearest)).toEqual([]);
      expect(then).toMatch(/status: Accepted \} \} # remark\n$/);
    }),
  );
});

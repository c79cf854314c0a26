import { describe, expect, it } from "vitest";
import { planScenarios } from "../../src/app/scenarios.ts";
import { publishedSchema } from "../../src/scenario/schema.ts";
import { misfits } from "../../src/util/schema-problems.ts";
import { folderOf, run, scenario, told } from "./support.ts";

const PUBLISHED = publishedSchema();
const BOTH = { ocpp: ["1.6", "2.0.1"] };
/** What each version's list must have done: it never comes. */
const never = (ocpp: string) => `[{ expect: { signal: fault, with: { uid: "${ocpp}" }, within: 1 s } }]`;
const lists = (of: (ocpp: string) => string) => `{ 1.6: ${of("1.6")}, 2.0.1: ${of("2.0.1")} }`;

describe("steps by version are done, each version's own", () => {
  const branches = (ocpp: string) => `[${never(ocpp)}, [{ wait: 1 s }]]`;
  it.each([
    ["the list of a scenario", `name: A\nsteps: ${lists(never)}\n`],
    ["the tear-down", `name: A\nsteps: [plug: ]\nteardown: ${lists(never)}\n`],
    ["the set-up", `name: A\nsetup: ${lists(never)}\nsteps: [plug: ]\n`],
    ["a step of a list", scenario(`- ${lists((ocpp) => never(ocpp).slice(1, -1))}`)],
    ["repeat", scenario(`- repeat: ${lists((ocpp) => `{ times: 1, steps: ${never(ocpp)} }`)}`)],
    ["the list within repeat", scenario(`- repeat: { times: 1, steps: ${lists(never)} }`)],
    ["for-each", scenario(`- for-each: ${lists((ocpp) => `{ as: x, in: [1], steps: ${never(ocpp)} }`)}`)],
    ["parallel", scenario(`- parallel: ${lists(branches)}`)],
    ["a branch of parallel", scenario(`- parallel: [${lists(never)}, [{ wait: 1 s }]]`)],
    ["a file to include", scenario(`- include: ${lists((ocpp) => `_${ocpp}.yaml`)}`)],
    ["the name of such a file", scenario(`- include: { file: ${lists((ocpp) => `_${ocpp}.yaml`)} }`)],
    ["what such a file has", scenario("- include: _both.yaml")],
  ])("%s", async (_, text) => {
    const files = { "_1.6.yaml": never("1.6"), "_2.0.1.yaml": never("2.0.1"), "_both.yaml": lists(never) };
    const { failures, results } = await run(text, { ...BOTH, files });
    expect(results.map(({ outcome }) => outcome)).toEqual(["failed", "failed"]);
    const said = failures.map(({ step }) => /uid: "([\d.]+)"/.exec(step)?.[1]).toSorted();
    expect(said).toEqual(["1.6", "2.0.1"]);
  });

  it("each with its place", async () => {
    const text = `name: A\nsteps:\n  1.6:\n    - plug:\n    - tap: 04A2\n  2.0.1:\n    - wait: 5\n`;
    expect(told(text)).toMatch(/s\.yaml:5:7: A UID of 2 bytes[\s\S]*s\.yaml:7:7: 5 has no unit/);
  });

  it("its variables and captures are those of its own steps", async () => {
    const capture = (member: string) => `[{ csms: { send: ClearCache, capture: { was: ${member} } } }]`;
    const text = `name: A\nsteps: { 1.6: ${capture("status")}, 2.0.1: ${capture("status")} }\nteardown: [{ expect: { fact: frame, with: { payload: { status: $was } }, since: start } }]\n`;
    const { results } = await run(text, BOTH);
    expect(results.map(({ outcome }) => outcome)).toEqual(["passed", "passed"]);
  });
});

describe("what is said for no version that is played is told", () => {
  it.each([
    [
      "a list that leaves one out",
      `name: A\nsteps: { 1.6: [plug: ] }\n`,
      "s.yaml:2:1: nothing is said for OCPP 2.0.1 here | There are values for 1.6: add one, or write ocpp: 1.6.",
    ],
    [
      "a step that leaves one out",
      scenario("- repeat: { 2.0.1: { times: 1, steps: [plug: ] } }"),
      "s.yaml:3:5: nothing is said for OCPP 1.6 here",
    ],
    [
      "a step for another version in a list for one",
      `name: A\nsteps: { 1.6: [{ plug: , ocpp: 2.0.1 }], 2.0.1: [plug: ] }\n`,
      "s.yaml:2:26: it never comes to this: what is around it is for OCPP 1.6 | Leave the step out.",
    ],
    [
      "a version that there is not",
      `name: A\nsteps: { 1.5: [plug: ], 1.6: [plug: ], 2.0.1: [plug: ] }\n`,
      's.yaml:2:10: "1.5" is no OCPP version',
    ],
    [
      "another version's value besides",
      scenario("- expect: { verdict: { 2.1: rejected, 1.6: accepted, 2.0.1: accepted } }"),
      's.yaml:3:26: "2.1" is no OCPP version',
    ],
    [
      "data",
      `name: A\ndata: { 1.6: [{ a: 1 }], 2.0.1: [{ a: 2 }] }\nsteps: [wait: $a s]\n`,
      's.yaml:2:1: "data" cannot be by version | What a row says may be',
    ],
    [
      "a row",
      `name: A\ndata: [{ 1.6: { a: 1 }, 2.0.1: { a: 2 } }]\nsteps: [wait: $a s]\n`,
      '"data" cannot be by version',
    ],
    [
      "a name",
      `name: { 1.6: A, 2.0.1: B }\nsteps: [plug: ]\n`,
      's.yaml:1:1: "name" cannot be by version | Write a scenario for each version',
    ],
    ["a reason", `name: A\nskip: { 1.6: why }\nsteps: [plug: ]\n`, '"skip" cannot be by version'],
    [
      "a time-out",
      `name: A\ntimeout: { 1.6: 5 s, 2.0.1: 6 s }\nsteps: [plug: ]\n`,
      '"timeout" cannot be by version',
    ],
    ["a tag", `name: A\ntags: [{ 1.6: a, 2.0.1: b }]\nsteps: [plug: ]\n`, '"tags" cannot be by version'],
    [
      "versions",
      `name: A\nocpp: { 1.6: 1.6, 2.0.1: 2.0.1 }\nsteps: [plug: ]\n`,
      '"ocpp" cannot be by version',
    ],
    [
      "the station",
      scenario("- plug:", "station: { evses: { 1.6: 2 } }\n"),
      "s.yaml:2:12: nothing is said for OCPP 2.0.1 here",
    ],
  ])("%s", (_, text, message) => expect(told(text)).toContain(message));

  it("where it is played in one version only, the others need not be said", () => {
    const cwd = folderOf({ "s.yaml": "name: A\nsteps: { 1.6: [plug: ] }\n" });
    expect(planScenarios({ paths: ["s.yaml"], cwd, ocpp: ["1.6"] })).toHaveLength(1);
  });
});

it("an editor finds nothing wrong with steps by version", () => {
  const byVersion = { 1.6: [{ plug: 1 }], "2.0.1": [{ plug: 2 }] };
  const fits = (steps: unknown) => misfits(PUBLISHED, { name: "A", steps }).map(({ text }) => text);
  expect(fits(byVersion)).toEqual([]);
  expect(fits([{ "1.6": { plug: 1 }, "2.0.1": { plug: 2 } }])).toEqual([]);
  expect(fits([{ repeat: { times: 1, steps: byVersion } }])).toEqual([]);
  expect(fits([{ parallel: [byVersion, [{ wait: "1 s" }]] }])).toEqual([]);
  expect(fits({ plug: 1 })).not.toEqual([]);
  expect(fits([{ "1.6": { plug: 1 }, plgu: 2 }])).not.toEqual([]);
});

it("station, central system and variables may be by version as a whole", async () => {
  const head = [
    "vars: { 1.6: { card: 04112233 }, 2.0.1: { card: 04445566 } }",
    "station: { 1.6: { evses: 2 }, 2.0.1: { evses: 3 } }",
    "central: { cards: [{ 1.6: 04112233, 2.0.1: 04445566 }] }",
  ];
  const steps = "- plug: { 1.6: 2, 2.0.1: 3 }\n- tap: $card\n- expect: { verdict: accepted }";
  const { results } = await run(scenario(steps, `${head.join("\n")}\n`), BOTH);
  expect(results.map(({ outcome }) => outcome)).toEqual(["passed", "passed"]);
  expect(told(scenario("- plug: 3", `${head[1]}\n`))).toMatch(/there is no EVSE 3 \| This station has 2/);
});

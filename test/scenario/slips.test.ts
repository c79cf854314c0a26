import { describe, expect, it } from "vitest";
import { run, scenario, told } from "./support.ts";

type Slip = readonly [what: string, text: string, message: string, files?: Record<string, string>];

const alias: readonly Slip[] = [
  [
    "a list within itself",
    "name: A\nx: &a [*a]\nsteps: [plug: ]\n",
    "s.yaml:2:8: *a stands for what it is a part of",
  ],
  [
    "steps within themselves",
    "name: A\nsteps: &s\n  - repeat: { times: 2, steps: *s }\n",
    "s.yaml:3:32: *s stands for what it is a part of | Write it out where it is needed.",
  ],
  [
    "variables within themselves",
    "name: A\nvars: &v\n  a: { b: *v }\nsteps: [plug: ]\n",
    "s.yaml:3:11: *v stands",
  ],
  [
    "one that stands for nothing",
    "name: A\nsteps:\n  - plug:\n  - *b\n",
    "s.yaml:4:5: *b stands for nothing | Write &b above it",
  ],
];

const yaml: readonly Slip[] = [
  [
    "a brace",
    "name: A\nsteps:\n  - expect: { verdict: accepted\n  - plug:\n",
    "s.yaml:4:3: not valid YAML: Flow map in block collection must be sufficiently indented and end with a } | Close it with }",
  ],
  ["a bracket", "name: A\nsteps: [plug: \n", "| Close it with ]"],
  [
    "a quote",
    'name: "A\nsteps:\n  - plug:\n',
    's.yaml:1:7: not valid YAML: Missing closing "quote | End the text that begins here',
  ],
  [
    "a column",
    "name: A\nsteps:\n  - tap: 04112233\n   - plug:\n",
    "s.yaml:4:4: not valid YAML: All sequence items must start at the same column | Indent it as far",
  ],
  [
    "a colon in a text",
    "name: A: B\nsteps:\n  - plug:\n",
    's.yaml:1:7: not valid YAML: Nested mappings are not allowed in compact mappings | What has a colon and a blank in it stands in quotes: "x: y"',
  ],
  [
    "a colon that is missing",
    "name: A\nsteps:\n  tap 04A2241BC85E80\n  plug:\n",
    "| Put a colon and a blank behind each key.",
  ],
  [
    "a list without a key, once",
    "name: A\n- plug:\n",
    "s.yaml:2:1: not valid YAML: Implicit keys need to be on a single line | A hyphen begins an item of a list",
  ],
  ["a quote within a text", "name: 'it's'\nsteps: [plug: ]\n", "| A text with quotes in it"],
  [
    "levels without end",
    `name: A\nvars: { a: ${"[".repeat(4000)}${"]".repeat(4000)} }\nsteps: [plug: ]\n`,
    "not valid YAML: it is nested too deep | No scenario needs so many levels",
  ],
];

const words: readonly Slip[] = [
  [
    "a step that every object has",
    "name: A\nsteps:\n  - constructor: 1\n",
    's.yaml:3:5: "constructor" is not a step',
  ],
  ["a member that every object has", scenario("- tap: { card: 04112233, constructor: 1 }"), '"constructor"'],
  [
    "the same card at once",
    scenario("- tap: [04112233, 04112233]"),
    "s.yaml:3:21: 04112233 is the same card again | Name two cards",
  ],
  [
    "more times than anybody has",
    scenario("- repeat: { times: 1000000000, steps: [plug: ] }"),
    "is no number of times | Write a whole number from 1 to 999999999.",
  ],
  [
    "a variable that is no list of items",
    scenario("- for-each: { as: x, in: $n, steps: [plug: ] }", "vars: { n: 5 }\n"),
    "s.yaml:4:24: 5 is no list ($n, s.yaml:2:9) | Write a list, or the name of a CSV file.",
  ],
  [
    "a text in a scenario's place, without telling it",
    "secret words\n",
    "s.yaml:1:1: this is no scenario | A scenario begins with",
  ],
  [
    "a text in the place of steps to include, without telling it",
    scenario("- include: _a.yaml"),
    "_a.yaml:1:1: this is no list of steps | A file to be included",
    { "_a.yaml": "secret words\n" },
  ],
  [
    "a scenario to include",
    scenario("- include: _a.yaml"),
    "_a.yaml:1:1: this is no list of steps",
    { "_a.yaml": "name: B\nsteps: [plug: ]\n" },
  ],
  [
    "nothing to include",
    scenario("- include: _a.yaml"),
    "_a.yaml:1:1: this is no list of steps",
    { "_a.yaml": "# later\n" },
  ],
];

const captures: readonly Slip[] = [
  [
    "the item of the steps around",
    scenario(
      "- for-each:\n    as: x\n    in: [1]\n    steps:\n      - csms: { send: ClearCache, capture: { x: status } }",
    ),
    's.yaml:7:48: "x" cannot be captured here: $x is what the steps around give | Give it another name.',
  ],
  [
    "one of several",
    scenario(
      "- for-each:\n    as: x\n    in: $list\n    steps:\n      - repeat: { times: 1, steps: [{ csms: { send: ClearCache, capture: { x: status } } }] }",
      "vars: { list: [1, 2] }\n",
    ),
    '"x" cannot be captured here',
  ],
  [
    "what is given to an included file",
    scenario("- include: { file: _a.yaml, vars: { was: 1 } }"),
    '_a.yaml:1:40: "was" cannot be captured here',
    { "_a.yaml": "- csms: { send: ClearCache, capture: { was: status } }\n" },
  ],
  [
    "what is always there",
    scenario("- csms: { send: ClearCache, capture: { station: status } }"),
    '"station" cannot be a variable here: $station is always there',
  ],
  [
    "the same of a program",
    scenario("- shell: { run: echo 1, capture: now }"),
    '"now" cannot be a variable here',
  ],
];

const TABLE = scenario("- tap: $uid", "data: t.csv\n");
const tables: readonly Slip[] = [
  [
    "a line that is too short",
    TABLE,
    "s.yaml:2:1: t.csv cannot be used: line 3 has 1 cell, and its head names 2 columns | Give each line a cell for each column",
    { "t.csv": "uid,x\n04112233,1\n04112233\n" },
  ],
  [
    "one that is too long",
    TABLE,
    "line 2 has 3 cells, and its head names 2 columns",
    { "t.csv": "uid,x\n04112233,1,2\n" },
  ],
  [
    "a quote that is open",
    TABLE,
    "a quote in line 2 is not closed, or does not end its cell",
    { "t.csv": 'uid\n"04112233\n' },
  ],
  ["a folder", scenario("- plug:", "data: .\n"), ". cannot be used: it is a folder"],
];

const all = { alias, yaml, words, captures, tables };

describe.each(Object.entries<readonly Slip[]>(all))(
  "a slip is told with its place and what to do: %s",
  (_, slips) => {
    const cases = slips.map(([what, text, message, files = {}]) => ({ what, text, message, files }));
    it.each(cases)("$what", ({ text, message, files }) => {
      const said = told(text, files);
      expect(said).toContain(message);
      expect(said).not.toContain("secret");
    });
  },
);

it("what else is wrong on a line that is no YAML is told no more", () => {
  expect(told("name: A\n- plug:\n").split("\n")).toHaveLength(1);
});

it.each([";", "\t", ","])("a table may be separated by %j", async (sign) => {
  const rows = [`uid${sign}verdict`, `04A2241BC85E80${sign}accepted`, `04112233${sign}rejected`];
  const { results } = await run(scenario("- tap: $uid\n- expect: { verdict: $verdict }", "data: t.csv\n"), {
    files: { "t.csv": `${rows.join("\n")}\n` },
  });
  expect(results.map(({ outcome }) => outcome)).toEqual(["passed", "passed"]);
});

it("a time-out stands where the step is that took so long", async () => {
  const { failures } = await run(scenario("- plug:\n- wait: 2 h", "timeout: 1 h\n"));
  expect(failures.map(({ at, step }) => [at.line, step])).toEqual([[5, "wait 2 h"]]);
});

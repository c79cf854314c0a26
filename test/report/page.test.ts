import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { IndexEntry } from "../../web/report/data.ts";
import { besideCount, facetsOf, happeningsOf, isWanted, noFilter } from "../../web/report/happenings.ts";
import { jsonTokens } from "../../web/report/json-tokens.ts";
import { fileOf, groupsOf, isChosen } from "../../web/report/overview-filter.ts";
import { addressable, hrefOf, parseRoute } from "../../web/report/route.ts";
import { failing } from "../../web/report/selection.ts";
import { linesOfStep, sourceLines } from "../../web/report/source-lines.ts";
import { crumbsOf, outerPath, underWay } from "../../web/report/under-way.ts";
import { around } from "../../web/report/windowed.ts";
import { yamlTokens } from "../../web/report/yaml.ts";
import { fact, frame, partOf, step } from "./page-parts.ts";

describe("what happened", () => {
  const facts = [
    frame("out", "CALL", "Authorize", "1"),
    frame("in", "CALLRESULT", "Authorize", "1"),
    frame("out", "CALL", "Heartbeat", "2"),
    frame("out", "CALL", "Heartbeat", "2", "central"),
    fact({ kind: "card", event: "presented", reader: "virtual", uid: "04A2241BC85E80" }),
  ];
  const all = happeningsOf(partOf(facts));
  const shown = (filter: Partial<typeof noFilter>) =>
    all.filter((h) => isWanted(h, { ...noFilter, ...filter })).map(({ index }) => index);

  it.each([
    ["everything but the central system's view at first", {}, [0, 1, 2, 4]],
    ["the central system's view on demand", { everything: true }, [0, 1, 2, 3, 4]],
    ["an action with its answers", { names: new Set(["Authorize"]) }, [0, 1]],
    ["a kind of fact beside an action", { names: new Set(["card", "Heartbeat"]) }, [2, 4]],
    ["one direction", { direction: "in" as const }, [1]],
    ["a text wherever it stands, in either case", { text: "04a2241bc" }, [4]],
  ])("shows %s", (_, filter, expected) => {
    expect(shown(filter)).toEqual(expected);
  });

  it("counts what choosing a name would show, and what is left out unless everything is asked for", () => {
    const counts = (filter: Partial<typeof noFilter>) => {
      const { messages, others } = facetsOf(all, { ...noFilter, ...filter });
      return [...messages, ...others].map(({ name, count }) => [name, count]);
    };
    expect(counts({})).toEqual([
      ["Authorize", 2],
      ["Heartbeat", 1],
      ["card", 1],
    ]);
    expect(counts({ direction: "in" })).toEqual([
      ["Authorize", 1],
      ["Heartbeat", 0],
      ["card", 0],
    ]);
    expect(counts({ everything: true })).toContainEqual(["Heartbeat", 2]);
    expect(counts({ names: new Set(["Reset"]) })).toContainEqual(["Reset", 0]);
    expect(besideCount(all, noFilter)).toBe(1);
    expect(besideCount(all, { ...noFilter, names: new Set(["Authorize"]) })).toBe(0);
  });

  it("counts what it shows, whatever is asked for", () => {
    const filters = fc.record({
      names: fc.constant(new Set<string>()),
      direction: fc.constantFrom("all" as const, "out" as const, "in" as const),
      text: fc.constantFrom("", "heart", "04A2", "nothing"),
      everything: fc.boolean(),
    });
    fc.assert(
      fc.property(filters, (filter) => {
        const { messages, others } = facetsOf(all, filter);
        for (const { name, count } of [...messages, ...others])
          expect(shown({ ...filter, names: new Set([name]) })).toHaveLength(count);
      }),
    );
  });
});

describe("steps under way", () => {
  const steps = [
    step("steps.1", 1, { kind: "parallel", began: 0, ended: 9 }),
    step("steps.1#1.1", 2, { began: 1, ended: 4 }),
    step("steps.1#2.1", 3, { kind: "include", began: 2, ended: 8 }),
    step("steps.1#2.1.1", 1, { began: 3, ended: 7, file: "b.yaml" }),
  ];

  it("of what happens in parallel no more is said than that it was within", () => {
    const { facts } = underWay({ steps, order: [-1, 1.5, 3.5, 5, 8.5, 10] });
    expect(facts).toEqual([
      { steps: [], around: -1 },
      { steps: [1], around: 1 },
      { steps: [1, 3], around: 0 },
      { steps: [3], around: 3 },
      { steps: [0], around: 0 },
      { steps: [], around: -1 },
    ]);
  });

  it("says what a step runs within, with the branch", () => {
    expect(steps.map((s) => crumbsOf(s, steps))).toEqual([
      [],
      ["parallel 1"],
      ["parallel 2"],
      ["parallel 2", "include"],
    ]);
  });
});

describe("the scenario's text", () => {
  it("joined, the parts of a line are the line", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[ \-#:"'{}[\],a-z0-9$.]*$/)), (text) => {
        const line = text.replaceAll(/[\r\n]/g, "");
        expect(
          yamlTokens(line)
            .map((token) => token.text)
            .join(""),
        ).toBe(line);
      }),
    );
  });

  it.each([
    [
      "  - tap: 04A2 # a card",
      ["plain:  ", "mark:- ", "key:tap", "mark::", "plain: 04A2 ", "comment:# a card"],
    ],
    ['name: "a: b"', ["key:name", "mark::", "plain: ", 'string:"a: b"']],
    ["wait: 20", ["key:wait", "mark::", "number: 20"]],
    ["url: ws://host:9", ["key:url", "mark::", "plain: ws", "mark::", "plain://host", "mark::", "number:9"]],
  ])("colours %s", (line, expected) => {
    expect(yamlTokens(line).map(({ kind, text }) => `${kind}:${text}`)).toEqual(expected);
  });

  it("marks each line with the worst that a step did there, and how often it ran", () => {
    const source = "name: x\nsteps:\n  - repeat: 2\n    steps:\n      - tap: a\n";
    const steps = [
      step("steps.1", 12, { endLine: 14, outcome: "failed" }),
      step("steps.1#1.1", 14),
      step("steps.1#2.1", 14, { outcome: "failed" }),
      step("steps.1#2.2", 14, { file: "other.yaml" }),
    ];
    const lines = sourceLines({ source, steps }, { file: "a.yaml", line: 10 });
    expect(lines.map(({ number, outcome, begins, step }) => [number, outcome, begins, step])).toEqual([
      [10, undefined, [], undefined],
      [11, undefined, [], undefined],
      [12, "failed", [0], 0],
      [13, undefined, [], 0],
      [14, "failed", [1, 2], 1],
    ]);
  });

  it("marks the include's line for a step of another file", () => {
    const steps = [step("steps.2", 5), step("steps.2.1", 3, { file: "_charge.yaml" })];
    expect(linesOfStep(steps, 1, "a.yaml")).toEqual({ from: 5, to: 5 });
    expect(linesOfStep(steps, 1, "_charge.yaml")).toEqual({ from: 3, to: 3 });
    expect(["steps.1", "steps.4.2", "steps.4#2.1", "steps.4.2#1.3"].map(outerPath)).toEqual([
      undefined,
      "steps.4",
      "steps.4",
      "steps.4.2",
    ]);
  });
});

describe("overview", () => {
  const entry = (name: string, file: string, more: Partial<IndexEntry> = {}): IndexEntry => ({
    id: name,
    name,
    tags: [],
    at: { file, line: 1, col: 1 },
    cell: {},
    outcome: "passed",
    ms: 0,
    wallMs: 0,
    retry: 0,
    frames: 0,
    ...more,
  });
  const all = [
    entry("One", "scenarios/a/one.yaml", { tags: ["smoke"], cell: { ocpp: "1.6" } }),
    entry("Two", "scenarios/b/two.yaml", { outcome: "failed", reason: "Nothing came" }),
    entry("Three", "three.yaml", { retry: 1 }),
  ];

  it.each([
    ["scenarios/a/one.yaml", "one.yaml"],
    ["one.yaml", "one.yaml"],
    ["C:\\tests\\one.yaml", "one.yaml"],
    ["/one.yaml", "one.yaml"],
  ])("names the file %s without its folder", (file, name) => {
    expect(fileOf(entry("One", file))).toBe(name);
  });

  it("puts what needs a look first, the rest by folder", () => {
    expect(groupsOf(all).map(([name, entries]) => [name, entries.map((e) => e.name)])).toEqual([
      ["Needs a look", ["Two"]],
      ["scenarios/a", ["One"]],
      ["here", ["Three"]],
    ]);
  });

  it.each([
    ["nothing chosen", {}, ["One", "Two", "Three"]],
    ["words anywhere, all of them", { text: "1.6 one" }, ["One"]],
    ["a reason", { text: "NOTHING" }, ["Two"]],
    ["outcomes", { outcomes: new Set(["flaky" as const, "failed" as const]) }, ["Two", "Three"]],
    ["a tag", { tags: new Set(["smoke"]) }, ["One"]],
  ])("filters by %s", (_, choice, names) => {
    const filter = { text: "", outcomes: new Set<never>(), tags: new Set<string>(), ...choice };
    expect(all.filter((e) => isChosen(e, filter)).map((e) => e.name)).toEqual(names);
  });

  it("an address leads back to what it was made of", () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1, unit: "grapheme" }),
        fc.option(fc.nat(), { nil: undefined }),
        (id, n) => {
          const route = { id, ...(n === undefined ? {} : { fact: n }) };
          expect(parseRoute(hrefOf(route))).toEqual(route);
        },
      ),
    );
    expect(parseRoute("#/s/%E0%A4%A")).toEqual({});
    expect(parseRoute(hrefOf({ id: "a\ud83d" }))).toEqual({ id: addressable("a\ud83d") });
    expect(parseRoute("")).toEqual({});
  });
});

describe("what is looked at first", () => {
  it("is the first step that failed by itself, not the ones around it nor a tear-down's", () => {
    const failed = { outcome: "failed" } as const;
    const steps = [
      step("steps.1", 3),
      step("steps.2", 4, failed),
      step("steps.2#1.1", 5),
      step("steps.2#2.1", 5, failed),
      step("teardown.1", 9, { outcome: "error" }),
    ];
    expect(failing({ steps })).toEqual({ step: 3 });
    expect(failing({ steps }, 3)).toEqual({ step: 4 });
    expect(failing({ steps }, 4)).toEqual({});
    expect(failing({ steps: steps.slice(0, 1) })).toEqual({});
  });
});

describe("rows around one", () => {
  it("are as many as may be, hold it, and end where the list does", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5000 }),
        fc.nat(4999),
        fc.integer({ min: 1, max: 3000 }),
        (n, at, most) => {
          const row = at % n;
          const { from, to } = around(row, n, most);
          expect(to - from).toBe(Math.min(n, most));
          expect(from).toBeGreaterThanOrEqual(0);
          expect(to).toBeLessThanOrEqual(n);
          expect(from <= row && row < to).toBe(true);
        },
      ),
    );
    expect(around(-1, 50, 20)).toEqual({ from: 0, to: 20 });
  });
});

describe("JSON in colours", () => {
  it("joined, the parts are the text, also of one that ends anywhere", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.nat(200), (value, end) => {
        const text = JSON.stringify(value, null, 2).slice(0, end);
        expect(
          jsonTokens(text)
            .map((token) => token.text)
            .join(""),
        ).toBe(text);
      }),
    );
  });

  it("tells names from values", () => {
    const tokens = jsonTokens('{\n  "a: \\"b\\"": "c: d",\n  "e": [-1.5e+3, true, null]\n}');
    expect(tokens.filter(({ kind }) => kind !== "mark").map(({ kind, text }) => `${kind} ${text}`)).toEqual([
      'key "a: \\"b\\""',
      'string "c: d"',
      'key "e"',
      "word -1.5e+3",
      "word true",
      "word null",
    ]);
  });
});

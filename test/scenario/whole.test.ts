import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { planScenarios } from "../../src/app/scenarios.ts";
import { valuesOf } from "../../src/scenario/examples.ts";
import { stepKinds } from "../../src/scenario/steps/table.ts";
import { WrongFiles } from "../../src/scenario/wrong-files.ts";
import { folderOf, run, scenario, told } from "./support.ts";

const lines = (text: string): string[] => text.split("\n");
const plan = (text: string, files: Record<string, string> = {}) =>
  planScenarios({ paths: ["s.yaml"], cwd: folderOf({ "s.yaml": text, ...files }) });

describe("all that is wrong is told in one round, each mistake once", () => {
  it("of form and of meaning, in the head and in the steps", () => {
    const text = [
      "name: [A]",
      "station: { time: yesterday, evss: 2 }",
      "central: { heartbeat: 5 }",
      "steps:",
      "  - wait: 5",
      "  - wait: { long: 1 }",
      "  - expect: { message: Authorise, with: 5 }",
      "  - meter: { ad: 5 kWh, evse: 7 }",
      "  - repeat: { steps: [wait: 6] }",
      "",
    ].join("\n");
    expect(lines(told(text)).map((line) => line.replace(/ \(.*/, ""))).toEqual([
      's.yaml:1:1: "name" is ["A"]; it must be a text or a number or true or false',
      's.yaml:2:12: "yesterday" is no moment',
      's.yaml:2:29: unknown key "evss" in "station"',
      "s.yaml:3:12: 5 has no unit",
      "s.yaml:5:5: 5 has no unit",
      's.yaml:6:5: "wait" is {"long":1}; it must be a text or a number',
      's.yaml:7:15: "Authorise" is no message of OCPP',
      's.yaml:7:35: "expect › with" is 5; it must be a map',
      's.yaml:8:14: unknown key "ad" in "meter"',
      "s.yaml:8:25: there is no EVSE 7",
      's.yaml:9:5: "repeat" needs the key "times"',
      "s.yaml:9:23: 6 has no unit",
    ]);
  });

  it.each([
    "- power: off",
    "- csms: { answer: Authorize, error: Kaboom }",
    "- expect: { fact: linkk }",
    "- expect: { message: Authorize, with: 5 }",
    "- meter: { evse: 1 }",
    "- tapp: 04A2241BC85E80",
    "- tap: 04A2241BC85E80\n  plugg: 1",
    "- plug: [1]",
    "- expect: { sgnal: read }",
    "- for-each: { as: x, in: none.csv, steps: [tap: $y] }",
    "- include: none.yaml\n- tap: $y",
    "- expect: { signal: read, captur: { y: uid } }\n- wait: $y",
  ])("%s", (steps) => {
    expect(lines(told(scenario(steps)))).toHaveLength(steps.includes("$y] }") ? 2 : 1);
  });

  it.each([
    ["- network: { latency: 5, jitter: 6, loss: 200 %, direction: $seed }", 3],
    ["- csms: { answer: Authorise, delay: 5, once: often }", 3],
    [
      "- csms: { send: Reset, payload: { typ: x }, expect: { state: <some> }, capture: { x: y } }\n  ocpp: 1.6",
      4,
    ],
    ["- tap: [1, 2, 04A2241BC85E80]", 2],
    ["- expect: [{ signal: red, within: 5 }, { verdict: no, by: me, because: why, count: few }]", 6],
    ["- expect: { message: $seed, within: 5, with: { x: <some> } }", 2],
    ["- ev: { soc: $seed, battery: 5, ac: 6 }", 2],
  ])("several mistakes in one step: %s", (steps, count) => {
    expect(lines(told(scenario(steps)))).toHaveLength(count);
  });

  it("a table that cannot be used does not make its columns unknown", () => {
    const table = { "t.csv": "uid,uid\n1,2\n" };
    expect(told(scenario("- tap: $uid", "data: t.csv\n"), table)).toMatch(
      /^s\.yaml:2:1: t\.csv cannot be used[^\n]*$/,
    );
  });

  it("twenty of a file, and how many there are", () => {
    const all = lines(told(scenario(Array.from({ length: 23 }, () => "- wait: 5").join("\n"))));
    expect(all).toHaveLength(21);
    expect(all.at(-1)).toBe("and 3 more, 23 in all");
  });

  it("what is wrong in an included file stands there, however often it is included", () => {
    const text = scenario("- include: _w.yaml\n- include: _w.yaml\n- wait: 6");
    expect(lines(told(text, { "_w.yaml": "- wait: 5\n- plugg:\n" }))).toEqual([
      "s.yaml:5:5: 6 has no unit (Write it with ms, s, min, h, d: 5 s.)",
      "_w.yaml:1:3: 5 has no unit (Write it with ms, s, min, h, d: 5 s.)",
      '_w.yaml:2:3: "plugg" is not a step (Did you mean "plug"?)',
    ]);
  });

  it("an included file that is no YAML is told once", () => {
    expect(lines(told(scenario("- include: _w.yaml"), { "_w.yaml": "- wait: [\n" }))[0]).toMatch(
      /^_w\.yaml:\d+:\d+: not valid YAML/,
    );
  });
});

describe("a hint says only what was probably meant", () => {
  it.each([
    [
      "a version that there is not",
      scenario("- expect: { message: { 1.7: Authorize } }"),
      's.yaml:3:26: "1.7" is no OCPP version | There are 1.6, 2.0.1.',
    ],
    [
      "a version that there is not, beside one that there is",
      scenario("- wait: 1 s", "vars: { x: { 1.6: a, 2.0: b, 2.0.1: c } }\n"),
      's.yaml:2:22: "2.0" is no OCPP version | There are 1.6, 2.0.1.',
    ],
    [
      "a number",
      scenario("- plug:", "station: { security-profile: 9 }\n"),
      '"9" is no security profile | There are 0 to 3.',
    ],
    [
      "a short name",
      scenario("- tap: $row", "vars: { card: x }\n"),
      'There is no variable "$row" | There are $station, ',
    ],
    [
      "a password that is not there",
      scenario("- plug:", "station: { security-profile: 2 }\n"),
      "s.yaml:2:12: security profile 2 needs a password | Write password: … beside it.",
    ],
  ])("%s", (_, text, message) => {
    expect(told(text)).toContain(message);
  });

  it("a password of the command's counts too", () => {
    const cwd = folderOf({ "s.yaml": scenario("- plug:", "station: { security-profile: 1 }\n") });
    expect(planScenarios({ paths: ["s.yaml"], cwd, password: "x" })).toHaveLength(2);
  });
});

describe("where a text is wanted it is taken as it is written", () => {
  it("names, tags and reasons", () => {
    const text =
      "name: 1.50\nshows: 0x10\nspec: true\ntags: [2.0, 007, no]\nskip: 12\nocpp: 1.6\nsteps: [unplug: ]\n";
    const [first] = plan(text);
    expect(first?.info).toMatchObject({
      name: "1.50",
      shows: "0x10",
      spec: "true",
      tags: ["2.0", "007", "no"],
    });
    expect(first?.skip).toBe("12");
  });

  it("what is known before it begins", () => {
    const [first] = plan(
      scenario(
        "- plug:",
        [
          "station: { id: 1.0, password: 0123, list: [0012345678, { id: 1E10, group: 2.50 }], settings: { CpoName: 1.10 } }",
          "central: { cards: [04112233, 1234E567, { id: 12345678, visibleId: 1.0 }], roaming: [{ id: 07, contract: 1.0 }] }",
          "",
        ].join("\n"),
      ),
    );
    expect(first?.setup()).toMatchObject({
      station: {
        id: "1.0",
        password: "0123",
        list: [{ id: "0012345678" }, { id: "1E10", group: "2.50" }],
        settings: { CpoName: "1.10" },
      },
      central: {
        cards: [{ id: "04112233" }, { id: "1234E567" }, { id: "12345678", visibleId: "1.0" }],
        roaming: [{ id: "07", contract: "1.0" }],
      },
    });
  });

  const UIDS = ["04112233", "12345678", "1234E567", "1e345678", "00000000", "12345678901234"];

  it("UIDs that YAML reads as numbers, wherever they stand", async () => {
    const each = UIDS.flatMap((uid) => [
      `- tap: ${uid}`,
      "- expect: { verdict: accepted }",
      `- tap: { card: ${uid} }`,
      "- wait: 5 s",
    ]);
    const text = scenario(
      [
        ...each,
        `- for-each: { as: card, in: [${UIDS.join(", ")}], steps: [tap: $card, wait: 5 s] }`,
        `- tap: [${UIDS.join(", ")}]`,
        "- wait: 5 s",
        "- tap: $a",
        "- wait: 5 s",
        "- tap: $b",
      ].join("\n"),
      `central: { cards: [${UIDS.join(", ")}] }\nvars: { a: 1234E567 }\ndata: [{ b: 04112233 }, { b: 12345678 }]\n`,
    );
    const { results, facts } = await run(text);
    expect(results.map(({ outcome }) => outcome)).toEqual(["passed", "passed"]);
    const seen = facts.flatMap((f) => (f.kind === "card" && f.event === "presented" ? [f.uid] : []));
    expect(new Set(seen)).toEqual(new Set(UIDS.map((uid) => uid.toUpperCase())));
    const asked = facts.flatMap((f) => (f.kind === "access" ? [f.status] : []));
    expect(new Set(asked)).toEqual(new Set(["Accepted"]));
  });

  it("one that is written as another notation is told as it is written", () => {
    expect(told(scenario("- tap: 0x04A2"))).toContain('s.yaml:3:5: "0x04A2" is not a UID');
  });
});

describe("whatever is written", () => {
  const steps = Object.entries(stepKinds).flatMap(([name, kind]) =>
    valuesOf(name, kind).map((value) => ({ [name]: value })),
  );
  const odd = [
    null,
    5,
    -1,
    true,
    "x",
    "$station",
    "$none",
    [],
    {},
    [[1]],
    { a: { b: 1 } },
    { 1.6: "a" },
    { 9.9: 1 },
    "",
  ];

  /** Every place in a value but the value itself. */
  const placesIn = (value: unknown): string[][] =>
    typeof value !== "object" || value === null
      ? []
      : Object.entries(value).flatMap(([key, item]) => [
          [key],
          ...placesIn(item).map((path) => [key, ...path]),
        ]);

  const withAt = (value: unknown, [key, ...rest]: readonly string[], item: unknown): unknown => {
    if (key === undefined) return item;
    const inner = withAt((value as Record<string, unknown>)[key], rest, item);
    return Array.isArray(value) ? value.with(Number(key), inner) : { ...(value as object), [key]: inner };
  };

  it("what is wrong with a step is told as a problem of the file, in words", () => {
    const cwd = folderOf({});
    const changed = fc.record({
      step: fc.constantFrom(...steps),
      place: fc.nat(),
      item: fc.constantFrom(...odd),
      head: fc.constantFrom(
        {},
        ...odd.map((item) => ({ ocpp: item })),
        ...odd.map((item) => ({ data: item })),
      ),
    });
    fc.assert(
      fc.property(changed, ({ step, place, item, head }) => {
        const places = placesIn(step);
        const wrong = withAt(step, places[place % places.length] ?? [], item);
        writeFileSync(join(cwd, "s.yaml"), stringify({ name: "A", ...head, steps: [wrong] }));
        try {
          planScenarios({ paths: ["s.yaml"], cwd });
        } catch (e) {
          expect(e).toBeInstanceOf(WrongFiles);
          expect((e as Error).message).not.toMatch(/\[object|undefined|NaN/);
        }
      }),
      { numRuns: 400 },
    );
  });

  it("what YAML may read as a number stays the text that it is", () => {
    const cwd = folderOf({});
    const written = fc.stringMatching(/^[0-9]{1,12}([.eExo][0-9]{1,4})?$/);
    fc.assert(
      fc.property(written, (text) => {
        const file = `name: ${text}\nocpp: 1.6\ncentral: { cards: [${text}] }\nsteps: [unplug: ]\n`;
        writeFileSync(join(cwd, "s.yaml"), file);
        const [first] = planScenarios({ paths: ["s.yaml"], cwd });
        expect(first?.info.name).toBe(text);
        expect(first?.setup().central.cards).toEqual([{ id: text }]);
      }),
      { numRuns: 100 },
    );
  });
});

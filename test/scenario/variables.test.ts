import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { planScenarios } from "../../src/app/scenarios.ts";
import { candidatesOf, originOf, rowsOf, verbatim } from "../../src/scenario/literals.ts";
import { fill } from "../../src/scenario/template.ts";
import { folderOf, run, scenario, told } from "./support.ts";

const CARDS = { "cards.csv": "uid,pause\n04A2241BC85E80,5 s\n04B3352CD96F9,7\n" };
const plan = (text: string, files: Record<string, string> = {}) =>
  planScenarios({ paths: ["s.yaml"], cwd: folderOf({ "s.yaml": text, ...files }) });

const wrong: readonly (readonly [
  what: string,
  text: string,
  message: string,
  files?: Record<string, string>,
])[] = [
  [
    "a variable",
    scenario("- wait: $pause", "vars: { pause: 5 }\n"),
    "s.yaml:4:5: 5 has no unit ($pause, s.yaml:2:9) | Write it with",
  ],
  [
    "a variable that is used in several places",
    scenario("- tap: $card\n- plug:\n- tap: { card: $card }", "vars: { card: 04A2241BC85E8 }\n"),
    's.yaml:4:5: "04A2241BC85E8" is not a UID ($card, s.yaml:2:9); also at line 6 | Write the UID',
  ],
  [
    "a part of a text",
    scenario("- wait: $n s", "vars: { n: some }\n"),
    's.yaml:4:5: "some s" is no duration ($n, s.yaml:2:9)',
  ],
  [
    "a whole step",
    scenario("- csms: $deed", "vars: { deed: { sned: Reset } }\n"),
    'send, text, disconnect, mode, card, remove-card, block, unblock, roaming, approve ($deed, s.yaml:2:17) | Did you mean "send"?',
  ],
  [
    "members of a variable that is a map",
    scenario("- expect: { fact: card, with: $w, absent: 1 s }", "vars: { w: { evnt: x } }\n"),
    '"evnt" is no member of the fact card ($w, s.yaml:2:14) | Did you mean "event"?',
  ],
  [
    "a name with the dollar sign",
    scenario("- tap: $card", "vars: { $card: 04A2241BC85E80 }\n"),
    's.yaml:2:9: "$card" is no name of a variable | Write it without $: card.',
  ],
  [
    "a column with the dollar sign",
    scenario("- tap: $uid", "data: t.csv\n"),
    's.yaml:2:1: "$uid" is no name of a variable | Write it without $: uid.',
    { "t.csv": "$uid\n04A2241BC85E80\n" },
  ],
  [
    "a member that a variable does not have",
    scenario("- tap: $card.udi", "vars: { card: { uid: 04A2241BC85E80 } }\n"),
    's.yaml:4:5: $card has no member "udi" ($card, s.yaml:2:9) | Did you mean "$card.uid"?',
  ],
  [
    "a kind of value that a message does not have",
    scenario(
      "- expect: { message: Authorize, with: { idTag: $card } }\n  ocpp: 1.6",
      "vars: { card: [12345678] }\n",
    ),
    's.yaml:4:43: "idTag" in the request Authorize of OCPP 1.6 is a text, not a list ($card, s.yaml:2:9) | Write a text.',
  ],
  [
    "a value for one version",
    scenario("- wait: $pause", "vars: { pause: { 1.6: 5 s, 2.0.1: 5 } }\n"),
    "s.yaml:4:5: 5 has no unit ($pause, s.yaml:2:28)",
  ],
  [
    "a row",
    scenario("- wait: $pause", "data: [{ pause: 5 s }, { pause: 5 }]\n"),
    "s.yaml:4:5: 5 has no unit ($pause, s.yaml:2:26)",
  ],
  [
    "a line of a table",
    scenario("- tap: $uid", "data: cards.csv\n"),
    's.yaml:4:5: "04B3352CD96F9" is not a UID ($uid, cards.csv:3)',
    CARDS,
  ],
  [
    "a column that a table does not have",
    scenario("- tap: $uidd", "data: cards.csv\n"),
    's.yaml:4:5: There is no variable "$uidd" | Did you mean "$uid"? cards.csv has the columns uid, pause.',
    { "cards.csv": "uid,pause\n04A2241BC85E80,5 s\n" },
  ],
  [
    "a column that a table of items does not have",
    scenario("- for-each: { as: row, in: cards.csv, steps: [tap: $row.uidd] }"),
    's.yaml:3:49: $row has no member "uidd" ($row, cards.csv) | Did you mean "$row.uid"? cards.csv has the columns uid, pause.',
    CARDS,
  ],
  [
    "an item of a list, and of a list that is a variable",
    scenario("- for-each: { as: p, in: $all, steps: [wait: $p] }", "vars: { all: [5 s, 5] }\n"),
    "s.yaml:4:42: 5 has no unit ($p, $all, s.yaml:2:20)",
  ],
  [
    "a variable of what is included",
    scenario("- include: { file: _w.yaml, vars: { w: $pause } }", "vars: { pause: 5 }\n"),
    "_w.yaml:1:3: 5 has no unit ($w, s.yaml:4:39; $pause, s.yaml:2:9)",
    { "_w.yaml": "- wait: $w\n" },
  ],
  [
    "a variable that nothing defines, in what is included",
    scenario("- include: _w.yaml"),
    '_w.yaml:1:3: There is no variable "$w"',
    { "_w.yaml": "- wait: $w\n" },
  ],
  [
    "an item outside its steps",
    scenario("- for-each: { as: card, in: [04A2241BC85E80], steps: [tap: $card] }\n- tap: $card"),
    's.yaml:4:5: There is no variable "$card"',
  ],
];

describe("what a variable makes of a step is told when a scenario is read, with both places", () => {
  const cases = wrong.map(([what, text, message, files]) => ({ what, text, message, files }));
  it.each(cases)("$what", ({ text, message, files }) => {
    expect(told(text, files)).toContain(message);
  });

  it("every row and every use at once", () => {
    const rows = scenario("- wait: $a\n- tap: $b", "data: [{ a: 1, b: x }, { a: 2, b: y }]\n");
    expect(told(rows).match(/has no unit|is not a UID/g)).toHaveLength(4);
  });

  it("a row that lacks what others have", () => {
    expect(told(scenario("- wait: $a", "data: [{ a: 1 s }, { b: 2 s }]\n"))).toContain(
      "s.yaml:2:20: row 2 does not say what $a is | Write it in this row too, or in vars",
    );
    expect(plan(scenario("- wait: $a", "vars: { a: 1 s }\ndata: [{ a: 1 s }, { b: 2 s }]\n"))).toHaveLength(
      4,
    );
  });

  it("what a step captures is known when it runs only", async () => {
    const text = scenario(
      [
        "- tap: 04A2241BC85E80",
        "- expect: { fact: card, capture: { uid: uid, pause: event } }",
        "- tap: $uid",
        "- wait: $pause",
      ].join("\n"),
      "vars: { pause: 5, uid: none }\n",
    );
    expect(plan(text)).toHaveLength(2);
    const { failures } = await run(text);
    expect(failures.map(({ message, at }) => [message, at.line])).toEqual([
      ['"presented" is no duration', 7],
    ]);
  });

  it("what is right is read: nested variables, dollar signs, variables of other steps", () => {
    const text = scenario(
      [
        '- for-each: { as: one, in: [$card, "a $card"], steps: [csms: { text: $one }] }',
        "- for-each: { as: card, in: [$card], steps: [tap: $card] }",
        "- include: { file: _tap.yaml, vars: { card: $card } }",
        "- csms: { text: costs $$5 }",
        "- expect: { message: DataTransfer, with: { data: $price } }\n  ocpp: 1.6",
      ].join("\n"),
      "vars: { card: 04A2241BC85E80, price: $5 and $more }\n",
    );
    expect(plan(text, { "_tap.yaml": "- tap: $card\n" })).toHaveLength(2);
  });

  it("ten thousand lines of a table take no time that is felt", () => {
    const lines = Array.from({ length: 9_999 }, (_, i) => `04A224${(0x1b000000 + i).toString(16)}`);
    const table = { "cards.csv": `uid\n${lines.join("\n")}\n12\n` };
    const [place, ...others] = told(scenario("- tap: $uid", "data: cards.csv\nocpp: 1.6\n"), table).split(
      "\n",
    );
    expect(place).toContain("A UID of 1 byte");
    expect(place).toContain("($uid, cards.csv:10001)");
    expect(others).toEqual([]);
  });
});

describe("variables within variables", () => {
  const literal = (value: unknown, at: string) => ({ value, at: () => at });

  it("a value becomes each different thing once", () => {
    const around = [
      rowsOf([{ a: literal(1, "1") }, { a: literal(2, "2") }, { a: literal(1, "3") }]),
      rowsOf([{ b: literal("$a", "4") }, { b: literal("x", "5") }]),
    ];
    const values = (value: unknown) => candidatesOf(value, around).map((one) => one.value);
    expect(values("$a")).toEqual([1, 2]);
    expect(values(["$b", "$other", "$$"])).toEqual([
      [1, "$other", "$$"],
      [2, "$other", "$$"],
      ["x", "$other", "$$"],
    ]);
    expect(values("plain $$")).toEqual(["plain $"]);
  });

  it("a value becomes what it is when it runs", () => {
    const text = fc.constantFrom("$a", "$b", "a $a and $b", "$$a", "$a.x", "plain", "$c");
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        text,
        fc.integer(),
        fc.array(tie("tree"), { maxLength: 3 }),
        fc.dictionary(fc.string(), tie("tree")),
      ),
    }));
    const vars = { a: { x: "costs $$5, or $b" }, b: 7, c: "$a" };
    const row = Object.fromEntries(
      Object.entries(vars).map(([name, value]) => [name, literal(verbatim(value), name)]),
    );
    fc.assert(
      fc.property(tree, (value) => {
        expect(candidatesOf(value, [rowsOf([row])]).map((one) => one.value)).toEqual([fill(value, vars)]);
      }),
    );
  });

  it("the first of those that make the same is named, and what it was given", () => {
    const around = [rowsOf([{ a: literal(1, "here") }]), rowsOf([{ b: literal("$a", "there") }])];
    const [one] = candidatesOf({ x: ["$b"] }, around);
    expect(originOf({ x: ["$b"] }, ["x", "0"], one?.from ?? [])).toBe("$b, there; $a, here");
    expect(originOf({ x: ["$b"], y: 1 }, ["y"], one?.from ?? [])).toBeUndefined();
  });
});

it("a map that is given on to what is included has its members there, and a wrong one is told when it runs", async () => {
  const given = (member: string) => ({ "_t.yaml": `- transfer: { vendor: $r.${member} }\n` });
  const text = scenario(
    "- for-each: { as: row, in: [{ vendor: com.example }], steps: [{ include: { file: _t.yaml, vars: { r: $row } } }] }\n- expect: { message: DataTransfer, with: { vendorId: com.example } }",
  );
  expect((await run(text, { files: given("vendor") })).failures).toEqual([]);
  const [failure] = (await run(text, { files: given("vendr") })).failures;
  expect(failure?.message).toBe('$r has no member "vendr"');
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { planScenarios } from "../../src/app/scenarios.ts";
import type { PayloadSchema } from "../../src/scenario/payload-schema.ts";
import { suited } from "../../src/scenario/suited.ts";
import { fill } from "../../src/scenario/template.ts";
import { turned } from "../../src/scenario/turned.ts";
import { folderOf, run, scenario, told } from "./support.ts";

const plan = (text: string, files: Record<string, string> = {}) =>
  planScenarios({ paths: ["s.yaml"], cwd: folderOf({ "s.yaml": text, ...files }) });

describe("a value takes the kind that is wanted, and loses nothing", () => {
  it.each([
    ["12", "integer", 12],
    ["-3", "integer", -3],
    ["0", "number", 0],
    ["1.50", "number", 1.5],
    ["1.0", "integer", 1],
    ["1e+5", "integer", 100_000],
    ["true", "boolean", true],
    ["false", "boolean", false],
    [12, "string", "12"],
    [true, "string", "true"],
  ] as const)("%s as %s", (value, type, now) => {
    expect(turned(value, type)).toBe(now);
  });

  it.each([
    ["1.50", "string"],
    ["007", "integer"],
    ["1.5", "integer"],
    ["+5", "number"],
    [".5", "number"],
    ["12 A", "number"],
    ["", "number"],
    ["Infinity", "number"],
    ["1e-400", "number"],
    ["12345678901234567890", "integer"],
    ["0.12345678901234567891", "number"],
    ["True", "boolean"],
    ["1", "boolean"],
    ["12", "array"],
    ["12", undefined],
    [1.5, "integer"],
    [[12], "string"],
    [null, "string"],
    [undefined, "string"],
  ] as const)("%s stays, where %s is wanted", (value, type) => {
    expect(turned(value, type)).toBe(value);
  });

  it("there and back is the same", () => {
    fc.assert(
      fc.property(fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true })), (n) => {
        // JSON and people know one zero.
        expect(turned(turned(n, "string"), "number")).toBe(n === 0 ? 0 : n);
      }),
    );
    fc.assert(
      fc.property(fc.boolean(), (is) => {
        expect(turned(turned(is, "string"), "boolean")).toBe(is);
      }),
    );
    const text = fc.oneof(fc.string(), fc.integer().map(String), fc.constantFrom("true", "false", "1e21"));
    fc.assert(
      fc.property(text, fc.constantFrom("number", "integer", "boolean"), (said, type) => {
        const now = turned(said, type);
        if (typeof now !== "string") expect(turned(turned(now, "string"), type)).toBe(now);
      }),
    );
  });

  it("a text of digits becomes the number with these digits, or stays", () => {
    const digits = fc.stringMatching(/^(0|[1-9]\d{0,24})(\.\d{1,24})?$/);
    fc.assert(
      fc.property(digits, (said) => {
        const now = turned(said, "number");
        if (typeof now === "string") expect(said.replace(/\D/g, "").length).toBeGreaterThan(15);
        else if (!String(now).includes("e"))
          expect(String(now)).toBe(said.includes(".") ? said.replace(/\.?0+$/, "") : said);
      }),
    );
  });

  it("what is of the kind that is wanted is never touched", () => {
    fc.assert(
      fc.property(fc.string(), (said) => {
        expect(turned(said, "string")).toBe(said);
      }),
    );
    fc.assert(
      fc.property(fc.double(), fc.constantFrom("number", "integer"), (n, type) => {
        expect(turned(n, type)).toBe(n);
      }),
    );
  });
});

describe("only what variables alone stood for is turned", () => {
  const root: PayloadSchema = {
    type: "object",
    properties: {
      n: { type: "integer" },
      text: { type: "string" },
      is: { type: "boolean" },
      list: { type: "array", items: { $ref: "#/definitions/item" } },
      any: {},
      "x-own": { type: "integer" },
    },
    definitions: { item: { type: "object", properties: { n: { type: "number" } } } },
  };
  const vars = { n: "12", t: 7, is: "true", list: [{ n: "1.5" }], all: { n: "1", text: 2 }, range: "1..2" };
  const suit = (written: unknown, isMatcher = false, path: readonly string[] = []) =>
    suited(fill(written, vars), written, [
      { path, schema: root, isMatcher, isOpen: (member) => member.startsWith("x-") },
    ]);

  it("members, lists, and all that a variable is", () => {
    expect(suit({ n: "$n", text: "$t", is: "$is", list: "$list" })).toEqual({
      n: 12,
      text: "7",
      is: true,
      list: [{ n: 1.5 }],
    });
    expect(suit("$all")).toEqual({ n: 1, text: "2" });
    expect(suit({ list: [{ n: "$n" }], n: "$all.n" })).toEqual({ list: [{ n: 12 }], n: 1 });
    expect(suit({ with: "$all" }, false, ["with"])).toEqual({ with: { n: 1, text: "2" } });
  });

  it("not what is written in place, is part of a text, or may be of any kind", () => {
    const same = { n: "12", text: 7, list: [{ n: "1.5" }], any: "12", "x-own": "12", other: "12" };
    expect(suit(same)).toEqual(same);
    expect(suit({ n: "$t$t", any: "$n", "x-own": "$n", other: "$n" })).toEqual({
      n: "77",
      any: "12",
      "x-own": "12",
      other: "12",
    });
  });

  it("within matchers, but for patterns", () => {
    expect(
      suit(
        { n: { oneOf: ["$n", "13"] }, text: { not: { equals: "$t" } }, list: { contains: { n: "$n" } } },
        true,
      ),
    ).toEqual({ n: { oneOf: [12, "13"] }, text: { not: { equals: "7" } }, list: { contains: { n: 12 } } });
    expect(suit({ n: "$range", list: { 0: { n: "$n" } } }, true)).toEqual({
      n: "1..2",
      list: { 0: { n: 12 } },
    });
  });

  it("a value without variables is never touched", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.boolean(), (value, isMatcher) => {
        expect(suited(value, value, [{ path: [], schema: root, isMatcher, isOpen: () => false }])).toEqual(
          value,
        );
      }),
    );
  });
});

describe("variables in messages", () => {
  it("a column of a table is a number in a command, and in what is expected", async () => {
    const { failures, facts } = await run(
      scenario(
        [
          "- csms: { send: ChangeAvailability, payload: { connectorId: $connector, type: Inoperative }, expect: { status: $status } }",
          "- csms: { send: ChangeAvailability, payload: { connectorId: $connector, type: Operative } }",
          "- plug:",
          "- tap: 04A2241BC85E80",
          "- expect: { message: StartTransaction, with: { meterStart: $start, connectorId: { oneOf: [$connector, 2] } } }",
          "- expect: { transaction: started, with: { evseId: $connector } }",
        ].join("\n"),
        "data: t.csv\n",
      ),
      { files: { "t.csv": "connector,start,status\n1,0,Accepted\n" } },
    );
    expect(failures).toEqual([]);
    const sent = facts.find((f) => f.kind === "frame" && f.action === "ChangeAvailability");
    expect(sent).toMatchObject({ payload: { connectorId: 1 } });
  });

  it("what was captured is a text where one is wanted, and a number where that is", async () => {
    const { failures, facts } = await run(
      scenario(
        [
          "- plug:",
          "- tap: 04A2241BC85E80",
          "- expect: { answer: StartTransaction, capture: { tx: transactionId } }",
          "- csms: { send: ChangeConfiguration, payload: { key: HeartbeatInterval, value: $interval }, expect: { status: Accepted } }",
          "- csms: { send: GetConfiguration, payload: { key: [HeartbeatInterval] }, expect: { configurationKey: [{ value: $interval }] }, capture: { text: configurationKey.0.value } }",
          "- csms: { answer: Heartbeat, with: { currentTime: $tx }, once: true }",
          "- csms: { send: TriggerMessage, payload: { requestedMessage: Heartbeat } }",
          "- expect: { answer: Heartbeat, with: { currentTime: $tx } }",
          "- csms: { send: ReserveNow, payload: { connectorId: 1, expiryDate: $now, idTag: $tx, reservationId: $text } }",
          "- csms: { send: RemoteStopTransaction, payload: { transactionId: $tx }, expect: { status: Accepted } }",
          "- expect: { message: StopTransaction, with: { transactionId: $tx } }",
        ].join("\n"),
        "vars: { interval: 600 }\n",
      ),
    );
    expect(failures).toEqual([]);
    const payload = (action: string, messageType: string) =>
      facts.flatMap((f) =>
        f.kind === "frame" && f.action === action && f.messageType === messageType ? [f.payload] : [],
      );
    expect(payload("ChangeConfiguration", "CALL")).toMatchObject([{ value: "600" }]);
    expect(payload("Heartbeat", "CALLRESULT")).toContainEqual({
      currentTime: expect.stringMatching(/^\d+$/),
    });
    expect(payload("ReserveNow", "CALL")).toMatchObject([
      { idTag: expect.stringMatching(/^\d+$/), reservationId: 600 },
    ]);
  });

  it("items of tables and what is given to an included file, in every form of a variable", () => {
    const text = scenario(
      [
        "- for-each: { as: row, in: t.csv, steps: [csms: { send: UnlockConnector, payload: { connectorId: $row.connector } }] }",
        "- for-each: { as: row, in: u.csv, steps: [csms: { send: UnlockConnector, payload: $row }] }",
        "- for-each: { as: deed, in: [{ send: UnlockConnector, payload: { connectorId: '1' } }], steps: [csms: $deed] }",
        "- include: { file: _set.yaml, vars: { value: 12, connector: '1' } }",
      ].join("\n"),
      "ocpp: 1.6\n",
    );
    const files = {
      "t.csv": "connector\n1\n",
      "u.csv": "connectorId\n1\n",
      "_set.yaml":
        "- csms: { send: ChangeConfiguration, payload: { key: a, value: $value } }\n- csms: { send: UnlockConnector, payload: { connectorId: $connector } }\n",
    };
    expect(plan(text, files)).toHaveLength(1);
  });

  it("what is written in place is of its kind, and what a variable cannot be is told with both places", () => {
    expect(
      told(scenario('- csms: { send: UnlockConnector, payload: { connectorId: "1" } }', "ocpp: 1.6\n")),
    ).toContain("is a whole number, not a text | Write the number without quotes.");
    const cells = told(
      scenario("- csms: { send: UnlockConnector, payload: { connectorId: $c } }", "data: t.csv\nocpp: 1.6\n"),
      { "t.csv": "c\n1\n007\n2\n1.5\n" },
    );
    expect(cells).toContain(
      '"connectorId" in the request UnlockConnector of OCPP 1.6 is a whole number, not a text ($c, t.csv:3) (Write a whole number, 12: "007" is none.)',
    );
    expect(cells).toContain('($c, t.csv:5) (Write a whole number, 12: "1.5" is none.)');
    expect(cells).not.toMatch(/t\.csv:[24]/);
  });

  it("half a number is no whole one", () => {
    const steps =
      "- csms: { send: UnlockConnector, payload: { connectorId: $n } }\n- expect: { message: StartTransaction, with: { connectorId: 1.5 } }";
    const halves = told(scenario(steps, "ocpp: 1.6\nvars: { n: 7.5 }\n"));
    expect(halves).toContain(
      '"connectorId" in the request UnlockConnector of OCPP 1.6 is a whole number, not 7.5 ($n,',
    );
    expect(halves).toContain(
      '"connectorId" in the request StartTransaction of OCPP 1.6 is a whole number, not 1.5',
    );
  });

  it("what cannot be turned is told at its place when it runs, too", async () => {
    const { failures } = await run(
      scenario(
        "- tap: 04A2241BC85E80\n- expect: { fact: card, capture: { uid: uid } }\n- csms: { send: UnlockConnector, payload: { connectorId: $uid } }",
      ),
    );
    expect(failures).toMatchObject([
      {
        message: expect.stringContaining("is a whole number, not a text"),
        hint: 'Write a whole number, 12: "04A2241BC85E80" is none.',
        at: { line: 5 },
      },
    ]);
  });

  it("station and central system take them as steps do", async () => {
    const { failures, facts } = await run(
      [
        "name: Test",
        "data: t.csv",
        "vars: { version: 1.0 }",
        "station: { evses: $evses, list: [$card], settings: { HeartbeatInterval: 60 } }",
        "central: { files: { v2: $version, v3: $card }, cards: [{ id: $card, blocked: $blocked }] }",
        "steps:",
        "  - plug: $evses",
        "  - tap: $card",
        "  - expect: { verdict: rejected, because: Blocked }",
        "  - csms: { text: $evses }",
      ].join("\n"),
      { files: { "t.csv": "evses,card,blocked\n2,12345678,true\n" } },
    );
    expect(failures).toEqual([]);
    expect(facts).toContainEqual(expect.objectContaining({ kind: "connector", evseId: 2 }));
    const numbers = scenario("- csms: { text: $n }", "vars: { n: 7 }\ncentral: { files: { v2: $n } }\n");
    expect(plan(numbers)).toHaveLength(2);
  });

  it("what is sent as it is written stays as it is", async () => {
    const { failures, facts } = await run(
      scenario(
        [
          "- csms: { send: UnlockConnector, payload: { connectorId: $c }, raw: true, expect: { error: <any> } }",
          "- send: { message: Heartbeat, payload: { connectorId: $c } }",
        ].join("\n"),
        'vars: { c: "1" }\n',
      ),
    );
    expect(failures).toEqual([]);
    const sent = facts.flatMap((f) =>
      f.kind === "frame" &&
      ["UnlockConnector", "Heartbeat"].includes(f.action ?? "") &&
      f.messageType === "CALL"
        ? [f.payload]
        : [],
    );
    expect(sent).toContainEqual({ connectorId: "1" });
    expect(sent).not.toContainEqual({ connectorId: 1 });
  });

  it("a variable that is not written as a number would be stays as it is written for a text", async () => {
    const steps = [
      "- csms: { send: ChangeConfiguration, payload: { key: CpoName, value: $version } }",
      "- repeat: { times: $two, steps: [plug: $one, unplug: $one] }",
      "- for-each: { as: limit, in: [16.0], steps: [csms: { send: UnlockConnector, payload: { connectorId: $one } }, csms: { send: ChangeConfiguration, payload: { key: CpoName, value: $limit } }] }",
    ].join("\n");
    const { failures, facts } = await run(scenario(steps, "vars: { version: 1.10, one: 1.0, two: 2.0 }\n"));
    expect(failures).toEqual([]);
    expect(facts.flatMap((f) => (f.kind === "frame" && f.messageType === "CALL" ? [f.payload] : []))).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ value: "1.10" }),
        expect.objectContaining({ value: "16.0" }),
        expect.objectContaining({ connectorId: 1 }),
      ]),
    );
  });
});

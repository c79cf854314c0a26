import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { planScenarios } from "../../src/app/scenarios.ts";
import { setupSchemas } from "../../src/scenario/setup-schemas.ts";
import { isAppError } from "../../src/util/errors.ts";
import { folderOf, run, scenario, told } from "./support.ts";

const CARD = "04A2241BC85E80";
const outcomes = async (text: string, files: Record<string, string> = {}) => {
  const { results, failures } = await run(text, { files });
  return {
    outcomes: results.map(({ outcome }) => outcome),
    failures: failures.map(({ message }) => message),
  };
};
const passes = { outcomes: ["passed"], failures: [] };

describe("variables of station and central system are filled in before they are understood", () => {
  const table = {
    "row.csv": `uid,yes,no,cp,n,status\n${CARD},true,false,CP777,2,Blocked\n`,
  };
  it.each([
    [
      "a card is blocked",
      "central: { cards: [{ id: $uid, blocked: $yes }] }",
      "- tap: $uid\n- expect: { verdict: rejected, because: Blocked }",
    ],
    [
      "a card is not blocked",
      "central: { cards: [{ id: $uid, blocked: $no }] }",
      "- tap: $uid\n- expect: { verdict: accepted }",
    ],
    [
      "a card that a step puts there is blocked",
      "central: { cards: [] }",
      "- csms: { card: { id: $uid, blocked: $yes } }\n- tap: $uid\n- expect: { verdict: rejected, because: Blocked }",
    ],
    [
      "the station is not approved",
      "station: { begins: powered }\ncentral: { approved: $no }",
      "- expect: { fact: registration, with: { status: Pending }, since: start }",
    ],
    [
      "TLS is not spoken",
      "central: { tls: $no }",
      "- expect: { fact: link, with: { url: /^ws:/ }, since: start }",
    ],
    [
      "the station's id",
      "station: { id: $cp }",
      "- expect: { fact: registration, with: { station: CP777 }, since: start }\n- expect: { fact: link, with: { station: $station }, since: start }",
    ],
    ["its EVSEs", "station: { evses: $n }", "- plug: 2\n- expect: { status: Preparing, evse: 2 }"],
    [
      "what it knows of a token",
      "station: { list: [{ id: $uid, status: $status }], settings: { LocalPreAuthorize: $yes, LocalAuthListEnabled: $yes } }",
      "- network: down\n- tap: $uid\n- expect: { verdict: rejected, because: $status }",
    ],
  ])("%s", async (_, head, steps) => {
    expect(await outcomes(scenario(steps, `data: row.csv\n${head}\n`), table)).toEqual(passes);
  });

  it.each([
    [
      "neither true nor false",
      "central: { approved: $x }",
      's.yaml:4:12: "perhaps" is neither true nor false ($x, s.yaml:3:10) | Write true or false.',
    ],
    ["no number of EVSEs", "station: { evses: $x }", 's.yaml:4:12: "perhaps" is no number of EVSEs ($x'],
    [
      "no model",
      "station: { model: $x }",
      'There is no station model definition "perhaps" ($x, s.yaml:3:10)',
    ],
    [
      "no status",
      "station: { list: [{ id: 04112233, status: $x }] }",
      '"perhaps" is no status of a token ($x',
    ],
    ["no access mode", "central: { mode: $x }", '"perhaps" is no access mode ($x'],
    ["no moment", "station: { time: $x }", '"perhaps" is no moment ($x'],
    [
      "a card with a member that cards do not have",
      "central: { cards: [$card] }",
      'unknown key "blokced" in "central › cards › item 1" ($card, s.yaml:2:31) | Did you mean "blocked"?',
    ],
    ["a variable that is not there yet", "station: { id: $files }", 'There is no variable "$files"'],
    [
      "one that nothing defines",
      "central: { cards: [$crad] }",
      'There is no variable "$crad" | Did you mean "$card"?',
    ],
  ])("what is wrong then is told with both places: %s", (_, head, message) => {
    const vars = "vars: { card: { id: 04112233, blokced: true } }\ndata: [{ x: perhaps }]\n";
    expect(told(scenario("- plug:", `${vars}${head}\n`))).toContain(message);
  });
});

describe("what no station and no central system has is told when it is read", () => {
  const long = "0123456789".repeat(4);
  it.each([
    [
      "no EVSE",
      "station: { evses: 0 }",
      's.yaml:2:12: "0" is no number of EVSEs | Write a whole number from 1.',
    ],
    [
      "a blank that nobody sees",
      `station: { list: ["${CARD} "] }`,
      `s.yaml:2:19: "${CARD} " has a blank at its end | No card has it`,
    ],
    ["an empty token", 'station: { cache: [""] }', "it is empty | Write the token."],
    [
      "a token that is too long",
      `station: { list: ["${long.slice(0, 37)}"] }`,
      "a token of OCPP 2.0.1 has 36 at most",
    ],
    [
      "a token that is too long for one version",
      `ocpp: 1.6\nstation: { list: ["${long.slice(0, 21)}"] }`,
      "has 21 characters; a token of OCPP 1.6 has 20 at most",
    ],
    [
      "a token twice",
      `station: { list: [${CARD}, { id: ${CARD.toLowerCase()}, status: Blocked }] }`,
      `"${CARD.toLowerCase()}" stands here twice | Say in one item`,
    ],
    ["a card twice", "central: { cards: [04112233, 04112233] }", 's.yaml:2:30: "04112233" stands here twice'],
    [
      "a setting that follows from the station",
      "station: { settings: { NumberOfConnectors: 3 } }",
      "NumberOfConnectors follows from how many EVSEs the station has | Write station: { evses: … } instead.",
    ],
    [
      "a card's expiry that is no moment",
      "central: { cards: [{ id: 04112233, expiry: tomorrow }] }",
      's.yaml:2:36: "tomorrow" is no moment | Write it in ISO 8601',
    ],
    ["a token's", "station: { list: [{ id: 04112233, expiry: 5 }] }", "is no moment"],
  ])("%s", (_, head, message) => expect(told(scenario("- plug:", `${head}\n`))).toContain(message));

  it("the same in the card of a step", () => {
    expect(told(scenario("- csms: { card: { id: 04112233, expiry: tomorrow } }"))).toContain(
      's.yaml:3:35: "tomorrow" is no moment',
    );
  });

  it("a token as long as the version has it", async () => {
    const steps = "- plug:";
    expect(await outcomes(scenario(steps, `station: { list: ["${long.slice(0, 20)}"] }\n`))).toEqual(passes);
  });
});

describe("names and reasons", () => {
  it.each([
    ["an empty name", 'name: ""\nsteps: [plug: ]\n', "s.yaml:1:1: the name is empty"],
    ["one of blanks", 'name: "  "\nsteps: [plug: ]\n', "the name is empty"],
    ["a control character", 'name: "A\\0B"\nsteps: [plug: ]\n', "there is a control character in the name"],
    ["a reference that does not end", "name: costs ${x\nsteps: [plug: ]\n", "${ is not closed in the name"],
    [
      "a variable that is not there",
      "name: Row $uidd\ndata: [{ uid: 1 }]\nsteps: [plug: ]\n",
      's.yaml:1:1: There is no variable "$uidd" | Did you mean "$uid"?',
    ],
    ["no reason to fail", 'name: A\nexpect-failure: ""\nsteps: [plug: ]\n', "s.yaml:2:1: it gives no reason"],
    [
      "no reason to be skipped",
      'name: A\nskip: ""\nsteps: [plug: ]\n',
      "it gives no reason | Say in one sentence why.",
    ],
  ])("%s", (_, text, message) => expect(told(text)).toContain(message));
});

describe("whatever is written above the steps is read, or told as a problem of the file in words", () => {
  const odd = [
    null,
    5,
    -1,
    true,
    "x",
    "$station",
    "$none",
    "$x",
    [],
    {},
    [[1]],
    [null],
    [{}],
    { a: { b: 1 } },
    { 1.6: "a" },
    "",
  ];
  const parts = Object.entries(setupSchemas).flatMap(([part, { properties = {} }]) =>
    Object.keys(properties).map((key): [string, string] => [part, key]),
  );
  it.each([
    ...parts,
    ["station", ""],
    ["central", ""],
    ["vars", ""],
    ["name", ""],
    ["tags", ""],
    ["skip", ""],
  ])("%s %s", (part, key) => {
    const cwd = folderOf({});
    for (const item of odd) {
      const said = {
        name: "A",
        vars: { x: item },
        steps: [{ plug: 1 }],
        [part]: key === "" ? item : { [key]: item },
      };
      writeFileSync(join(cwd, "s.yaml"), stringify(said));
      try {
        for (const instance of planScenarios({ paths: ["s.yaml"], cwd })) instance.setup();
      } catch (e) {
        // What hangs on $station shows when it is set up.
        expect(isAppError(e, "definition.invalid"), JSON.stringify(said)).toBe(true);
        expect((e as Error).message).not.toMatch(/\[object|undefined|NaN/);
      }
    }
  });
});

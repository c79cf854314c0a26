import { describe, expect, it } from "vitest";
import { planScenarios } from "../../src/app/scenarios.ts";
import { stationVerbs } from "../../src/app/verbs.ts";
import { MEANT, SYNONYMS } from "../../src/scenario/advice.ts";
import { stepKinds } from "../../src/scenario/steps/table.ts";
import { isAppError } from "../../src/util/errors.ts";
import { folderOf, run, scenario } from "./support.ts";

/** All that is told of these steps: places, messages, hints. */
function told(steps: string, files: Record<string, string> = {}): string {
  const cwd = folderOf({ "s.yaml": scenario(steps), ...files });
  try {
    planScenarios({ paths: ["s.yaml"], cwd });
  } catch (e) {
    if (!isAppError(e, "definition.invalid")) throw e;
    return [e.message, e.hint].filter(Boolean).join(" | ");
  }
  return "nothing";
}

const forms = (name: string, form: string) =>
  `Write it like ${form}; "tapstation steps ${name}" shows all its forms.`;
const REPEAT = forms("repeat", "repeat: { times: 3, steps: [{ tap: 04A2241BC85E80 }] }");

describe("a step in a wrong form is told with the form, and once", () => {
  it.each([
    [
      "- for-each: { as: $row, in: [1 s], steps: [wait: $row] }",
      's.yaml:3:17: "$row" is no name | Write it without $: as: row.',
    ],
    [
      "- for-each: { as: a row, in: [1 s], steps: [plug: ] }",
      's.yaml:3:17: "a row" is no name | Use letters, digits and _: as: row.',
    ],
    ["- repeat: 5", `s.yaml:3:5: "repeat" is 5; it must be a map | ${REPEAT}`],
    [
      "- repeat: { steps: [plug: ] }",
      `s.yaml:3:5: "repeat" needs the key "times" | How often, from 1. ${REPEAT}`,
    ],
    [
      "- repeat:\n  times: 2\n  steps: [plug: ]",
      `s.yaml:4:5: "times" belongs within "repeat" | Indent it by two blanks more. ${REPEAT}`,
    ],
    [
      "- csms:\n  send: Reset\n  payload: { type: Soft }",
      `s.yaml:4:5: "send" belongs within "csms" | Indent it by two blanks more. ${forms("csms", "csms: { send: ClearCache }")}`,
    ],
    [
      "- send: Heartbeat",
      `s.yaml:3:5: "send" is "Heartbeat"; it must be a map | ${forms("send", "send: { message: Heartbeat }")}`,
    ],
    [
      "- network: true",
      `s.yaml:3:5: "network" is true; it must be a text or a map | ${forms("network", "network: down")}`,
    ],
    [
      "- power: off",
      's.yaml:3:5: "power" is "off", which is none of "cut", "restore" | Write it like power: cut; "tapstation steps power" shows all its forms.',
    ],
    [
      "- set: HeartbeatInterval",
      `s.yaml:3:5: "set" is "HeartbeatInterval"; it must be a map | ${forms("set", "set: { HeartbeatInterval: 60 }")}`,
    ],
    [
      "- repeat:\n    times: 2\n    steps:\n      tap: 04A2241BC85E80",
      's.yaml:5:7: "repeat › steps" is {"tap":"04A2241BC85E80"}; it must be a list | Begin each step with a hyphen: - tap: 04A2241BC85E80',
    ],
    ["- plug 1", 's.yaml:3:5: "plug 1" is no step | Put a colon behind its name: - plug: 1'],
    ["- plug", 's.yaml:3:5: "plug" is no step | Put a colon behind its name: - plug:'],
    ["- clear 1", 's.yaml:3:5: "clear 1" is no step | Write fault: { clear: true, evse: 1 }.'],
    [
      "- 5",
      /^s\.yaml:3:5: "steps › item 1" is 5; it must be a map \| A step is its name, a colon, and its value/,
    ],
    [
      "- parallel: [[plug: ], [{ repeat: { times: 1, steps: [{ tap: { uid: 04A2 } }] } }]]",
      /^s\.yaml:3:66: unknown key "uid" in "tap" \| Did you mean "card"\?$/,
    ],
    [
      "- parallel: [plug: , unplug: ]",
      /"parallel › item 1" is \{"plug":null\}; it must be a list \(Each item is a list of steps\. Write it like parallel: \[\[\{ plug: 1 \}\], /,
    ],
    [
      "- network:\n  half-open: true",
      `s.yaml:4:5: "half-open" belongs within "network" | Indent it by two blanks more. ${forms("network", "network: { half-open: true }")}`,
    ],
    [
      "- network: half-open",
      's.yaml:3:5: "half-open" is no state of the network | Write network: { half-open: true }.',
    ],
    [
      "- fault: clear",
      's.yaml:3:5: "clear" is no error code of OCPP 1.6 | Write fault: { clear: true, evse: 1 }.',
    ],
    ["- network: { down: true }", 's.yaml:3:16: unknown key "down" in "network" | Write network: down.'],
    [
      "- network: { half_open: true }",
      's.yaml:3:16: unknown key "half_open" in "network" | Did you mean "half-open"?',
    ],
    ["- csms: { action: Reset }", /^s\.yaml:3:13: "action" is not something .* \| Did you mean "send"\?$/],
    [
      "- csms: { send: Reset, type: Soft }",
      /^s\.yaml:3:26: "type" is not something .* \| What a message has stands within payload: \{ type: … \}\. Known keys: /,
    ],
    [
      "- power: cuts",
      `s.yaml:3:5: "power" is "cuts", which is none of "cut", "restore" | Did you mean "cut"? ${forms("power", "power: cut")}`,
    ],
    ["- - plug:", /it must be a map \| There is a hyphen too many\.$/],
    ["- set: {}", `s.yaml:3:5: "set" is empty | ${forms("set", "set: { HeartbeatInterval: 60 }")}`],
    [
      "- repeat:\n    times: 2\n    - plug:",
      /A block sequence may not .* \| A hyphen begins an item of a list/,
    ],
  ])("%j", (steps, message) => {
    if (typeof message === "string") expect(told(steps)).toBe(message);
    else expect(told(steps)).toMatch(message);
  });

  it("also in a file that is included", () => {
    const files = { "_part.yaml": "- repeat:\n  times: 2\n  steps: [plug: ]\n" };
    expect(told("- include: _part.yaml", files)).toBe(
      `_part.yaml:2:3: "times" belongs within "repeat" | Indent it by two blanks more. ${REPEAT}`,
    );
  });

  it("and when a variable stands for it", async () => {
    const { failures } = await run(scenario("- csms: $seed"));
    expect(failures).toMatchObject([
      { message: '"csms" is 1; it must be a map', hint: forms("csms", "csms: { send: ClearCache }") },
    ]);
  });

  it("while what is wrong elsewhere is told too", () => {
    expect(told("- repeat: 5\n- wait: 5\n- tap: 1234").split("\n")).toHaveLength(3);
  });
});

describe("a word that is no step leads to the step that is meant", () => {
  it.each([
    ["clear", "fault: { clear: true, evse: 1 }"],
    ["status", "expect: { status: Faulted }"],
    ["verdict", "expect: { verdict: accepted }"],
    ["signal", "expect: { signal: accepted }"],
    ["transaction", "expect: { transaction: started }"],
    ["message", "expect: { message: Heartbeat }, or send: { message: Heartbeat }"],
    [
      "answer",
      "expect: { answer: TriggerMessage, with: { status: Accepted } }, or csms: { answer: Authorize, delay: 20 s }",
    ],
    ["delay", "wait: 5 s, or csms: { answer: Authorize, delay: 20 s }"],
    ["sleep", "wait: 5 s"],
    ["authorize", "tap: 04A2241BC85E80, or expect: { message: Authorize }"],
    ["cut", "power: cut"],
    ["half-open", "network: { half-open: true }"],
    ["Reset", "csms: { send: Reset }, or expect: { message: Reset }"],
    ["StartTransaction", "expect: { message: StartTransaction }, or send: { message: StartTransaction }"],
  ])("%s", (word, meant) => {
    expect(told(`- ${word}: 1`)).toBe(`s.yaml:3:5: "${word}" is not a step | Write ${meant}.`);
  });

  it("one that is like a step is taken for a mistake, and of any other the steps are named", () => {
    expect(told("- tapp: 1")).toMatch(/"tapp" is not a step \| Did you mean "tap"\?$/);
    expect(told("- blubber: 1")).toMatch(
      / \| There are tap, hold, .*; "tapstation steps" tells what they do\.$/,
    );
  });

  it.each(Object.entries(SYNONYMS))("what is written for %s can be read", (_, steps) => {
    expect(steps.map((step) => told(`- ${step}`))).toEqual(steps.map(() => "nothing"));
  });

  it("a name that is given to a member leads to one that there is", () => {
    const members = new Set(
      Object.values(stepKinds).flatMap((kind) => Object.keys(kind.schema.properties ?? {})),
    );
    expect(
      Object.values(MEANT)
        .flat()
        .filter((one) => !members.has(one)),
    ).toEqual([]);
  });

  it("no word of the control language is left alone", () => {
    // These two are for whoever sits there.
    const words = stationVerbs.names.filter((name) => name !== "help" && name !== "quit");
    const others = words.filter((word) => !Object.hasOwn(stepKinds, word));
    expect(others.filter((word) => !told(`- ${word}: 1`).includes("Write "))).toEqual([]);
  });
});

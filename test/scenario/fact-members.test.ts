import { describe, expect, it } from "vitest";
import { planScenarios } from "../../src/app/scenarios.ts";
import { factKinds } from "../../src/station/fact-shapes.ts";
import { folderOf, scenario, told } from "./support.ts";

const wrong: readonly (readonly [expected: string, message: string])[] = [
  [
    "{ verdict: accepted, with: { outcme: x } }",
    's.yaml:3:42: "outcme" is no member of the fact verdict | Did you mean "outcome"?',
  ],
  [
    "{ fact: link, with: { state: conected } }",
    's.yaml:3:35: "conected" is no value of "state" in the fact link | Did you mean "connected"?',
  ],
  [
    "{ transaction: ended, with: { energyWH: <absent> } }",
    's.yaml:3:43: "energyWH" is no member of the fact transaction | Did you mean "energyWh"?',
  ],
  [
    "{ transaction: ended, with: { energyWh: 5 kWh } }",
    's.yaml:3:43: "energyWh" in the fact transaction is a number, not a text | Write a number, 12 or 1.5: "5 kWh" is none.',
  ],
  [
    "{ signal: read, with: { ui: { not: x } }, count: 0 }",
    's.yaml:3:37: "ui" is no member of the fact signal | Did you mean "uid"?',
  ],
  [
    "{ status: Charging, with: { chargepointstatus: Charging } }",
    '"chargepointstatus" is no member of the fact connector | Did you mean "chargePointStatus"?',
  ],
  [
    "{ verdict: accepted, with: { info: { status: { oneOf: [Accepted, Invlid] } } }, absent: 1 s }",
    's.yaml:3:78: "Invlid" is no value of "info.status" in the fact verdict | Did you mean "Invalid"?',
  ],
  [
    "{ verdict: accepted, with: { token.idToken: x } }",
    '"token.idToken" is no member of the fact verdict | Write token: { idToken: … }.',
  ],
  [
    "{ fact: control, with: { args: [1] } }",
    '"args" in the fact control is a text, not a number | Write it in quotes.',
  ],
  [
    "{ verdict: accepted, capture: { x: token.idtoken } }",
    's.yaml:3:45: "idtoken" is no member of "token" in the fact verdict | Did you mean "idToken"?',
  ],
  [
    "{ fact: registration, with: { what: ever } }",
    '"what" is no member of the fact registration | It has status, interval, time, station, source, seq, kind.',
  ],
  [
    "{ fact: frame, with: { action: Autorize }, absent: 1 s }",
    '"Autorize" is probably misspelt | Did you mean "Authorize"? If not, write { equals: Autorize }.',
  ],
  [
    "{ fact: setting, with: { name: HeartbeatIntervall }, absent: 1 s }",
    '"HeartbeatIntervall" is probably misspelt | Did you mean "HeartbeatInterval"?',
  ],
  [
    "[{ signal: read }, { fact: card, with: { evnt: x } }]",
    's.yaml:3:54: "evnt" is no member of the fact card | Did you mean "event"?',
  ],
];

describe("what no fact can be is told when a scenario is read", () => {
  it.each(wrong)("%s", (expected, message) => {
    expect(told(scenario(`- expect: ${expected}`))).toContain(message);
  });

  it("all of it at once: members and captures, of every expectation in a list", () => {
    const text = scenario(
      "- expect: [{ signal: read, with: { a: 1 }, capture: { x: b } }, { fact: card, with: { c: 1 } }]",
    );
    expect(told(text).match(/"[abc]" is no member/g)).toHaveLength(3);
  });

  it("what is open stays open, and every kind of fact may be looked at", () => {
    const text = scenario(
      [
        "- expect: { fact: setting, with: { name: Anything, value: <any> } }",
        "- expect: { fact: frame, with: { action: { equals: Autorize } } }",
        "- expect: { fact: frame, with: { action: x-Vendor } }",
        "- expect: { fact: frame, with: { payload: { any: { thing: 1 } }, action: /x/ } }",
        "- expect: { fact: dataTransfer, with: { data: [1, { a: b }] }, capture: { x: data.0 } }",
        "- expect: { transaction: ended, with: { meterWh: 1.., idToken: { idToken: $card } } }",
        "- expect: { fact: verdict, with: { info: <absent>, seq: 5.., time: <time>, source: station } }",
        ...factKinds.map((kind) => `- expect: { fact: ${kind}, with: { station: <text> } }`),
      ].join("\n"),
      "vars: { card: 04A2241BC85E80 }\n",
    );
    expect(planScenarios({ paths: ["s.yaml"], cwd: folderOf({ "s.yaml": text }) })).toHaveLength(2);
  });
});

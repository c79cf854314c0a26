import { describe, expect, it } from "vitest";
import { planScenarios } from "../../src/app/scenarios.ts";
import { unknownVariable } from "../../src/scenario/template.ts";
import { folderOf, scenario, told } from "./support.ts";

const cases: readonly (readonly [what: string, text: string, message: string | RegExp])[] = [
  ["an empty file", "# nothing\n", /^s\.yaml:1:1: the file is empty \| A scenario begins/],
  ["no YAML", "name: [a\n", /^s\.yaml:\d+:\d+: not valid YAML/],
  ["no name", "steps: [unplug:]\n", /^s\.yaml:1:1: the definition needs the key "name"/],
  [
    "an unknown key",
    "name: A\nstep: []\nsteps: [unplug:]\n",
    's.yaml:2:1: "step" is not a key of a scenario | Did you mean "steps"?',
  ],
  [
    "an unknown step",
    scenario("- tapp: 04A2241BC85E80"),
    's.yaml:3:5: "tapp" is not a step | Did you mean "tap"?',
  ],
  [
    "two steps in one",
    scenario("- tap: 04A2241BC85E80\n  plug: 1"),
    's.yaml:4:5: "plug" is a step of its own, beside "tap" in the same one | Begin each step with a hyphen: - plug',
  ],
  ["an empty step", scenario("- ocpp: 1.6"), /s\.yaml:3:5: there is no step here/],
  ["no UID", scenario("- tap: 1234"), /^s\.yaml:3:5: A UID of 2 bytes is none that cards have \| UIDs have/],
  [
    "a duration without unit",
    scenario("- wait: 5"),
    "s.yaml:3:5: 5 has no unit | Write it with ms, s, min, h, d: 5 s.",
  ],
  [
    "no duration",
    scenario("- wait: soon"),
    's.yaml:3:5: "soon" is no duration | Write it with ms, s, min, h, d: 5 s.',
  ],
  [
    "time that goes back",
    scenario("- wait: -5 s"),
    's.yaml:3:5: "-5 s" is before now | Time only passes: write a duration, 5 s.',
  ],
  [
    "more time than there is",
    scenario("- clock: { jump: -300000000 d }"),
    "s.yaml:3:14: -300000000 d is too long | Up to 36525 d can be said.",
  ],
  [
    "a clock that stands still",
    scenario("- clock: { drift: -1 d }"),
    "s.yaml:3:14: no clock gains or loses -1 d a day | Write less than 1 d: 30 s, -30 s.",
  ],
  [
    "a misspelt message",
    scenario("- expect: { message: Authorise }"),
    's.yaml:3:15: "Authorise" is no message of OCPP | Did you mean "Authorize"?',
  ],
  [
    "a member that no message has, of a value that is a variable",
    scenario("- expect: { message: Authorize, with: { idtag: $station }, absent: 1 min }\n  ocpp: 1.6"),
    's.yaml:3:43: "idtag" is no member of the request Authorize of OCPP 1.6 | Did you mean "idTag"?',
  ],
  [
    "a member of another version",
    scenario("- expect: { message: StatusNotification, with: { status: Preparing } }"),
    's.yaml:3:52: "status" is no member of the request StatusNotification of OCPP 2.0.1 | It is one in OCPP 1.6: write { 1.6: …, 2.0.1: … }, or ocpp: 1.6 beside the step.',
  ],
  [
    "a member deep within, by version",
    scenario(
      "- expect: { message: Authorize, with: { 1.6: { idTag: <any> }, 2.0.1: { idToken: { idtoken: <any> } } } }",
    ),
    's.yaml:3:86: "idtoken" is no member of "idToken" in the request Authorize of OCPP 2.0.1 | Did you mean "idToken"?',
  ],
  [
    "a value that a member cannot have, among choices",
    scenario(
      "- expect: [{ answer: Authorize, with: { idTagInfo: { status: { oneOf: [Accepted, Acepted] } } } }]\n  ocpp: 1.6",
    ),
    /s\.yaml:3:84: "Acepted" is no value of "idTagInfo\.status" in the answer to Authorize of OCPP 1\.6 \| Did you mean "Accepted"/,
  ],
  [
    "a text for a number",
    scenario('- expect: { message: StartTransaction, with: { meterStart: "0" } }\n  ocpp: 1.6'),
    's.yaml:3:50: "meterStart" in the request StartTransaction of OCPP 1.6 is a whole number, not a text | Write the number without quotes.',
  ],
  [
    "a place in what is no list, and a name in what is one",
    scenario("- expect: { message: MeterValues, with: { meterValue: { first: <any> } } }\n  ocpp: 1.6"),
    /"meterValue" in the request MeterValues of OCPP 1\.6 is a list, and "first" no place in it \| Write 0/,
  ],
  [
    "a capture of what the message has not",
    scenario("- expect: { message: Authorize, capture: { x: idtag } }\n  ocpp: 1.6"),
    's.yaml:3:46: "idtag" is no member of the request Authorize of OCPP 1.6 | Did you mean "idTag"?',
  ],
  [
    "a member of an error",
    scenario("- expect: { error: Authorize, with: { errorcode: x } }"),
    /"errorcode" is no member of the error that answers Authorize \| Did you mean "errorCode"/,
  ],
  [
    "a command's payload",
    scenario("- csms: { send: Reset, payload: { type: Warm } }\n  ocpp: 1.6"),
    /s\.yaml:3:37: "Warm" is no value of "type" in the request Reset of OCPP 1\.6/,
  ],
  [
    "a command's payload that lacks something",
    scenario("- csms: { send: RemoteStartTransaction, payload: { connectorId: 1 } }\n  ocpp: 1.6"),
    /s\.yaml:3:43: it does not fit the request RemoteStartTransaction of OCPP 1\.6: .*idTag.* \| Write raw: true/,
  ],
  [
    "what is expected of a command's answer",
    scenario("- csms: { send: Reset, payload: { type: Soft }, expect: { state: Accepted } }\n  ocpp: 1.6"),
    /"state" is no member of the answer to Reset of OCPP 1\.6 \| It has status/,
  ],
  [
    "an unknown mode",
    scenario("- csms: { mode: Roming }"),
    /s\.yaml:3:13: "Roming" is no access mode \| Did you mean "Roaming"/,
  ],
  [
    "a variable that is always there",
    "name: A\nvars: { station: 5 }\nsteps: [unplug:]\n",
    /s\.yaml:2:9: "station" cannot be a variable here: \$station is always there \| Give it another name/,
  ],
  [
    "a column that is always there",
    "name: A\ndata: [{ now: 5 }]\nsteps: [unplug:]\n",
    /s\.yaml:2:10: "now" cannot be a variable here/,
  ],
  [
    "an item that is always there",
    scenario("- for-each: { as: round, in: [1], steps: [unplug:] }"),
    /s\.yaml:3:17: "round" cannot be a variable here/,
  ],
  [
    "a message of another version",
    scenario("- expect: { message: StartTransaction }", "ocpp: 2.0.1\n"),
    /^s\.yaml:4:15: "StartTransaction" is no message of OCPP 2\.0\.1 \| It is one of OCPP 1\.6: write ocpp: 1\.6 /,
  ],
  [
    "a message of another version, within steps for one version",
    scenario(
      "- repeat: { times: 2, steps: [{ csms: { answer: TransactionEvent, with: {} } }] }\n  ocpp: 1.6",
    ),
    /"TransactionEvent" is no message of OCPP 1\.6/,
  ],
  ["a step for no version", scenario("- plug:\n  ocpp: 1.5"), /"1\.5" is no OCPP version/],
  [
    "a step that no version comes to",
    scenario("- plug:\n  ocpp: 2.0.1", "ocpp: 1.6\n"),
    "s.yaml:5:5: it never comes to this: the scenario is for OCPP 1.6 | Leave the step out",
  ],
  [
    "a scenario for no version, with a step for one",
    scenario("- plug:\n  ocpp: 1.6", "ocpp: 1.5\n"),
    /^(?![\s\S]*never comes)s\.yaml:2:\d+: "1\.5" is no OCPP version/,
  ],
  ["no versions", scenario("- plug:", "ocpp: []\n"), /^s\.yaml:2:1: "ocpp" is empty/],
  [
    "a beginning that is no moment",
    scenario("- plug:", "station: { time: yesterday }\n"),
    's.yaml:2:12: "yesterday" is no moment | Write it in ISO 8601',
  ],
  ["nothing to do", "name: A\nsteps: []\n", 's.yaml:2:1: "steps" is empty'],
  ["no rows", "name: A\ndata: []\nsteps: [unplug:]\n", /^s\.yaml:2:1: "data" is empty/],
  [
    "steps without a scenario",
    "- unplug:\n",
    /^s\.yaml:1:1: this is a list of steps and no scenario \| A file to be included begins with an underscore/,
  ],
  [
    "a range that goes back",
    scenario("- expect: { message: Heartbeat, count: 3..1 }"),
    /"3\.\.1" is no range \| Write the lesser number first/,
  ],
  [
    "a misspelt signal",
    scenario("- expect: { signal: red }"),
    's.yaml:3:15: "red" is no signal | Did you mean "read"?',
  ],
  [
    "a misspelt verdict",
    scenario("- expect: { verdict: acepted }"),
    's.yaml:3:15: "acepted" is no verdict | Did you mean "accepted"?',
  ],
  [
    "an expectation of nothing",
    scenario("- expect: { within: 5 s }"),
    /^s\.yaml:3:5: it does not say what is expected \| Name one of signal, verdict/,
  ],
  [
    "two expectations",
    scenario("- expect: { signal: read, status: Charging }"),
    /s\.yaml:3:29: "signal" and "status" are two expectations/,
  ],
  [
    "absent and count",
    scenario("- expect: { signal: read, absent: 5 s, count: 2 }"),
    /what is absent has no count/,
  ],
  [
    "no regular expression",
    scenario("- expect: { fact: card, with: { why: /(/ } }"),
    /s\.yaml:3:35: \/\(\/ is no regular expression/,
  ],
  [
    "an unknown placeholder",
    scenario("- expect: { fact: card, with: { why: <some> } }"),
    /"<some>" stands for nothing \| There are <any>/,
  ],
  ["no count", scenario("- expect: { signal: read, count: many }"), /"many" is no count/],
  [
    "a misspelt setting",
    scenario("- set: { LocalPreAuthorise: true }"),
    's.yaml:3:12: "LocalPreAuthorise" is no setting of this station | Did you mean "LocalPreAuthorize"?',
  ],
  [
    "a value that a setting cannot have",
    scenario("- set: { HeartbeatInterval: often }"),
    "s.yaml:3:12: what it says does not fit HeartbeatInterval: OCPPCommCtrlr.HeartbeatInterval is a whole number | Write a value that does.",
  ],
  [
    "a value that a setting of the station cannot have",
    scenario("- plug:", "station: { settings: { LocalPreAuthorize: perhaps } }\n"),
    /s\.yaml:2:\d+: what it says does not fit LocalPreAuthorize: .* is true or false/,
  ],
  [
    "a misspelt setting of the station",
    scenario("- plug:", "station: { settings: { HeartbeatIntervall: 3 } }\n"),
    /s\.yaml:2:\d+: "HeartbeatIntervall" is no setting of this station \| Did you mean "HeartbeatInterval"/,
  ],
  [
    "an unknown variable",
    scenario("- tap: $crad", "vars: { card: 04A2241BC85E80 }\n"),
    's.yaml:4:5: There is no variable "$crad" | Did you mean "$card"?',
  ],
  ["an unknown OCPP version", scenario("- plug:", "ocpp: [1.5]\n"), /s\.yaml:2:1: "1\.5" is no OCPP version/],
  [
    "nothing said for a version",
    scenario("- expect: { message: { 1.6: StartTransaction } }"),
    /nothing is said for OCPP 2\.0\.1 here \| There are values for 1\.6/,
  ],
  [
    "an answer that is not said",
    scenario("- csms: { answer: Authorize }"),
    "s.yaml:3:13: it does not say how it is answered | Add one of with, error, drop, delay, id, or standard: true.",
  ],
  [
    "a standard answer that is none",
    scenario("- csms: { answer: Authorize, standard: true, delay: 5 s }"),
    's.yaml:3:48: "delay" is not the standard answer | Leave it out, or standard: true: what is set counts from then on anyway.',
  ],
  [
    "a central system that does nothing",
    scenario("- csms: { once: true }"),
    /it does not say what the central system does/,
  ],
  [
    "a misspelt error code",
    scenario("- csms: { answer: Authorize, error: InternalEror }"),
    /which is none of.*Did you mean "InternalError"/,
  ],
  [
    "a share above all",
    scenario("- network: { loss: 120 % }"),
    '"120 %" is no share | Write it from 0 % to 100 %: 10 %.',
  ],
  [
    "a file that no variable can name",
    scenario("- plug:", "central: { files: { v2.img: x } }\n"),
    's.yaml:2:21: "v2.img" cannot be the name of a file here | Use letters, digits and _, for example v2; uploads, certificate, root are taken.',
  ],
  [
    "a security profile that there is not",
    scenario("- plug:", "station: { security-profile: 4 }\n"),
    's.yaml:2:12: "4" is no security profile | There are 0 to 3.',
  ],
  [
    "a status of a token that there is not",
    scenario("- plug:", "station: { list: [{ id: 04A2, status: Fine }] }\n"),
    /s\.yaml:2:\d+: .*Fine/,
  ],
  [
    "a word far from all of many",
    scenario("- csms: { send: Zzzzzzzzzzzzz }"),
    /"Zzzzzzzzzzzzz" is no message of OCPP \| One of: Authorize, .* and \d+ others\.$/,
  ],
  ["a lock that is sideways", scenario("- lock: sideways"), /"sideways" is no state of a lock/],
  ["a transfer to nobody", scenario("- transfer: { data: x }"), /needs the key "vendor"/],
  ["a network that is sideways", scenario("- network: sideways"), /"sideways" is no state of the network/],
  [
    "a half-open connection of one direction",
    scenario("- network: { half-open: true, direction: in }"),
    's.yaml:3:33: "half-open" has no direction | Leave it out',
  ],
  ["a speed of nothing", scenario("- network: { speed: 0 }"), /"0" is no speed/],
  ["energy that is taken back", scenario("- meter: -5 kWh"), /"-5 kWh" is below 0/],
  [
    "a misspelt fault",
    scenario("- fault: GroundFailur"),
    /"GroundFailur" is no error code of OCPP 1\.6 \| Did you mean "GroundFailure"/,
  ],
  ["a fault of nothing", scenario("- fault: { evse: 1 }"), /it says no code/],
  [
    "a message and a frame",
    scenario("- send: { message: Heartbeat, raw: x }"),
    /s\.yaml:3:33: "message" and "raw" are two messages \| raw is the whole frame/,
  ],
  [
    "a clock in two minds",
    scenario("- clock: { advance: 1 s, jump: 1 s }"),
    /it says none or several of advance, jump, drift/,
  ],
  ["nothing to repeat", scenario("- repeat: { times: 0, steps: [plug: ] }"), /"0" is no number of times/],
  ["no item", scenario("- for-each: { as: x, in: [], steps: [plug: ] }"), /the list is empty/],
  [
    "an EVSE that the station does not have",
    scenario("- plug: 2"),
    "s.yaml:3:5: there is no EVSE 2 | This station has 1; for more write station: { evses: 2 }.",
  ],
  [
    "an EVSE that its model does not have",
    scenario("- meter: { evse: 3, add: 1 kWh }", "station: { model: fast-dc-two-outlets }\n"),
    /s\.yaml:4:14: there is no EVSE 3 \| This station has 2/,
  ],
  [
    "an EVSE beyond those that it is given, in what is expected",
    scenario("- expect: { status: Charging, evse: 4 }", "station: { evses: 3 }\n"),
    /s\.yaml:4:33: there is no EVSE 4 \| This station has 3/,
  ],
  [
    "a fault of an EVSE that it does not have",
    scenario("- fault: { code: GroundFailure, evse: 2 }"),
    /s\.yaml:3:35: there is no EVSE 2/,
  ],
  [
    "a station model that there is not",
    scenario("- plug:", "station: { model: genric-ac }\n"),
    /s\.yaml:2:12: There is no station model definition "genric-ac" \| Did you mean "generic-ac"/,
  ],
  [
    "the version within what is expected",
    scenario("- expect: { message: Authorize, ocpp: 1.6 }"),
    /s\.yaml:3:35: "ocpp" is not something that can be expected.* \| It stands beside the step, on a line of its own below it: ocpp: 1\.6\./,
  ],
  [
    "what is of another form, told with its path in the file",
    scenario("- repeat: { times: 2, steps: [{ expect: [{ message: Authorize, with: 5 }] }] }"),
    /s\.yaml:3:66: "expect › item 1 › with" is 5; it must be a map/,
  ],
  [
    "steps that are a text",
    scenario("- expect: soon"),
    /s\.yaml:3:5: "expect" is "soon"; it must be a map or a list/,
  ],
  [
    "a variable for steps within",
    scenario("- parallel: $station"),
    /s\.yaml:3:5: "parallel" is "\$station"; it must be/,
  ],
  [
    "a variable that is near to none",
    scenario("- tap: $qqqqqqqq"),
    /There is no variable "\$qqqqqqqq" \| There are \$station, /,
  ],
  [
    "an include that is not there",
    scenario("- include: nowhere.yaml"),
    /s\.yaml:3:5: there is no file "nowhere\.yaml" beside this one/,
  ],
  ["an include in a circle", scenario("- include: s.yaml"), /these files include each other/],
  [
    "data that is not there",
    scenario("- plug:", "data: none.csv\n"),
    /s\.yaml:2:1: there is no file "none\.csv" beside this one/,
  ],
];

describe("a scenario file that is wrong is told with its place, the offending text and what was meant", () => {
  it.each(cases)("%s", (_, text, message) => {
    if (typeof message === "string") expect(told(text)).toContain(message);
    else expect(told(text)).toMatch(message);
  });

  it("all problems of all files at once, each with its hint", () => {
    const cwd = folderOf({ "a.yaml": scenario("- tapp: 1\n- plugg:"), "b.yaml": "name: B\n" });
    expect(() => planScenarios({ paths: ["."], cwd })).toThrow(
      /a\.yaml:3:5: "tapp" is not a step \(Did you mean "tap"\?\)\na\.yaml:4:5: "plugg".*\nb\.yaml:1:1: .*"steps"/,
    );
  });

  it("a table whose head names a column twice", () => {
    expect(told(scenario("- plug:", "data: t.csv\n"), { "t.csv": "a,b,a\n1,2,3\n" })).toContain(
      's.yaml:2:1: t.csv cannot be used: its head has the column "a" twice',
    );
  });

  it("a file that another one names: the nearest that is there", () => {
    const there = { "_list.yaml": "- plug:\n", "cards.csv": "uid\n04A2241BC85E80\n" };
    expect(told(scenario("- include: { file: _lst.yaml }"), there)).toContain(
      's.yaml:3:16: there is no file "_lst.yaml" beside this one | Did you mean "_list.yaml"?',
    );
    expect(told(scenario("- for-each: { as: x, in: card.csv, steps: [plug:] }"), there)).toContain(
      's.yaml:3:24: there is no file "card.csv" beside this one | Did you mean "cards.csv"?',
    );
  });

  it("a problem within an included file is told where it stands", () => {
    expect(
      told(scenario("- include: _part.yaml"), { "_part.yaml": "- tap: 04A2241BC85E80\n- wait: 5\n" }),
    ).toContain("_part.yaml:2:3: 5 has no unit");
  });

  it.each([
    ["nowhere", /nowhere cannot be read/],
    ["empty", /There is no scenario in empty/],
  ])("a path that leads to nothing: %s", (path, message) => {
    const cwd = folderOf({ empty: "" });
    const paths = path === "empty" ? [folderOf({ "notes.txt": "" })] : [path];
    const expected = path === "empty" ? /There is no scenario in/ : message;
    expect(() => planScenarios({ paths, cwd })).toThrow(expected);
  });
});

it("where there is no variable, that is told", () => {
  expect(unknownVariable("card", []).hint).toBe("There is none.");
});

describe("what is read", () => {
  const plan = (
    text: string,
    o: { ocpp?: string[]; tags?: string[]; grep?: RegExp; shard?: { index: number; of: number } } = {},
  ) => planScenarios({ paths: ["s.yaml"], cwd: folderOf({ "s.yaml": text }), ...o });

  it("UIDs that look like numbers stay as they are written", () => {
    const [first] = plan(scenario("- tap: 04112233\n- tap: 12E45678\n- tap: 10112233445566778899"));
    expect(first?.scenario.steps.map((s) => s.value)).toEqual([
      "04112233",
      "12E45678",
      "10112233445566778899",
    ]);
  });

  it("EVSEs that it may have: all of its own, 0 for the whole station, one that a variable names", () => {
    const two = scenario(
      "- plug: 2\n- fault: { code: GroundFailure, evse: 0 }\n- plug: $evse",
      "vars: { evse: 2 }\nstation: { evses: 2 }\n",
    );
    expect(plan(two)).toHaveLength(2);
    const open = scenario("- plug: 7", "data: [{ n: 7 }]\nocpp: 1.6\nstation: { evses: $n }\n");
    expect(plan(open)).toHaveLength(1);
    const model = scenario("- plug: 2", "data: [{ m: generic-dc }]\nocpp: 1.6\nstation: { model: $m }\n");
    expect(plan(model)).toHaveLength(1);
  });

  it("what is wrong in a version that is not played is not told; a version that is named twice is one", () => {
    const text = scenario("- expect: { message: Authorize, with: { idTag: <any> } }");
    expect(plan(text, { ocpp: ["1.6"] })).toHaveLength(1);
    expect(plan(scenario("- plug:", "ocpp: [1.6, 1.6]\n"))).toHaveLength(1);
  });

  it("members of what extends OCPP, and of what is sent wrong on purpose, are nobody's", () => {
    const text = scenario(
      [
        "- expect: { message: Authorize, with: { customData: { vendorId: x, what: ever } } }",
        "- csms: { send: Reset, payload: { type: Sideways }, raw: true }",
        "- csms: { send: x-New, payload: { any: thing }, expect: { error: <any> } }",
        "- csms: { answer: Authorize, with: { any: thing }, raw: true, merge: false }",
        "- send: { message: Authorize, payload: { any: thing } }",
        "- expect: { fact: frame, with: { payload: { any: thing } } }",
        "- expect: { message: MeterValues, with: { meterValue: { contains: { timestamp: <time> } } } }",
      ].join("\n"),
    );
    expect(plan(text)).toHaveLength(2);
  });

  it("one instance for each version and row; several documents in one file", () => {
    const text = `${scenario("- plug:", "data: [{ a: 1 }, { a: 2 }]\n")}---\n${scenario("- plug:", "ocpp: 1.6\n")}`;
    expect(plan(text).map((i) => i.info.cell)).toEqual([
      { ocpp: "1.6", a: "1" },
      { ocpp: "1.6", a: "2" },
      { ocpp: "2.0.1", a: "1" },
      { ocpp: "2.0.1", a: "2" },
      { ocpp: "1.6" },
    ]);
    expect(new Set(plan(text).map((i) => i.info.id)).size).toBe(5);
  });

  it("a name tells its row", () => {
    const capture = "- csms: { send: ClearCache, capture: { x: status } }";
    const text = scenario(capture, "data: [{ a: 1 }, { a: 2 }]\nocpp: 1.6\n").replace("Test", "Row $a of $x");
    expect(plan(text).map((i) => i.info.name)).toEqual(["Row $a of $x", "Row $a of $x"]);
    const known = text.replace("$x", "$$5");
    expect(plan(known).map((i) => i.info.name)).toEqual(["Row 1 of $5", "Row 2 of $5"]);
  });

  it("a scenario for another version than the chosen one is skipped and says so", () => {
    expect(plan(scenario("- plug:", "ocpp: 1.6\n"), { ocpp: ["2.0.1"] }).map((i) => i.skip)).toEqual([
      "it is for OCPP 1.6 only",
    ]);
  });

  it("the braces around a step are no part of its text", () => {
    const text = "- { plug: 1 }\n- { tap: { card: 04112233 }, ocpp: 1.6 }\n- { unplug: }";
    const [first] = plan(scenario(text));
    expect(first?.scenario.steps.map((step) => step.text)).toEqual([
      "plug: 1",
      "tap: { card: 04112233 }, ocpp: 1.6",
      "unplug:",
    ]);
  });

  it("steps know their place, their lines and their text", () => {
    const [first] = plan(
      scenario("- tap: 04A2241BC85E80\n- expect:\n    signal: read # beep\n    within: 1 s\n\n- plug:"),
    );
    expect(first?.scenario.steps[1]).toMatchObject({
      at: { line: 4, col: 5 },
      endLine: 6,
      text: "expect:\n  signal: read # beep\n  within: 1 s",
    });
  });

  it("grep, tags, shards and only choose", () => {
    const one = (name: string, more = "") => `name: ${name}\nocpp: 1.6\n${more}steps: [unplug: ]\n`;
    const text = [one("Alpha", "tags: [x, slow]\n"), one("Beta", "tags: [x]\n"), one("Gamma")].join("---\n");
    const names = (o: Parameters<typeof plan>[1], t = text) => plan(t, o).map((i) => i.info.name);
    expect(names({ grep: /b.ta/i })).toEqual(["Beta"]);
    expect(names({ grep: /Gamma \[ocpp=1\.6\]$/ })).toEqual(["Gamma"]);
    expect(names({ tags: ["x"] })).toEqual(["Alpha", "Beta"]);
    expect(names({ tags: ["x", "!slow"] })).toEqual(["Beta"]);
    expect([1, 2].flatMap((index) => names({ shard: { index, of: 2 } })).sort()).toEqual([
      "Alpha",
      "Beta",
      "Gamma",
    ]);
    expect(names({}, `${text}---\n${one("Delta", "only: true\n")}`)).toEqual(["Delta"]);
  });
});

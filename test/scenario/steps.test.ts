import { readdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { Ajv } from "ajv";
import { describe, expect, it } from "vitest";
import { type Document, parseAllDocuments } from "yaml";
import { planScenarios, runScenarios } from "../../src/app/scenarios.ts";
import type { Step } from "../../src/scenario/step.ts";
import { stepKinds } from "../../src/scenario/steps/table.ts";
import { folderOf, run, scenario } from "./support.ts";

const CARD = "04A2241BC85E80";

/** Steps that hold; every kind of step is among them. */
const holds: readonly (readonly [what: string, steps: string])[] = [
  [
    "tap, plug, unplug, meter, expect",
    `- tap: ${CARD}\n- plug:\n- expect: { transaction: started }\n- meter: 5 kWh\n- unplug:\n- expect: { transaction: ended, with: { energyWh: 5000.. } }`,
  ],
  [
    "hold and remove",
    `- hold: ${CARD}\n- expect: { fact: card, with: { event: removed }, absent: 5 s }\n- remove:\n- expect: { fact: card, with: { event: removed } }`,
  ],
  [
    "a card held for longer",
    `- tap: { card: ${CARD}, for: 20 s }\n- expect: { fact: card, with: { event: removed } }`,
  ],
  [
    "two cards at once",
    `- tap: [${CARD}, 04B3352CD96F91]\n- expect: { fact: card, with: { event: ignored, why: /more than one/ } }`,
  ],
  ["wait", "- wait: 2 h\n- expect: { message: Heartbeat, count: 23..25 }"],
  [
    "restart without mains: it starts when they are restored",
    "- power: cut\n- restart:\n- expect: { message: BootNotification, absent: 1 min }\n- power: restore\n- expect: { message: BootNotification }",
  ],
  [
    "restart with a reader that is away: it is until replug",
    `- reader: busy\n- restart: killed\n- tap: ${CARD}\n- expect: { signal: read, absent: 5 s }\n- reader: replug\n- tap: ${CARD}\n- expect: { signal: read }`,
  ],
  [
    "restart with faults: they are found again",
    "- fault: GroundFailure\n- fault: { code: HighTemperature, evse: 0 }\n- restart:\n- expect: { message: StatusNotification, with: { connectorId: 1, status: Faulted, errorCode: GroundFailure } }\n- expect: { message: StatusNotification, with: { connectorId: 0, errorCode: HighTemperature } }",
  ],
  [
    "restart with a card on the reader: it is read again",
    `- hold: ${CARD}\n- expect: { verdict: accepted }\n- restart:\n- expect: { fact: card, with: { event: presented, uid: ${CARD} } }\n- remove:`,
  ],
  [
    "restart with a car that is full: it is still full",
    `- ev: { battery: 10 kWh, soc: 95 % }\n- plug:\n- tap: ${CARD}\n- wait: 3 h\n- restart:\n- tap: ${CARD}\n- expect: { transaction: started }\n- wait: 3 h\n- unplug:\n- expect: { transaction: ended, with: { energyWh: ..10 } }`,
  ],
  [
    "restart with a jammed lock: it locks no cable",
    `- lock: jam\n- restart:\n- plug:\n- tap: ${CARD}\n- expect: { fact: fault, with: { what: ConnectorLockFailure, state: raised } }`,
  ],
  [
    "power and restart",
    "- power: cut\n- expect: { fact: power, with: { event: cut } }\n- power: restore\n- expect: { message: BootNotification }\n- restart:\n- expect: { message: BootNotification }\n- restart: killed\n- expect: { message: BootNotification }",
  ],
  [
    "reader",
    "- reader: unplug\n- expect: { fact: reader, with: { state: lost } }\n- reader: replug\n- expect: { fact: reader, with: { state: ready } }\n- reader: garbage\n- expect: { fact: card, with: { event: ignored } }\n- reader: busy\n- expect: { fact: reader, with: { state: lost } }",
  ],
  [
    "fault",
    "- fault: GroundFailure\n- expect: { status: Faulted }\n- fault: { clear: true }\n- expect: { status: Available }",
  ],
  [
    "lock: a jammed one keeps the cable, until it is freed",
    "- plug:\n- lock: jam\n- csms: { send: UnlockConnector, payload: { connectorId: 1 }, expect: { status: UnlockFailed } }\n- lock: { evse: 1, state: free }\n- csms: { send: UnlockConnector, payload: { connectorId: 1 }, expect: { status: Unlocked } }",
  ],
  [
    "transfer: data for the central system, which may be slow",
    "- csms: { answer: DataTransfer, delay: 5 s }\n- transfer: { vendor: com.example, message: parking, data: bay 7 }\n- expect: { message: DataTransfer, with: { vendorId: com.example, messageId: parking, data: bay 7 } }\n- expect: { fact: dataTransfer, with: { direction: out, status: UnknownVendorId } }",
  ],
  [
    "ev: the car that comes is nearly full",
    `- ev: { soc: 99 %, battery: 20 kWh, ac: 7.4 kW }\n- plug:\n- tap: ${CARD}\n- wait: 1 h\n- expect: { status: SuspendedEV }`,
  ],
  ["set", "- set: { HeartbeatInterval: 10 }\n- wait: 1 min\n- expect: { message: Heartbeat, count: 5..7 }"],
  [
    "send a message, a frame",
    "- send: { message: DataTransfer, payload: { vendorId: Test }, id: mine }\n- expect: { message: DataTransfer, with: { vendorId: Test } }\n- expect: { answer: DataTransfer, with: { status: UnknownVendorId } }\n- expect: { fact: frame, with: { injected: true, messageId: mine, direction: out } }\n- send: { raw: rubbish }\n- expect: { fact: frame, with: { raw: rubbish, injected: true } }",
  ],
  [
    "csms: commands, with their answers",
    "- csms: { send: GetConfiguration, payload: { key: [HeartbeatInterval] }, expect: { configurationKey: { contains: { key: HeartbeatInterval } } }, capture: { all: configurationKey } }\n  ocpp: 1.6\n- csms: { send: ChangeConfiguration, payload: { key: $all.0.key, value: '77' }, expect: { status: Accepted } }\n  ocpp: 1.6",
  ],
  [
    "csms: a command that is refused as expected",
    "- csms: { send: x-Unheard, expect: { error: /^Not/ } }\n- csms: { text: rubbish }\n- expect: { fact: frame, with: { messageType: INVALID } }",
  ],
  [
    "csms: answers, late, lost, wrong and standard",
    `- csms: { answer: Authorize, with: { idTagInfo: { status: Blocked } } }\n- tap: ${CARD}\n- expect: { verdict: rejected, because: Blocked }\n- csms: { answers: standard }\n- csms: { answer: Authorize, delay: 20 s, once: true }\n- tap: ${CARD}\n- expect: { verdict: accepted, with: { ms: 20000..21000 } }`,
  ],
  [
    "csms: an answer laid over the standard one, or in its place",
    `- csms: { answer: DataTransfer, with: { data: bay 7 } }\n- transfer: { vendor: com.example }\n- expect: { answer: DataTransfer, with: { status: UnknownVendorId, data: bay 7 } }\n- csms: { answer: DataTransfer, with: { data: bay 8 }, merge: false }\n- send: { message: DataTransfer, payload: { vendorId: com.example } }\n- expect: { answer: DataTransfer, with: { status: <absent>, data: bay 8 } }`,
  ],
  [
    "csms: one answer is standard again, the others are not",
    `- csms: { answer: Authorize, with: { idTagInfo: { status: Blocked } } }\n- csms: { answer: Authorize, delay: 1 s, once: true }\n- csms: { answer: DataTransfer, with: { status: UnknownMessageId } }\n- csms: { answer: Authorize, standard: true }\n- tap: ${CARD}\n- expect: { verdict: accepted, with: { ms: ..500 } }\n- transfer: { vendor: com.example, message: ping }\n- expect: { fact: dataTransfer, with: { status: UnknownMessageId } }`,
  ],
  [
    "csms: records",
    `- csms: { mode: Open }\n- tap: 04B3352CD96F91\n- expect: { verdict: accepted }\n- csms: { mode: Roaming }\n- csms: { roaming: { id: 04C4463DEA7082, contract: NL-TNM-C12345678 } }\n- wait: 2 min\n- tap: 04C4463DEA7082\n- expect: { verdict: accepted }`,
  ],
  [
    "csms: disconnect and approval",
    "- csms: { approve: false }\n- csms: { disconnect: true }\n- expect: { fact: link, with: { state: connected }, within: 1 min }\n- csms: { approve: true }",
  ],
  [
    "network: down and up",
    "- network: down\n- expect: { fact: link, with: { state: disconnected } }\n- network: up\n- expect: { fact: link, with: { state: connected } }",
  ],
  [
    "network: half-open, and well again before anybody has noticed",
    "- network: { half-open: true }\n- network: up\n- expect:\n    - { fact: link, with: { state: disconnected, why: /knows nothing/ } }\n    - { fact: link, with: { state: connected } }\n- expect: { fact: frame, with: { injected: true }, count: 0 }",
  ],
  [
    "network: half-open, then another trouble; what a map does not name is over",
    `- network: { half-open: true }\n- network: { latency: 300 ms }\n- expect: { fact: link, with: { state: connected } }\n- tap: ${CARD}\n- expect: { verdict: accepted, with: { ms: 600 } }`,
  ],
  [
    "network: half-open, found out before it is well again: the new connection stays",
    "- network: { half-open: true }\n- expect: { fact: link, with: { state: disconnected }, within: 3 min }\n- network: good\n- expect: [{ fact: link, with: { state: connected } }, { fact: link, with: { state: disconnected }, absent: 5 min }]",
  ],
  [
    "network: up after a slow one: fast, and nothing was disconnected",
    `- network: { latency: 2 s }\n- network: up\n- tap: ${CARD}\n- expect: { verdict: accepted, with: { ms: ..100 } }\n- expect: { fact: link, with: { state: disconnected }, since: start, count: 0 }`,
  ],
  [
    "network: slow when it is plugged in again? no: up is a good one",
    `- network: { latency: 2 s }\n- network: down\n- wait: 1 min\n- network: good\n- expect: { fact: link, with: { state: connected } }\n- tap: ${CARD}\n- expect: { verdict: accepted, with: { ms: ..100 } }`,
  ],
  [
    "network: slow",
    `- network: { latency: 2 s }\n- tap: ${CARD}\n- expect: { verdict: accepted, with: { ms: 4000 } }\n- network: good\n- network: { speed: 100 }\n- tap: 04B3352CD96F91\n- expect: { verdict: rejected, with: { ms: 1000..5000 } }`,
  ],
  [
    "network: half-open, found by ping",
    "- network: { half-open: true }\n- expect: { fact: link, with: { state: disconnected, why: /ping/ }, within: 5 min }\n- expect: { fact: link, with: { state: connected } }",
  ],
  [
    "clock: set back and running fast",
    `- clock: { jump: -1 h }\n- tap: ${CARD}\n- expect: { message: Authorize }\n- clock: { drift: 1 h }\n- clock: { advance: 1 d }\n- tap: ${CARD}\n- expect: { fact: card, with: { time: /^2030-01-02T00:00/ } }`,
  ],
  [
    "repeat",
    "- repeat:\n    times: 3\n    steps:\n      - plug:\n      - unplug:\n- expect: { fact: control, with: { verb: plug }, count: 3..3, since: start }",
  ],
  [
    "for-each over a list and a table",
    `- for-each:\n    as: card\n    in: [${CARD}, 04B3352CD96F91]\n    steps:\n      - tap: $card\n      - expect: { message: Authorize, with: { idTag: $card } }\n      - wait: 2 min\n- for-each:\n    as: row\n    in: cards.csv\n    steps:\n      - tap: $row.uid\n      - expect: { verdict: $row.verdict }\n      - wait: 2 min`,
  ],
  [
    "a card at a reader that is unplugged has no effect",
    `- reader: unplug\n- tap: ${CARD}\n- expect: { signal: read, absent: 10 s }\n- reader: replug\n- tap: ${CARD}\n- expect: { verdict: accepted }`,
  ],
  [
    "parallel: expectations of one branch do not see away what the other does",
    `- parallel:\n    - - tap: ${CARD}\n      - wait: 5 s\n      - expect: { verdict: accepted, since: start }\n    - - wait: 1 s\n      - plug: 1\n      - expect: { transaction: started, within: 10 s }`,
  ],
  ["include, with variables of its own", `- include: { file: _tap.yaml, vars: { card: ${CARD} } }`],
  [
    "captures, templates and the built-in variables",
    `- tap: ${CARD}\n- expect: { message: Authorize, capture: { tag: idTag } }\n- send: { message: DataTransfer, payload: { vendorId: "$$tag $tag at \${station} in $ocpp" } }\n- expect: { message: DataTransfer, with: { vendorId: "$$tag ${CARD} at CP001 in 1.6" } }`,
  ],
  [
    "values by version and steps for one version",
    "- expect: { message: BootNotification, with: { 1.6: { chargePointVendor: <text> }, 2.0.1: { reason: PowerUp } } }\n- tap: 04A2241BC85E80\n  ocpp: 2.0.1\n- expect: { message: Authorize, absent: 1 s, since: start }\n  ocpp: 1.6",
  ],
  [
    "variables that are maps, lists and numbers",
    `- for-each:
    as: deed
    in:
      - { send: Reset, payload: { type: Soft }, expect: { status: Accepted } }
      - { block: ${CARD} }
    steps: [{ csms: $deed }]
- for-each:
    as: seen
    in: [{ kind: [{ signal: read }, { verdict: rejected }], count: 1, member: { token: { idToken: ${CARD} } } }]
    steps:
      - tap: ${CARD}
      - expect: $seen.kind
      - expect: { verdict: rejected, count: $seen.count, with: $seen.member, since: start }`,
  ],
  [
    "in order",
    `- tap: ${CARD}\n- expect:\n    - signal: read\n    - message: Authorize\n    - answer: Authorize\n    - signal: accepted`,
  ],
];

const FILES = {
  "cards.csv": `uid,verdict\n${CARD},accepted\n04B3352CD96F91,rejected\n`,
  "_tap.yaml": "- tap: $card\n- expect: { verdict: accepted }\n",
};

describe("steps that hold", () => {
  it.each(holds)("%s", async (_, steps) => {
    const { failures, summary } = await run(scenario(steps), { files: FILES });
    expect(failures.map((f) => `${f.at.line}: ${f.message}`)).toEqual([]);
    expect(summary.passed).toBe(1);
  });

  it("are of every kind, with those that need a person or a program", () => {
    const cwd = folderOf({
      ...FILES,
      "s.yaml": holds.map(([, steps]) => scenario(steps)).join("---\n"),
    });
    const used = new Set<string>(["shell", "prompt"]);
    const note = (step: Step): void => {
      used.add(step.kind);
      for (const block of step.blocks) block.steps.forEach(note);
    };
    for (const { scenario: s } of planScenarios({ paths: ["s.yaml"], cwd, ocpp: ["1.6"] }))
      s.steps.forEach(note);
    expect([...used].sort()).toEqual(Object.keys(stepKinds).sort());
  });
});

/** Steps that do not hold, the outcome and what is told. */
const fails: readonly (readonly [
  what: string,
  steps: string,
  outcome: "failed" | "error",
  message: string | RegExp,
])[] = [
  [
    "nothing came",
    "- expect: { message: Authorize, within: 5 s }",
    "failed",
    "message Authorize did not come within 5 s",
  ],
  [
    "too few",
    "- wait: 1 h\n- expect: { message: Heartbeat, count: 99.., within: 1 s }",
    "failed",
    /^message Heartbeat came 1[12] times, not 99 times, within 1 s/,
  ],
  [
    "too many",
    "- wait: 1 h\n- expect: { message: Heartbeat, count: 2 }",
    "failed",
    /^message Heartbeat came 1[12] times, at most 2 expected/,
  ],
  [
    "came although it must not",
    `- tap: ${CARD}\n- expect: { signal: read, absent: 5 s }`,
    "failed",
    "signal read came, and it must not for 5 s",
  ],
  [
    "the wrong order",
    `- tap: ${CARD}\n- expect: [{ signal: accepted }, { message: Authorize, within: 1 s }]`,
    "failed",
    "message Authorize did not come within 1 s",
  ],
  [
    "a member that is not there",
    "- expect: { message: BootNotification, capture: { x: meterType }, since: start }",
    "failed",
    'message BootNotification has no member "meterType" to capture as $x',
  ],
  [
    "a command that is answered otherwise",
    "- csms: { send: Reset, payload: { type: Soft }, expect: { status: Rejected } }",
    "failed",
    /Reset was answered with {"status":"Accepted"}/,
  ],
  [
    "a command that does not fit, with what a variable is",
    "- csms: { send: Reset, payload: { type: $ocpp } }",
    "error",
    /"1\.6" is no value of "type" in the request Reset of OCPP 1\.6/,
  ],
  [
    "a command to nobody",
    "- network: down\n- csms: { send: Reset, payload: { type: Soft } }",
    "failed",
    "Reset: the station is not connected",
  ],
  [
    "a message without connection",
    "- network: down\n- send: { message: Heartbeat }",
    "failed",
    "There is no connection to send it on",
  ],
  [
    "a connection that is not there, and can therefore not be half-open",
    "- network: down\n- network: { half-open: true }",
    "failed",
    "There is no connection that could be half-open",
  ],
  ["no cable", "- unplug:", "error", "No cable is in there"],
  ["no EVSE", "- repeat: { times: 2, steps: [{ plug: $round }] }", "error", "There is no EVSE 2"],
  [
    "no EVSE for a car",
    "- repeat: { times: 2, steps: [{ ev: { evse: $round, soc: 10 % } }] }",
    "error",
    "There is no EVSE 2",
  ],
  ["no card on the reader", "- remove:", "error", "No card lies on the virtual reader"],
  [
    "a value that a setting cannot have, from a variable",
    "- set: { HeartbeatInterval: $station }",
    "error",
    /what it says does not fit HeartbeatInterval: OCPPCommCtrlr\.HeartbeatInterval is a whole number/,
  ],
  [
    "a variable of no member",
    "- repeat: { times: 1, steps: [{ send: { message: Heartbeat, id: $ocpp.x } }] }",
    "error",
    '$ocpp has no member "x"',
  ],
  [
    "what a variable stands for, of another form than can stand there",
    "- csms: $seed",
    "error",
    '"csms" is 1; it must be a map',
  ],
  [
    "a key in a variable that the step does not have",
    `- tap: ${CARD}\n- expect: { verdict: accepted, capture: { deed: token } }\n- csms: $deed`,
    "error",
    /^"idToken" is not something that the cent/,
  ],
  [
    "a text within a variable where a map must stand",
    "- expect: { verdict: accepted, with: $station }",
    "error",
    '"expect › with" is "CP001"; it must be a map',
  ],
  [
    "a clock that would leave the calendar",
    "- repeat: { times: 21, steps: [{ clock: { jump: -36525 d } }] }",
    "error",
    /^The clock would stand before the year 0/,
  ],
  ["a wrong value behind a variable", "- wait: $round", "error", "1 has no unit"],
  ["the time-out", "- wait: 2 h\n- plug:", "error", "It took longer than 1 h, at the step wait 2 h (line 4)"],
];

describe("how station and central system stand before the first step", () => {
  it("the station knows tokens by list and cache, the list first", async () => {
    const steps = scenario(
      `- network: down\n- tap: ${CARD}\n- expect: { verdict: accepted, by: cache }\n- wait: 2 min\n- tap: 04B3352CD96F91\n- expect: { verdict: rejected, by: list, because: Blocked }\n- tap: 04C4463DEA70A2\n- expect: { verdict: rejected, because: Expired }`,
      `station:\n  list: [{ id: 04B3352CD96F91, status: Blocked }, { id: 04C4463DEA70A2, expiry: "2029-12-31T00:00:00Z" }]\n  cache: [${CARD}, 04B3352CD96F91]\n`,
    );
    expect((await run(steps)).summary).toMatchObject({ passed: 1 });
  });

  it.each([
    ["a password", "station: { password: sixteen letters and more }", /^ws:/],
    ["TLS and a password", "station: { password: sixteen letters and more, security-profile: 2 }", /^wss:/],
    ["TLS and a certificate", "station: { security-profile: 3 }", /^wss:/],
  ])("they meet with %s, and hours pass in virtual time", async (_, station, url) => {
    const { summary, facts } = await run(
      scenario("- wait: 5 h\n- expect: { message: Heartbeat, count: 59..61 }", `${station}\n`),
    );
    expect(summary).toMatchObject({ passed: 1 });
    const link = facts.find((fact) => fact.kind === "link" && fact.state === "connected");
    expect(link?.kind === "link" && link.url).toMatch(url);
  });

  it("the list tells who is of one group: another card of it ends the session, a stranger's does not", async () => {
    const steps = [
      "- network: down",
      "- plug:",
      `- tap: ${CARD}`,
      "- expect: { transaction: started }",
      "- wait: 2 min",
      "- tap: 04C4463DEA70A2",
      "- expect: { transaction: ended, absent: 10 s }",
      "- tap: 04B3352CD96F91",
      "- expect: { transaction: ended }",
    ].join("\n");
    const list = `[{ id: ${CARD}, group: HOME }, { id: 04B3352CD96F91, group: HOME }, 04C4463DEA70A2]`;
    const { failures, summary } = await run(scenario(steps, `station: { list: ${list} }\n`));
    expect(failures.map((f) => `${f.at.line}: ${f.message}`)).toEqual([]);
    expect(summary.passed).toBe(1);
  });

  it("the central system may want another password than the station has", async () => {
    const head =
      "station: { password: sixteen letters and more, begins: powered }\ncentral: { password: another }\n";
    const { summary } = await run(scenario("- expect: { fact: link, with: { state: refused } }", head));
    expect(summary).toMatchObject({ passed: 1 });
  });

  it("files are there to be fetched, and what is put there is told", async () => {
    const steps = `- csms: { send: GetDiagnostics, payload: { location: $files.uploads }, capture: { name: fileName } }
- expect: { fact: file, with: { event: received, name: $name } }
- csms: { send: UpdateFirmware, payload: { location: $files.v2.url, retrieveDate: "2030-01-01T00:00:00Z" } }
- expect: { fact: file, with: { event: fetched, name: v2.img, bytes: 22 } }`;
    const head = 'central: { files: { v2: "firmwareVersion: 2.0.0" } }\n';
    expect((await run(scenario(steps, head))).failures).toEqual([]);
  });

  it("variables and rows may differ by version", async () => {
    const head =
      'ocpp: ["1.6", "2.0.1"]\nvars: { free: Available, taken: { 1.6: Preparing, 2.0.1: Occupied } }\ndata: [{ evse: { 1.6: 1, 2.0.1: 1 } }]\n';
    const steps = "- plug: $evse\n- expect: { status: $taken }\n- unplug: $evse\n- expect: { status: $free }";
    const { summary } = await run(scenario(steps, head), { ocpp: ["1.6", "2.0.1"] });
    expect(summary).toMatchObject({ passed: 2 });
  });
});

describe("what may not run side by side", () => {
  const files = {
    "s.yaml": `${scenario("- plug:", "ocpp: 1.6\n")}---\n${scenario("- plug:", "ocpp: 1.6\n")}`,
  };
  it.each([
    [{ csms: "ws://127.0.0.1:9/" }, /Several scenarios would be CP001 at the same time/],
    [{ readers: ["wedge:-"] }, /A reader serves one scenario at a time/],
  ])("%j", async (o, message) => {
    const cwd = folderOf(files);
    await expect(runScenarios({ paths: ["s.yaml"], cwd, workers: 2, ...o })).rejects.toThrow(message);
  });
});

describe("steps that do not hold", () => {
  it.each(fails)("%s", async (_, steps, outcome, message) => {
    const { failures, results, summary } = await run(
      scenario(steps, "timeout: 1 h\n".repeat(Number(steps.includes("2 h\n- plug")))),
    );
    expect(results[0]?.outcome).toBe(outcome);
    if (typeof message === "string") expect(failures[0]?.message).toBe(message);
    else expect(failures[0]?.message).toMatch(message);
    expect(summary.exitCode).toBe(1);
  });

  it("tell step, expected, nearest with differences, and the last facts", async () => {
    const { failures, events } = await run(
      scenario(
        `- tap: $card\n- expect:\n    verdict: rejected\n    by: csms\n    with: { token: { idToken: $card } }`,
        `vars: { card: ${CARD} }\n`,
      ),
    );
    expect(failures).toMatchObject([
      {
        outcome: "failed",
        at: { file: "scenario.yaml", line: 5, col: 5 },
        message: "verdict rejected csms did not come within 30 s",
        step: `expect:\n  verdict: rejected\n  by: csms\n  with: { token: { idToken: ${CARD} } }`,
        expected: `verdict rejected csms\n  outcome: rejected\n  by: csms\n  token:\n    idToken: ${CARD}`,
        nearest: { kind: "verdict", outcome: "accepted" },
        differences: [{ path: "outcome", wanted: "rejected", found: "accepted" }],
      },
    ]);
    expect(failures[0]?.lastFacts.length).toBeGreaterThan(5);
    const ended = events.flatMap((e) =>
      e.kind === "stepEnded" ? [`${e.step.path} ${e.step.title} ${e.result.outcome}`] : [],
    );
    expect(ended).toEqual([
      `steps.1 tap ${CARD} passed`,
      `steps.2 expect {verdict: rejected, by: csms, with: {token: {idToken: ${CARD}}}} failed`,
    ]);
  });

  it("what came in time and is like it is shown rather than what came too early", async () => {
    const steps = `- for-each:
    as: card
    in: [${CARD}, 04B3352CD96F91]
    steps:
      - tap: $card
      - expect: { verdict: accepted }
      - wait: 2 min`;
    const { failures } = await run(scenario(steps));
    expect(failures).toMatchObject([{ nearest: { kind: "verdict", outcome: "rejected" } }]);
    expect(failures[0]).not.toHaveProperty("hint");
  });

  it("how often it was expected stands there", async () => {
    const { failures } = await run(scenario(`- tap: ${CARD}\n- expect: { message: Authorize, count: 2.. }`));
    expect(failures).toMatchObject([
      {
        message: "message Authorize came once, not 2 times, within 30 s",
        expected: expect.stringMatching(/count: 2\.\.$/m),
      },
    ]);
    // Its answer is not what was missing; another one with other members may be.
    expect(failures[0]).not.toHaveProperty("nearest");
    const { failures: near } = await run(
      scenario(
        "- plug:\n- expect: { message: StatusNotification, with: { status: Preparing }, count: 2, since: start, within: 1 s }",
      ),
    );
    expect(near).toMatchObject([
      { differences: [{ path: "payload.status", wanted: "Preparing", found: "Available" }] },
    ]);
  });

  it("the tear-down runs all the same; its failures stand behind", async () => {
    const { failures, events } = await run(
      scenario(
        "- expect: { message: Authorize, within: 1 s }\n- plug:",
        "teardown:\n  - unplug:\n  - plug:\n",
      ),
    );
    expect(failures.map((f) => f.message)).toEqual([
      "message Authorize did not come within 1 s",
      "In the tear-down: No cable is in there",
    ]);
    expect(events.flatMap((e) => (e.kind === "stepEnded" ? [e.step.path] : []))).toEqual([
      "steps.1",
      "teardown.1",
    ]);
  });
});

describe("what came at another time", () => {
  it.each([
    [
      `- tap: ${CARD}\n- plug:\n- expect: { message: Authorize, within: 1 s }`,
      "It came before the last step that did something: expect it right behind the step that causes it, or write since: start.",
    ],
    [
      `- tap: ${CARD}\n- expect: [{ signal: accepted }, { message: Authorize, within: 1 s }]`,
      "It came before what stands above it: a list is an order.",
    ],
    ["- expect: { message: Authorize, within: 1 s }", undefined],
    [
      "- network: { latency: 300 ms }\n- network: up\n- expect: { fact: link, with: { state: connected } }",
      "It has been so since before the last step that did something, and nothing has changed it: leave this expectation out, or write since: start.",
    ],
  ])("%j: says so", async (steps, hint) => {
    const [failure] = (await run(scenario(steps))).failures;
    expect(failure?.hint).toBe(hint);
    if (hint !== undefined)
      expect(failure?.nearest).toMatchObject(
        steps.includes("link") ? { state: "connected" } : { action: "Authorize" },
      );
  });
});

describe("outcomes", () => {
  it("a run is told from its beginning, with what has to be said again for it, to its end", async () => {
    const { events, summary } = await run(scenario("- plug:"), { flags: ["--id", "CP7"] });
    expect(events[0]).toMatchObject({ kind: "runBegan", total: 1, flags: ["--id", "CP7"] });
    expect(events.at(-1)).toMatchObject({ kind: "runEnded", summary });
    expect((await run(scenario("- plug:"))).events[0]).not.toHaveProperty("flags");
  });

  it("expected to fail: failing passes, passing fails", async () => {
    const known = "expect-failure: a known defect\n";
    const failed = await run(scenario("- expect: { message: Authorize, within: 1 s }", known));
    expect(failed.results[0]).toMatchObject({ outcome: "passed", expectedFailure: "a known defect" });
    const passed = await run(scenario("- plug:", known));
    expect(passed.failures[0]?.message).toBe("It passed, and it was expected to fail: a known defect");
  });

  it.each([
    ["skip", scenario("- plug:", "skip: not yet\n"), "not yet"],
    ["a person", scenario("- prompt: Tap the blue card"), "somebody has to act, and nobody is at a terminal"],
    [
      "a program",
      scenario("- shell: 'true'"),
      "it runs programs of this machine, and --allow-shell is not set",
    ],
  ])("skipped with a reason: %s", async (_, text, why) => {
    const { results, summary } = await run(text);
    expect(results).toMatchObject([{ outcome: "skipped", why }]);
    // Nothing ran at all.
    expect(summary.exitCode).toBe(2);
  });

  it("what needs the built-in central system is skipped against another one", async () => {
    const { results } = await run(scenario("- csms: { mode: Open }"), { csms: "ws://127.0.0.1:1/ocpp" });
    expect(results[0]?.why).toBe("it steers the built-in central system, and --csms names another");
  });

  it("a program's output becomes a variable; its failure is told", async () => {
    const { failures } = await run(
      scenario(
        "- shell: { run: 'echo 04A2241BC85E80', capture: card }\n- tap: $card\n- expect: { verdict: accepted }\n- shell: 'echo broken >&2; exit 3'",
      ),
      { allowShell: true },
    );
    expect(failures).toMatchObject([
      { message: "It ended with exit code 3", hint: "broken", outcome: "failed" },
    ]);
  });

  it("a person is asked, and no time passes meanwhile", async () => {
    const asked: string[] = [];
    const { results } = await run(scenario("- prompt: Look at the lamp"), {
      ask: async (text) => void asked.push(text),
    });
    expect(asked).toEqual(["Look at the lamp"]);
    expect(results[0]).toMatchObject({ outcome: "passed", ms: 0 });
  });

  it("tried again, it is told; passing later is flaky only then", async () => {
    const { events, results } = await run(scenario("- expect: { message: Authorize, within: 1 s }"), {
      retries: 2,
    });
    expect(events.filter((e) => e.kind === "retry")).toHaveLength(2);
    expect(results[0]).toMatchObject({ outcome: "failed", retry: 2 });
  });

  it("bail leaves the rest out", async () => {
    const two = [scenario("- unplug:"), scenario("- plug:")].join("---\n");
    const { results, summary } = await run(two, { bail: true, workers: 1 });
    expect(results.map((r) => r.outcome)).toEqual(["error", "skipped"]);
    expect(summary).toMatchObject({ errors: 1, skipped: 1, exitCode: 1 });
  });

  it("an interruption gives up the step, runs the tear-down and leaves the rest out", async () => {
    const stop = new AbortController();
    const text = [
      scenario("- prompt: Stop here\n- plug:", "teardown:\n  - tap: 04A2241BC85E80\n"),
      scenario("- plug:"),
    ].join("---\n");
    const { summary, results, facts } = await run(text, {
      workers: 1,
      signal: stop.signal,
      ask: async () => stop.abort(),
    });
    expect(summary).toMatchObject({ interrupted: 1, skipped: 1, errors: 0, exitCode: 130 });
    expect(results).toMatchObject([
      { outcome: "interrupted", why: "interrupted, at the step prompt Stop here (line 5)" },
      { outcome: "skipped", why: "the run was interrupted" },
    ]);
    expect(facts.filter((f) => f.kind === "control").map((f) => f.kind === "control" && f.verb)).toEqual([
      "hold",
      "remove",
    ]);
  });
});

it("all scenarios that come with it fit the published schema, as an editor sees them", () => {
  const root = new URL("../../scenarios/", import.meta.url);
  const schema = JSON.parse(readFileSync(new URL("scenario.schema.json", root), "utf8"));
  const validate = new Ajv({ strict: false }).compile(schema);
  const names = readdirSync(root, { recursive: true, encoding: "utf8" });
  const files = names.filter((name) => name.endsWith(".yaml") && !basename(name).startsWith("_"));
  expect(files.length).toBeGreaterThan(60);
  for (const file of files) {
    for (const doc of parseAllDocuments(readFileSync(new URL(file, root), "utf8"))) {
      validate((doc as Document).toJS());
      expect({ file, errors: validate.errors }).toEqual({ file, errors: null });
    }
  }
});

it("the published schema names every kind of step", () => {
  const schema = JSON.parse(
    readFileSync(new URL("../../scenarios/scenario.schema.json", import.meta.url), "utf8"),
  );
  expect(Object.keys(schema.definitions.step.properties).sort()).toEqual(
    [...Object.keys(stepKinds), "ocpp"].sort(),
  );
});

import { describe, expect, it } from "vitest";
import { run, scenario, told } from "./support.ts";

const CARD = "04A2241BC85E80";
const UNLOCK = "csms: { send: UnlockConnector, payload: { connectorId: 1 } }";

/** What stands beside a word and would seem to count. */
const beside: readonly (readonly [steps: string, message: string | RegExp])[] = [
  [
    "csms: { send: UnlockConnector, with: { connectorId: 1 } }",
    's.yaml:3:36: "with" does not go with "send" | It goes with answer. With send: payload, raw, expect, capture.',
  ],
  [
    "csms: { answer: Authorize, payload: {} }",
    /"payload" does not go with "answer" \| It goes with send\. With answer: with, /,
  ],
  [
    "csms: { disconnect: true, once: true }",
    /"once" does not go with "disconnect" \| It goes with answer\. Nothing goes with disconnect/,
  ],
  ["csms: { disconnect: false }", /s\.yaml:3:13: it cuts no connection/],
  ["csms: { send: ClearCache, block: 04A2241BC85E80 }", /"send" and "block" are two things/],
  ["expect: { signal: read, by: csms }", /"by" does not go with "signal" \| It goes with verdict\./],
  [
    "expect: { message: Authorize, evse: 1 }",
    /"evse" does not go with "message" \| It goes with status, transaction\./,
  ],
  [
    "expect: { fact: card, from: csms }",
    /"from" does not go with "fact" \| It goes with message, answer, error\./,
  ],
  ["expect: { answer: Authorize, code: X }", /"code" does not go with "answer" \| It goes with error\./],
  [
    "expect: { verdict: accepted, with: { outcome: rejected } }",
    's.yaml:3:42: "outcome" is said already: accepted | Leave it out of with.',
  ],
  [
    "expect: { status: { oneOf: [Charging, Charged] } }",
    /s\.yaml:3:43: "Charged" is no status of a connector/,
  ],
  ["expect: { signal: { not: beep } }", /s\.yaml:3:25: "beep" is no signal/],
  [
    "expect: { error: Authorize, code: InternalEror, count: 0 }",
    /"InternalEror" is no error code of OCPP \| Did you mean "InternalError"/,
  ],
  [
    "expect: { error: Authorize, with: { errorCode: InternalEror } }",
    /"InternalEror" is no value of "errorCode"/,
  ],
  [
    "expect: { error: Authorize, code: GenericError, with: { errorCode: InternalError } }",
    /"errorCode" is said already: GenericError/,
  ],
  ["expect: { message: Authorize, count: 0.. }", /any number is right/],
  [
    "expect: { message: Authorize, absent: 5 s, capture: { x: idTag } }",
    /what is absent has nothing to capture/,
  ],
  [
    "expect: { fact: card, with: { uid: 04a2241bc85e80 } }",
    /"04a2241bc85e80" is probably misspelt \| Did you mean "04A2241BC85E80"\? If not, write \{ equals: 04a2241bc85e80 \}/,
  ],
  [
    "expect: { fact: signal, with: { uid: 04A2241BC85E8 } }",
    /"04A2241BC85E8" is probably misspelt \| A UID has whole bytes/,
  ],
  [
    "expect: { message: Authorize, from: csms, count: 0 }",
    /Authorize never comes from the central system \| Leave from out\. .* fact: frame, with: \{ action: Authorize, direction: in \}/,
  ],
  [
    "expect: { answer: StartTransaction, from: station }",
    /an answer to StartTransaction never comes from the station/,
  ],
  ["expect: { error: ClearCache, from: csms }", /an error to ClearCache never comes from the central system/],
  ["expect: { fact: connector, with: { evseId: 9 }, absent: 5 s }", /there is no EVSE 9/],
  [
    "csms: { answer: RemoteStartTransaction, error: InternalError }",
    /no station asks for RemoteStartTransaction: it is a command of the central system \(Send it/,
  ],
  [
    "csms: { answer: Authorize, with: { idTagInfo: { staus: Blocked } } }",
    /"staus" is no member of "idTagInfo" in the answer to Authorize of OCPP 1\.6 \(Did you mean "status"/,
  ],
  [
    "csms: { answer: DataTransfer, with: { surprise: 1 } }",
    /"surprise" is no member .* Write raw: true beside it if that is on purpose/,
  ],
  ["expect: { message: Authorize, absent: 0 s }", /nothing can come in no time/],
  [
    "send: { message: HeartBeat }",
    /"HeartBeat" is no message of OCPP \| Did you mean "Heartbeat"\? If it is to be wrong/,
  ],
  [
    "expect: { verdict: rejected, because: Blokked }",
    /"Blokked" is no authorization status \| Did you mean "Blocked"/,
  ],
  ["expect: { message: Authorize, from: central }", /from" is "central", which is none of "station", "csms"/],
  ["send: { raw: x, payload: {} }", /"payload" does not go with "raw" \| It goes with message\./],
  [
    "send: { id: x }",
    /it does not say what is sent \| Name one of message, raw: send: \{ message: Heartbeat \}/,
  ],
  ["fault: { code: GroundFailure, clear: true }", /it raises and clears at once/],
  ['fault: { clear: "yes" }', '"yes" is neither true nor false | Write true or false.'],
  ['network: { half-open: "on" }', '"on" is neither true nor false'],
  ["network: { direction: in }", /it does not say how bad/],
  ["ev: { evse: 1 }", /it changes nothing about the car/],
];

describe("what would be left alone although it stands there is refused", () => {
  it.each(beside)("%s", (step, message) => {
    if (typeof message === "string") expect(told(scenario(`- ${step}`))).toContain(message);
    else expect(told(scenario(`- ${step}`))).toMatch(message);
  });
});

/** Matchers that no value can fit: absent and count: 0 would hold whatever came. */
const never: readonly (readonly [matcher: string, message: RegExp])[] = [
  [
    "fact: transaction, with: { energyWh: <text> }",
    /"energyWh" in the fact transaction is a number, which <text> never fits/,
  ],
  ["fact: transaction, with: { energyWh: <time> }", /which <time> never fits/],
  ["fact: transaction, with: { energyWh: { contains: 5 } }", /is a number, which contains nothing/],
  [
    "fact: transaction, with: { offline: /maybe/ }",
    /"offline" in the fact transaction is true or false, which \/maybe\/ never fits/,
  ],
  ["fact: transaction, with: { reason: { not: <number> } }", /"<number>" fits no value of "reason"/],
  [
    "fact: transaction, with: { energyWh: 70..10 }",
    /"70\.\.10" is a range that nothing is in \| Write the lesser number first/,
  ],
  ["fact: transaction, with: { energyWh: 10...70 }", /is a number, not a text \| Did you mean 10\.\.70\?/],
  [
    "fact: transaction, with: { energyWh: { Not: 5 } }",
    /is a number, not a map \| Did you mean \{ not: … \}\?/,
  ],
  [
    "fact: verdict, with: { status: /Acept/ }",
    /"\/Acept\/" fits no value of "status" in the fact verdict \| One of: Accepted, /,
  ],
  [
    "fact: verdict, with: { status: { contains: Acept } }",
    /No value of "status" in the fact verdict contains "Acept"/,
  ],
  [
    "fact: card, with: { why: /04/x }",
    /"x" are no flags of a regular expression here \| There are i, m, s and u/,
  ],
  ["fact: card, with: { why: <any > }", /"<any >" stands for nothing/],
  [
    "message: Authorize, with: { idTag: <number> }",
    /"idTag" in the request Authorize of OCPP 1\.6 is a text, which <number> never fits/,
  ],
  [
    "message: Authorize, with: { idTag: 04A2241BC85E8004A2241BC85E80 }",
    /has at most 20 characters, and this has 28/,
  ],
];

describe("a matcher that nothing fits is refused", () => {
  it.each(never)("%s", (matcher, message) => {
    expect(told(scenario(`- expect: { ${matcher}, count: 0 }`, "ocpp: 1.6\n"))).toMatch(message);
  });

  it.each([
    "fact: transaction, with: { energyWh: { not: <absent> }, meterWh: 1.., reason: /^EV/ }",
    "fact: verdict, with: { status: { contains: Acc }, why: 1..2, ms: /^0/ }",
    'message: Authorize, with: { idTag: "/04" }',
  ])("and one that something fits is not: %s", (matcher) => {
    expect(() => told(scenario(`- expect: { ${matcher} }`, "ocpp: 1.6\n"))).toThrow("without a complaint");
  });
});

/** Steps, and what the failure says: undefined for those that hold. */
const sides: readonly (readonly [what: string, steps: string, failure: RegExp | undefined])[] = [
  [
    "a command is the central system's",
    `- ${UNLOCK}\n- expect: { message: UnlockConnector, with: { connectorId: 1 } }\n- expect: { answer: UnlockConnector, with: { status: Unlocked } }`,
    undefined,
  ],
  [
    "a command that came is not absent",
    `- ${UNLOCK}\n- expect: { message: UnlockConnector, absent: 5 s }`,
    /message UnlockConnector came, and it must not for 5 s/,
  ],
  [
    "DataTransfer is the station's",
    "- csms: { send: DataTransfer, payload: { vendorId: x } }\n- expect: { message: DataTransfer, within: 1 s }",
    /message DataTransfer did not come/,
  ],
  [
    "DataTransfer of the central system, and the station's answer",
    "- csms: { send: DataTransfer, payload: { vendorId: x } }\n- expect: { message: DataTransfer, from: csms }\n- expect: { answer: DataTransfer, from: station }",
    undefined,
  ],
  [
    "a message from where it does not come from in OCPP",
    "- send: { message: UnlockConnector, payload: { connectorId: 1 } }\n- expect: { fact: frame, with: { action: UnlockConnector, direction: out } }\n- expect: { fact: frame, with: { action: UnlockConnector, direction: in, messageType: CALLERROR } }",
    undefined,
  ],
];

describe("whose message it is", () => {
  it.each(sides)("%s", async (_, steps, failure) => expectOutcome(steps, failure));
});

const states: readonly (readonly [what: string, steps: string, failure: RegExp | undefined])[] = [
  ["one of several holds already", "- expect: { status: { oneOf: [Available, Charging] } }", undefined],
  [
    "Occupied among others is what 1.6 has five words for",
    "- plug:\n- expect: { status: { oneOf: [Occupied, Faulted] } }\n- unplug:\n- expect: { status: { not: Occupied } }",
    undefined,
  ],
  [
    "not: it must change",
    "- expect: { status: { not: Available }, within: 5 s }",
    /status \{"not":"Available"\} did not come within 5 s/,
  ],
  [
    "what holds is not absent",
    "- expect: { status: Available, absent: 5 s }",
    /status Available is, and it must not for 5 s/,
  ],
  ["what does not hold and does not come is", "- expect: { status: Charging, absent: 5 s }", undefined],
  [
    "what with says counts also when the status holds",
    "- expect: { status: Available, with: { connectorId: 7 }, within: 5 s }",
    /status Available did not come/,
  ],
  [
    "capture of one that holds",
    "- expect: { status: Available, evse: 1, capture: { c: connectorId } }\n- csms: { send: UnlockConnector, payload: { connectorId: $c }, expect: { status: Unlocked } }",
    undefined,
  ],
  [
    "a transaction at an EVSE",
    `- tap: ${CARD}\n- plug:\n- expect: { transaction: started, evse: 2, within: 5 s }`,
    /transaction started of EVSE 2 did not come/,
  ],
  [
    "a choice of signals, of verdicts, of deciders, of events",
    `- tap: ${CARD}\n- expect: { signal: { not: read } }\n- expect: { verdict: { oneOf: [accepted, rejected] }, by: { oneOf: [csms, list] } }\n- plug:\n- expect: { transaction: { not: ended } }`,
    undefined,
  ],
  [
    "none of several, in both forms",
    `- tap: ${CARD}\n- expect: { verdict: accepted, by: { not: { oneOf: [list, cache] } } }\n- expect: { status: { not: { oneOf: [Faulted, Unavailable] } } }`,
    undefined,
  ],
  [
    "not: a list is none of them, and no list",
    `- tap: ${CARD}\n- expect: { verdict: accepted, by: { not: [list, csms] }, within: 1 s }`,
    /verdict accepted \{"not":\{"oneOf":\["list","csms"\]\}\} did not come/,
  ],
  [
    "a transfer that is answered with an error goes on",
    "- csms: { answer: DataTransfer, error: InternalError }\n- transfer: { vendor: com.example }\n- expect: { error: DataTransfer, code: InternalError }",
    undefined,
  ],
  [
    "a member of a command's answer that is not there",
    "- csms: { send: GetConfiguration, payload: { key: [HeartbeatInterval] }, capture: { x: unknownKey } }",
    /The answer to GetConfiguration has no member "unknownKey" to capture as \$x/,
  ],
];

const counts: readonly (readonly [what: string, steps: string, failure: RegExp | undefined])[] = [
  [
    "one too many within the time that is given",
    "- plug:\n- expect: { message: Heartbeat, count: 1, within: 1 min }",
    /message Heartbeat came 2 times, at most 1 expected/,
  ],
  [
    "at most one, likewise",
    "- plug:\n- expect: { message: Heartbeat, count: ..1, within: 1 min }",
    /message Heartbeat came 2 times, at most 1 expected/,
  ],
  ["so many and no more", "- plug:\n- expect: { message: Heartbeat, count: 5..6, within: 1 min }", undefined],
  [
    "without a time: as soon as there are enough",
    "- plug:\n- expect: { message: Heartbeat, count: 1 }",
    undefined,
  ],
];

describe("how often", () => {
  it.each(counts)("%s", async (_, steps, failure) => expectOutcome(steps, failure, "10 s"));
});

describe("states and choices", () => {
  it.each(states)("%s", async (_, steps, failure) => expectOutcome(steps, failure));
});

async function expectOutcome(steps: string, failure: RegExp | undefined, heartbeat = "5 min"): Promise<void> {
  const { results, failures } = await run(
    scenario(steps, `central: { cards: [${CARD}], heartbeat: ${heartbeat} }\nstation: { evses: 2 }\n`),
  );
  if (failure === undefined) {
    expect(failures.map((f) => f.message)).toEqual([]);
    expect(results.map((r) => r.outcome)).toEqual(["passed"]);
  } else expect(failures.map((f) => f.message)).toEqual([expect.stringMatching(failure)]);
}

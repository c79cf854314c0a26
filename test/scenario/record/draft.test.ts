import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { planScenarios } from "../../../src/app/scenarios.ts";
import { filledValue } from "../../../src/scenario/filled.ts";
import { matches } from "../../../src/scenario/match.ts";
import { draftOf } from "../../../src/scenario/record/draft.ts";
import { escaped, literal } from "../../../src/scenario/record/escape.ts";
import { type RecordingHead, readRecorded } from "../../../src/scenario/record/head.ts";
import { textOf } from "../../../src/scenario/record/text.ts";
import { fill } from "../../../src/scenario/template.ts";
import type { Fact, FactBody } from "../../../src/station/facts.ts";
import { folderOf } from "../support.ts";

const BEGAN = Date.parse("2026-11-25T12:00:00Z");
const CARD = "04A2241BC85E80";
const head: RecordingHead = {
  kind: "recording",
  version: "0.1.0",
  time: new Date(BEGAN).toISOString(),
  model: "generic-ac",
  settings: {},
  list: [],
  cache: [],
  registered: true,
};
const clock = (ms: number) => new Date(ms).toISOString().slice(11, 19);
const day = (ms: number) => new Date(ms).toISOString().slice(0, 16);

/** A fact so many seconds after the beginning. */
const at = (s: number, body: FactBody): Fact => ({
  ...body,
  time: new Date(BEGAN + s * 1000).toISOString(),
  station: "CP001",
  source: "station",
});
const control = (s: number, verb: string, ...args: string[]) => at(s, { kind: "control", verb, args });
const call = (
  s: number,
  direction: "out" | "in",
  action: string,
  payload: unknown,
  messageId = action,
): Fact => at(s, { kind: "frame", direction, messageType: "CALL", messageId, action, payload, raw: "[]" });
const result = (
  s: number,
  direction: "out" | "in",
  action: string,
  payload: unknown,
  messageId = action,
): Fact =>
  at(s, { kind: "frame", direction, messageType: "CALLRESULT", messageId, action, payload, raw: "[]" });
const connected = at(0, { kind: "link", state: "connected", url: "ws://x", subprotocol: "ocpp1.6" });
const accepted = at(0, { kind: "registration", status: "Accepted", interval: 300 });

const draft = (facts: readonly Fact[], more: Partial<RecordingHead> = {}) =>
  draftOf({ head: { ...head, ...more }, facts: [connected, accepted, ...facts], broken: 0 }, { clock, day });
const steps = (facts: readonly Fact[], more: Partial<RecordingHead> = {}) =>
  draft(facts, more).steps.map(({ step, comment }) => step ?? `# ${comment}`);

describe("what was done becomes steps", () => {
  it.each([
    ["tap", [CARD], { tap: CARD }],
    ["plug", ["2"], { plug: 2 }],
    ["unplug", ["1"], { unplug: 1 }],
    ["network", ["up"], { network: "up" }],
    ["power", ["cut"], { power: "cut" }],
    ["fault", ["1", "GroundFailure"], { fault: "GroundFailure" }],
    ["fault", ["0", "HighTemperature"], { fault: { code: "HighTemperature", evse: 0 } }],
    ["clear", ["2"], { fault: { clear: true, evse: 2 } }],
    ["lock", ["1", "jam"], { lock: "jam" }],
    ["meter", ["2", "500"], { meter: { evse: 2, add: "500 Wh" } }],
    ["transfer", ["com.example", "-", "x"], { transfer: { vendor: "com.example", data: "x" } }],
  ])("%s %s", (verb, args, step) => {
    expect(steps([control(1, verb, ...args)])).toEqual([step]);
  });

  it("a card at a real reader is a tap when it goes again, and held when something comes between", () => {
    const card = (s: number, event: "presented" | "removed") =>
      at(s, { kind: "card", event, reader: "pcsc", uid: CARD });
    expect(steps([card(1, "presented"), card(1.5, "removed")])).toEqual([{ tap: CARD }]);
    expect(steps([card(1, "presented"), card(9, "removed")])).toEqual([{ tap: { card: CARD, for: "8 s" } }]);
    expect(steps([card(1, "presented"), control(2, "plug", "1"), card(3, "removed")])).toEqual([
      { hold: CARD },
      { wait: "1 s" },
      { plug: 1 },
      { wait: "1 s" },
      { remove: null },
    ]);
  });

  it("a card of the virtual reader is told by its verb only", () => {
    const presented = at(1, { kind: "card", event: "presented", reader: "virtual", uid: CARD });
    expect(steps([control(1, "tap", CARD), presented])).toEqual([{ tap: CARD }]);
  });

  it("a connection that breaks by itself is an outage; one that a person, the power or the end breaks is none", () => {
    const link = (s: number, state: "connected" | "disconnected") =>
      at(s, { kind: "link", state, url: "ws://x" });
    const lost = { fact: "link", with: { state: "disconnected" } };
    const back = { fact: "link", with: { state: "connected" } };
    const by = [control(1, "plug", "1"), link(5, "disconnected"), link(30, "connected")];
    expect(steps(by)).toEqual([
      { plug: 1 },
      { wait: "4 s" },
      { network: "down" },
      { wait: "25 s" },
      { network: "up" },
    ]);
    const person = [
      control(1, "network", "down"),
      link(1, "disconnected"),
      control(2, "network", "up"),
      link(2, "connected"),
    ];
    expect(steps(person)).toEqual([
      { network: "down" },
      { expect: lost },
      { wait: "1 s" },
      { network: "up" },
      { expect: back },
    ]);
    const end = [control(1, "plug", "1"), at(2, { kind: "power", event: "off" }), link(2, "disconnected")];
    expect(steps(end)).toEqual([{ plug: 1 }]);
  });

  it("a reader that goes and comes back is unplugged and plugged; that it comes at first is nothing", () => {
    const reader = (s: number, state: "ready" | "lost") => at(s, { kind: "reader", reader: "pcsc", state });
    expect(steps([reader(0, "ready"), reader(1, "lost"), reader(9, "ready")])).toEqual([
      { reader: "unplug" },
      { wait: "8 s" },
      { reader: "replug" },
    ]);
  });

  it("a verb without a step is left out with a word", () => {
    expect(steps([control(1, "dance", "wildly")])).toEqual([
      '# 12:00:01: left out: "dance wildly" has no step',
    ]);
  });

  it("pauses are kept, small ones dropped, and a card is held no longer than there was time", () => {
    expect(steps([control(1, "tap", CARD), control(1.4, "plug", "1"), control(61.4, "unplug", "1")])).toEqual(
      [{ tap: { card: CARD, for: "400 ms" } }, { plug: 1 }, { wait: "1 min" }, { unplug: 1 }],
    );
  });
});

describe("what followed is expected", () => {
  it("at once, or after the pause when it came later", () => {
    const facts = [
      control(0, "tap", CARD),
      at(0, { kind: "signal", signal: "accepted", via: [] }),
      at(60, {
        kind: "authorization",
        event: "timeout",
        idToken: { idToken: CARD, type: "ISO14443" },
        why: "",
      }),
    ];
    expect(steps(facts)).toEqual([
      { tap: CARD },
      { expect: { signal: "accepted" } },
      { wait: "1 min" },
      { expect: { fact: "authorization", with: { event: "timeout" } } },
    ]);
  });

  it("messages by what is the same in every run; what comes by itself is not expected", () => {
    const facts = [
      control(0, "plug", "1"),
      call(0, "out", "Heartbeat", {}),
      call(0, "out", "MeterValues", { connectorId: 1 }),
      call(0, "out", "StartTransaction", {
        connectorId: 1,
        idTag: CARD,
        meterStart: 17,
        timestamp: "2026-11-25T12:00:00Z",
      }),
    ];
    expect(steps(facts)).toEqual([
      { plug: 1 },
      { expect: { message: "StartTransaction", with: { connectorId: 1, idTag: CARD } } },
    ]);
  });

  it("the same once, and of a lock only what goes wrong", () => {
    const fault = at(0, { kind: "signal", signal: "fault", via: [] });
    const lock = (event: "locked" | "jammed" | "unlocked") => at(0, { kind: "lock", evseId: 1, event });
    expect(
      steps([control(0, "plug", "1"), lock("locked"), fault, lock("jammed"), fault, lock("unlocked")]),
    ).toEqual([
      { plug: 1 },
      { expect: { signal: "fault" } },
      { expect: { fact: "lock", with: { evseId: 1, event: "jammed" } } },
    ]);
  });

  it("a status once, in the words of the version", () => {
    const status = (chargePointStatus: "Preparing" | "Charging") =>
      at(0, { kind: "connector", evseId: 1, connectorId: 1, status: "Occupied", chargePointStatus });
    const facts = [control(0, "plug", "1"), status("Preparing"), status("Charging")];
    expect(steps(facts)).toEqual([
      { plug: 1 },
      { expect: { status: "Preparing" } },
      { expect: { status: "Charging" } },
    ]);
    const newer = at(0, { kind: "link", state: "connected", url: "ws://x", subprotocol: "ocpp2.0.1" });
    expect(steps([newer, ...facts])).toEqual([{ plug: 1 }, { expect: { status: "Occupied" } }]);
    // A connection that is gone was of a version too.
    const gone = at(1, { kind: "link", state: "disconnected", url: "ws://x" });
    expect(draft([newer, ...facts, gone]).head.ocpp).toBe("2.0.1");
  });
});

describe("the central system", () => {
  const ask = (s: number, status: string, more: object = {}, idTag = CARD) => [
    control(s, "tap", idTag),
    call(s, "out", "Authorize", { idTag }, `a${s}`),
    result(s, "in", "Authorize", { idTagInfo: { status, ...more } }, `a${s}`),
  ];
  const central = (facts: readonly Fact[]) => draft(facts).head.central;
  const csms = (facts: readonly Fact[]) =>
    steps(facts).filter((step) => typeof step === "object" && "csms" in step);

  it.each([
    ["Accepted", { cards: [CARD] }, []],
    ["Blocked", { cards: [{ id: CARD, blocked: true }] }, []],
    ["Invalid", { cards: [] }, []],
    [
      "ConcurrentTx",
      { cards: [] },
      [{ csms: { answer: "Authorize", with: { idTagInfo: { status: "ConcurrentTx" } }, once: true } }],
    ],
  ])("knows what it knew: %s", (status, setup, deeds) => {
    expect(central(ask(1, status))).toEqual(setup);
    expect(csms(ask(1, status))).toEqual(deeds);
  });

  it.each([
    ["Invalid", "Accepted", { card: CARD }],
    ["Accepted", "Invalid", { "remove-card": CARD }],
    ["Accepted", "Blocked", { block: CARD }],
    ["Blocked", "Accepted", { unblock: CARD }],
    ["Invalid", "Blocked", { card: { id: CARD, blocked: true } }],
  ])("changes its mind where it did: %s, then %s", (first, then, deed) => {
    const all = steps([...ask(1, first), ...ask(9, then)]);
    const second = all.findLastIndex((step) => typeof step === "object" && "tap" in step);
    expect(all[second - 1]).toEqual({ csms: deed });
  });

  it("changes its mind in the order in which it did, before what it answers out of the ordinary", () => {
    const asked = (s: number, idTag: string, idTagInfo: object) => [
      call(s, "out", "Authorize", { idTag }, `b${s}`),
      result(s, "in", "Authorize", { idTagInfo }, `b${s}`),
    ];
    const other = "04B3352CD96F91";
    const facts = [
      ...ask(1, "Accepted"),
      ...ask(5, "Accepted", {}, other),
      control(9, "plug", "1"),
      ...asked(10, CARD, { status: "ConcurrentTx" }),
      ...asked(11, CARD, { status: "Blocked" }),
      ...asked(12, other, { status: "Blocked" }),
    ];
    expect(csms(facts)).toEqual([
      { csms: { block: CARD } },
      { csms: { block: other } },
      { csms: { answer: "Authorize", with: { idTagInfo: { status: "ConcurrentTx" } }, once: true } },
    ]);
  });

  it("answers with a group as it did, and without moments that are long past", () => {
    const facts = ask(1, "Accepted", { parentIdTag: "GROUP", expiryDate: "2026-12-01T00:00:00Z" });
    expect(central(facts)).toEqual({ cards: [CARD] });
    expect(csms(facts)).toEqual([
      {
        csms: {
          answer: "Authorize",
          with: { idTagInfo: { status: "Accepted", parentIdTag: "GROUP" } },
          once: true,
        },
      },
    ]);
  });

  it("answers late where something was done meanwhile, and only there", () => {
    const slow = [
      control(1, "tap", CARD),
      call(1, "out", "Authorize", { idTag: CARD }),
      control(2, "plug", "1"),
      result(4, "in", "Authorize", { idTagInfo: { status: "Accepted" } }),
    ];
    expect(csms(slow)).toEqual([{ csms: { answer: "Authorize", delay: "3000 ms", once: true } }]);
    expect(csms(slow.filter((fact) => fact.kind !== "control" || fact.verb !== "plug"))).toEqual([]);
  });

  it("answers with an error, late, all in one step", () => {
    const facts = [
      control(1, "tap", CARD),
      call(1, "out", "Authorize", { idTag: CARD }),
      control(2, "plug", "1"),
      at(4, {
        kind: "frame",
        direction: "in",
        messageType: "CALLERROR",
        messageId: "Authorize",
        action: "Authorize",
        payload: { errorCode: "OccurenceConstraintViolation", errorDescription: "no" },
        raw: "[]",
      }),
    ];
    expect(csms(facts)).toEqual([
      {
        csms: {
          answer: "Authorize",
          delay: "3000 ms",
          error: "OccurenceConstraintViolation",
          once: true,
        },
      },
    ]);
  });

  it("answers a vendor's data as it did, the later one said first: what was set last is asked first", () => {
    const data = (s: number, status: string) => [
      call(s, "out", "DataTransfer", { vendorId: "v" }, `d${s}`),
      result(s, "in", "DataTransfer", { status }, `d${s}`),
    ];
    const said = csms([control(1, "plug", "1"), ...data(2, "Accepted"), ...data(3, "Rejected")]);
    expect(said.map((step) => (step as { csms: { with?: unknown } }).csms.with)).toEqual([
      { status: "Rejected" },
      { status: "Accepted" },
    ]);
    expect(csms([control(1, "plug", "1"), ...data(2, "UnknownVendorId")])).toEqual([]);
  });

  it("sends its commands, with transactions by name and the answer's status expected", () => {
    const facts = [
      control(1, "plug", "1"),
      call(1, "out", "StartTransaction", { connectorId: 1, idTag: CARD }),
      result(1, "in", "StartTransaction", { transactionId: 4711, idTagInfo: { status: "Accepted" } }),
      call(9, "in", "RemoteStopTransaction", { transactionId: 4711 }),
      result(9, "out", "RemoteStopTransaction", { status: "Accepted" }),
    ];
    expect(steps(facts)).toEqual([
      { plug: 1 },
      { expect: { message: "StartTransaction", with: { connectorId: 1, idTag: CARD } } },
      { expect: { answer: "StartTransaction", capture: { tx: "transactionId" } } },
      { wait: "8 s" },
      {
        csms: {
          send: "RemoteStopTransaction",
          payload: { transactionId: "$tx" },
          expect: { status: "Accepted" },
        },
      },
    ]);
  });

  it("names only transactions that began in the session, each once", () => {
    const status = (s: number, transactionId: string) =>
      call(s, "in", "GetTransactionStatus", { transactionId }, `g${s}`);
    const begun = (transactionId: string, event: "started" | "ended") =>
      at(1, { kind: "transaction", event, transactionId, evseId: 1, seqNo: 0, meterWh: 0 });
    const facts = [
      control(1, "plug", "1"),
      begun("a", "started"),
      begun("b", "started"),
      begun("a", "ended"),
    ];
    const asked = [status(2, "older"), status(3, "a"), status(4, "a"), status(5, "b")];
    const said = csms([...facts, ...asked]) as { csms: { payload: { transactionId: string } } }[];
    expect(said.map((step) => step.csms.payload.transactionId)).toEqual(["older", "$tx", "$tx", "$tx2"]);
    expect(draft([...facts, ...asked]).head.shows).toBe("Recorded: 2 transactions, 4 commands");
  });

  it("sends a command without a payload as such", () => {
    const taken = result(1, "out", "ClearCache", { status: "Accepted" });
    expect(steps([call(1, "in", "ClearCache", {}), taken])).toEqual([
      { csms: { send: "ClearCache", expect: { status: "Accepted" } } },
    ]);
  });

  it("expects of an answer without a status what is the same in every run", () => {
    const variable = (component: string, name: string, attributeValue: string) => ({
      component: { name: component },
      variable: { name },
      attributeStatus: "Accepted",
      attributeValue,
    });
    const answered = (action: string, payload: unknown) => {
      const [step] = csms([call(1, "in", action, {}), result(1, "out", action, payload)]);
      return (step as { csms: { expect?: unknown } }).csms.expect;
    };
    const told = (component: string, name: string) => ({
      component: { name: component },
      variable: { name },
      attributeStatus: "Accepted",
    });
    expect(
      answered("GetVariables", {
        getVariableResult: [
          variable("OCPPCommCtrlr", "HeartbeatInterval", "300"),
          variable("ClockCtrlr", "DateTime", "2026-11-25T12:00:00Z"),
          variable("SecurityCtrlr", "SecurityProfile", "2"),
          variable("DeviceDataCtrlr", "Name", "CP001"),
          variable("Vendor", "Pattern", "<any>"),
        ],
      }),
    ).toEqual({
      getVariableResult: [
        variable("OCPPCommCtrlr", "HeartbeatInterval", "300"),
        told("ClockCtrlr", "DateTime"),
        told("SecurityCtrlr", "SecurityProfile"),
        told("DeviceDataCtrlr", "Name"),
        { ...told("Vendor", "Pattern"), attributeValue: { equals: "<any>" } },
      ],
    });
    expect(
      answered("GetConfiguration", {
        configurationKey: [
          { key: "SecurityProfile", readonly: false, value: "1" },
          { key: "AuthorizationKey", readonly: false, value: "***" },
        ],
        unknownKey: ["x"],
      }),
    ).toEqual({
      configurationKey: [
        { key: "SecurityProfile", readonly: false },
        { key: "AuthorizationKey", readonly: false },
      ],
      unknownKey: ["x"],
    });
    const all = Array.from({ length: 30 }, (_, i) => ({ key: `K${i}`, readonly: true, value: "1" }));
    expect(answered("GetConfiguration", { configurationKey: all })).toBeUndefined();
    expect(answered("GetLocalListVersion", { listVersion: 0 })).toEqual({ listVersion: 0 });
    expect(answered("RequestStartTransaction", { status: "Accepted", transactionId: "a-b" })).toEqual({
      status: "Accepted",
    });
  });

  it("expects that a station that gets its power back says so", () => {
    const boot = (payload: object) => [
      control(1, "power", "restore"),
      call(1, "out", "BootNotification", payload),
    ];
    expect(steps(boot({ reason: "PowerUp" }))).toContainEqual({
      expect: { message: "BootNotification", with: { reason: "PowerUp" } },
    });
    expect(steps(boot({ chargePointModel: "x" }))).toContainEqual({
      expect: { message: "BootNotification" },
    });
  });

  it("sends what was wrong as wrong as it was", () => {
    const error = at(1, {
      kind: "frame",
      direction: "out",
      messageType: "CALLERROR",
      messageId: "Reset",
      action: "Reset",
      raw: '[4,"Reset","FormationViolation","",{}]',
    });
    expect(steps([call(1, "in", "Reset", { type: "Lukewarm" }), error])).toEqual([
      {
        csms: {
          send: "Reset",
          payload: { type: "Lukewarm" },
          raw: true,
          expect: { error: "FormationViolation" },
        },
      },
    ]);
  });

  it("leaves out secrets, and what names a server that is gone", () => {
    expect(
      steps([
        call(1, "in", "ChangeConfiguration", { key: "AuthorizationKey", value: "***" }),
        call(1, "in", "x-Fetch", { url: "ftp://user:***@x/" }),
        call(2, "in", "GetDiagnostics", { location: "ftp://x/" }),
      ]),
    ).toEqual([
      "# 12:00:01: left out: ChangeConfiguration with a secret",
      "# left out: x-Fetch with a secret",
      { wait: "1 s" },
      "# left out: GetDiagnostics, since what it names is not there when the scenario runs",
    ]);
  });

  it("asks for a message, which is expected then", () => {
    const facts = [
      call(1, "in", "TriggerMessage", { requestedMessage: "Heartbeat" }, "t"),
      result(1, "out", "TriggerMessage", { status: "Accepted" }, "t"),
      call(1, "out", "Heartbeat", {}),
    ];
    expect(steps(facts).at(-1)).toEqual({ expect: { message: "Heartbeat" } });
  });
});

describe("how the station stood", () => {
  const verdict = at(1, {
    kind: "verdict",
    outcome: "accepted",
    by: "cache",
    status: "Accepted",
    token: { idToken: CARD, type: "ISO14443" },
    why: "",
    spec: "",
    ms: 0,
  });
  it("knows the tokens of the session, not those of other people", () => {
    const cache = [
      { id: CARD, status: "Accepted", type: "ISO14443" },
      { id: "04FFFFFFFFFFFF", status: "Accepted", type: "ISO14443" },
    ];
    const list = [{ id: CARD, status: "Blocked", type: "ISO14443" }];
    const facts = [control(1, "tap", CARD), verdict];
    expect(draft(facts, { cache, list }).head.station).toEqual({
      list: [{ id: CARD, status: "Blocked" }],
      cache: [CARD],
    });
  });

  it("has the settings that were set", () => {
    expect(draft([], { settings: { "AuthCtrlr.LocalPreAuthorize": "true" } }).head.station).toEqual({
      settings: { "AuthCtrlr.LocalPreAuthorize": "true" },
    });
  });

  it("never reached its central system", () => {
    const begun = (registered: boolean) =>
      draftOf({ head: { ...head, registered }, facts: [control(1, "plug", "1")], broken: 0 }, { clock, day });
    expect(begun(true).steps.map(({ step }) => step)).toEqual([{ network: "down" }, { plug: 1 }]);
    expect(begun(false).head.station).toEqual({ begins: "off" });
    expect(begun(false).steps.map(({ step }) => step)).toEqual([
      { network: "down" },
      { power: "restore" },
      { plug: 1 },
    ]);
  });

  it("was kept waiting, and let in later", () => {
    const pending = at(0, { kind: "registration", status: "Pending", interval: 60 });
    const facts = [
      connected,
      pending,
      control(1, "plug", "1"),
      at(60, { ...accepted, kind: "registration" } as FactBody),
    ];
    const made = draftOf({ head, facts, broken: 0 }, { clock, day });
    expect(made.head).toMatchObject({ station: { begins: "powered" }, central: { approved: false } });
    expect(made.steps.map(({ step }) => step)[0]).toEqual({ csms: { approve: true } });
  });
});

describe("a recording", () => {
  it("is read up to where it was cut off", () => {
    const lines = [head, control(1, "plug", "1")].map((line) => JSON.stringify(line)).join("\n");
    expect(readRecorded(`${lines}\n{"kind":"con`)).toEqual({
      head,
      facts: [control(1, "plug", "1")],
      broken: 1,
    });
    expect(readRecorded(JSON.stringify(control(1, "plug", "1")))).toBeUndefined();
    fc.assert(fc.property(fc.string(), (text) => void readRecorded(text)));
  });
});

describe("texts stand for themselves", () => {
  it("what is sent is what was sent, and what is expected fits what came, whatever it looks like", () => {
    const nasty = fc.oneof(
      fc.json().map((text) => JSON.parse(text) as unknown),
      fc.constantFrom(
        "$card",
        "$$",
        // biome-ignore lint/suspicious/noTemplateCurlyInString: a reference as scenarios write it
        "${x}",
        "<any>",
        "<foo>",
        "/(/",
        "/a/i",
        "1..2",
        "..",
        { not: "x" },
        { equals: 1 },
        ["1..", { oneOf: "/x/" }],
      ),
    );
    fc.assert(
      fc.property(fc.oneof(nasty, fc.record({ a: nasty, b: fc.array(nasty) })), (value) => {
        expect(fill(literal(value), {})).toEqual(value);
        expect(matches(fill(escaped(value), {}), value)).toBe(true);
      }),
    );
  });
});

describe("the file", () => {
  const twoOutlets = { ...head, model: "fast-dc-two-outlets" };
  const anyVerb = fc.oneof(
    fc.constantFrom(["tap", CARD], ["hold", "04B3352CD96F91"], ["remove"], ["plug", "1"], ["unplug", "2"]),
    fc.constantFrom(["network", "down"], ["power", "cut"], ["fault", "1", "GroundFailure"], ["clear", "0"]),
    fc.constantFrom(["lock", "1", "free"], ["meter", "1", "12.5"]),
    fc.tuple(fc.constant("transfer"), fc.string(), fc.string(), fc.string()),
    fc.array(fc.string(), { minLength: 1, maxLength: 3 }),
  );
  /** Also such as a value by version has. */
  const key = fc.oneof(fc.string(), fc.constantFrom("1.6", "2.0.1", "1.0"));
  const anyFact = (s: number) =>
    fc.oneof(
      anyVerb.map(([verb = "", ...args]) => control(s, verb, ...args)),
      fc
        .record({
          action: fc.constantFrom("Reset", "DataTransfer", "SendLocalList"),
          payload: fc.dictionary(key, fc.oneof(fc.jsonValue(), fc.dictionary(key, fc.jsonValue()))),
        })
        .map(({ action, payload }) => call(s, "in", action, payload, `m${s}`)),
      fc.string().map((idTag) => call(s, "out", "Authorize", { idTag }, `m${s}`)),
      fc
        .constantFrom("Accepted", "Blocked", "Expired")
        .map((status) =>
          result(
            s,
            "in",
            "Authorize",
            { idTagInfo: { status, parentIdTag: "$x: <any> # \u0000" } },
            `m${s - 1}`,
          ),
        ),
      fc
        .constantFrom("accepted" as const, "fault" as const)
        .map((signal) => at(s, { kind: "signal", signal, via: [] })),
    );
  const session = fc
    .array(fc.nat({ max: 200 }), { maxLength: 25 })
    .chain((gaps) =>
      fc.tuple(...gaps.map((_, i) => anyFact(gaps.slice(0, i + 1).reduce((a, b) => a + b, 0)))),
    );

  it("has the name that was given, in one line and without variables", () => {
    const nameOf = (name: string) =>
      draftOf({ head: twoOutlets, facts: [connected, accepted], broken: 0 }, { clock, day, name }).head.name;
    expect(nameOf("It costs $five,\nand ${x ")).toBe("It costs $$five, and $${x");
    expect(nameOf(" \n")).toMatch(/^Session of /);
  });

  it("is always a scenario that can be read, whatever happened", () => {
    fc.assert(
      fc.property(session, fc.option(fc.string({ minLength: 1 }), { nil: undefined }), (facts, name) => {
        const made = draftOf(
          { head: twoOutlets, facts: [connected, accepted, ...(facts as Fact[])], broken: 0 },
          { clock, day, ...(name === undefined ? {} : { name }) },
        );
        if (made.steps.every(({ step }) => step === undefined)) return;
        const cwd = folderOf({ "made.yaml": textOf(made) });
        expect(planScenarios({ paths: ["made.yaml"], cwd })).toHaveLength(1);
      }),
      { numRuns: 150 },
    );
  });

  it("sends what was sent, also what looks like a value by version", () => {
    const payloads = fc.dictionary(key, fc.oneof(fc.jsonValue(), fc.dictionary(key, fc.jsonValue())), {
      minKeys: 1,
    });
    fc.assert(
      fc.property(payloads, fc.constantFrom("1.6", "2.0.1"), (data, ocpp) => {
        // So a secret is masked, and what has one is left out.
        fc.pre(!JSON.stringify(data).includes("***"));
        const spoken = at(0, { kind: "link", state: "connected", url: "ws://x", subprotocol: `ocpp${ocpp}` });
        const facts = [spoken, accepted, call(1, "in", "DataTransfer", data)];
        const made = draftOf({ head, facts, broken: 0 }, { clock, day });
        const [read] = planScenarios({ paths: ["a.yaml"], cwd: folderOf({ "a.yaml": textOf(made) }) });
        const [step] = read?.scenario.steps ?? [];
        expect(step && filledValue(step, ocpp, {})).toMatchObject({ payload: data });
      }),
    );
  });

  it("is what a person would have written: cards by name, short maps on one line, remarks in their place", () => {
    const facts = [
      control(1, "tap", CARD),
      call(1, "out", "Authorize", { idTag: CARD }),
      result(1, "in", "Authorize", { idTagInfo: { status: "Accepted" } }),
      control(3, "plug", "1"),
      control(80, "dance"),
      control(81, "remove"),
      control(82, "unplug", "1"),
      control(83, "hold", CARD),
      control(83.2, "plug", "1"),
      control(83.4, "remove"),
    ];
    const made = draft(facts);
    expect(
      textOf(made),
    ).toBe(`# yaml-language-server: $schema=node_modules/tapstation/scenarios/scenario.schema.json

name: Session of 2026-11-25T12:00
shows: "Recorded: 2 taps"
tags: [ recorded ]
ocpp: "1.6"
vars: { card: 04A2241BC85E80 }
central: { cards: [ $card ] }
steps:
  # 12:00:01
  - tap: $card
  - expect: { message: Authorize, with: { idTag: $card } }
  - wait: 1 s
  - plug: 1
  - wait: 77 s
  # 12:01:20: left out: "dance" has no step
  - wait: 2 s
  - unplug: 1
  - wait: 1 s
  - hold: $card
  - plug: 1
  - remove:
`);
  });
});

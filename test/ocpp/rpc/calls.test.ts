import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Calls, type CallsOptions } from "../../../src/ocpp/rpc/calls.ts";
import { MAX_WAITING_CALLS } from "../../../src/ocpp/rpc/incoming.ts";
import type { CallAnswer, CallOutcome, FrameRecord, OcppVersion } from "../../../src/ocpp/rpc/types.ts";
import { payloadCheck } from "../../../src/ocpp/schemas.ts";
import { SimulatedClock } from "../../../src/util/clock.ts";

const accepted: CallAnswer = { ok: true, payload: { status: "Accepted" } };

function rig(o: Partial<CallsOptions> = {}) {
  const clock = new SimulatedClock();
  const sent: string[] = [];
  const records: FrameRecord[] = [];
  let n = 0;
  const calls = new Calls({
    version: "1.6",
    clock,
    ids: { next: () => `id${++n}` },
    timeoutMs: 30_000,
    handler: () => accepted,
    send: (text) => sent.push(text) > 0,
    onFrame: (r) => records.push(r),
    ...o,
  });
  calls.connected();
  const problems = () => records.map((r) => r.problem).filter((p) => p !== undefined);
  return { clock, sent, records, calls, problems };
}

let leakCheck: SimulatedClock | undefined;
beforeEach(() => {
  leakCheck = undefined;
});
afterEach(() => {
  expect(leakCheck?.pending ?? 0, "timers left").toBe(0);
});

describe("our CALLs", () => {
  test("a result, with its action and time in the record", async () => {
    const { calls, clock, sent, records } = rig();
    leakCheck = clock;
    let handed = false;
    const outcome = calls.call("Heartbeat", {}, { onSent: () => (handed = true) });
    expect(sent).toEqual(['[2,"id1","Heartbeat",{}]']);
    expect(handed).toBe(true);
    expect(calls.waiting).toBe(1);
    await clock.advance(250);
    calls.receive('[3,"id1",{"currentTime":"2030-01-01T00:00:00Z"}]');
    expect(await outcome).toEqual({ kind: "result", payload: { currentTime: "2030-01-01T00:00:00Z" } });
    expect(calls.waiting).toBe(0);
    expect(records).toEqual([
      { direction: "out", messageType: "CALL", id: "id1", action: "Heartbeat", payload: {}, raw: sent[0] },
      {
        direction: "in",
        messageType: "CALLRESULT",
        id: "id1",
        action: "Heartbeat",
        payload: { currentTime: "2030-01-01T00:00:00Z" },
        raw: '[3,"id1",{"currentTime":"2030-01-01T00:00:00Z"}]',
        ms: 250,
      },
    ]);
  });

  test("an error", async () => {
    const { calls, records } = rig();
    const outcome = calls.call("Authorize", { idTag: "A" });
    calls.receive('[4,"id1","InternalError","no",{"a":1}]');
    expect(await outcome).toEqual({
      kind: "error",
      code: "InternalError",
      description: "no",
      details: { a: 1 },
    });
    expect(records.at(-1)).toMatchObject({
      messageType: "CALLERROR",
      action: "Authorize",
      payload: { errorCode: "InternalError", errorDescription: "no", errorDetails: { a: 1 } },
    });
  });

  test("one at a time, the others in order", async () => {
    const { calls, sent, clock } = rig();
    leakCheck = clock;
    const order: string[] = [];
    for (const name of ["A", "B", "C"])
      void calls.call(name, {}).then((o) => order.push(`${name} ${o.kind}`));
    expect(sent).toHaveLength(1);
    calls.receive('[3,"id1",{}]');
    expect(sent).toHaveLength(2);
    await clock.advance(30_000);
    expect(sent).toHaveLength(3);
    calls.receive('[4,"id3","GenericError","",{}]');
    await clock.advance(0);
    expect(order).toEqual(["A result", "B timeout", "C error"]);
  });

  test("a CALL may bring its own timeout; the general one may change", async () => {
    let general = 1_000;
    const { calls, clock } = rig({ timeoutMs: () => general });
    const first = calls.call("A", {}, { timeoutMs: 5_000 });
    await clock.advance(4_999);
    expect(calls.waiting).toBe(1);
    await clock.advance(1);
    expect(await first).toEqual({ kind: "timeout" });
    general = 2_000;
    const second = calls.call("B", {});
    await clock.advance(1_999);
    expect(calls.waiting).toBe(1);
    await clock.advance(1);
    expect(await second).toEqual({ kind: "timeout" });
  });

  test("late, second and unasked answers are recorded and change nothing", async () => {
    const { calls, clock, problems, sent } = rig();
    const outcome = calls.call("Authorize", { idTag: "A" });
    await clock.advance(30_000);
    expect(await outcome).toEqual({ kind: "timeout" });
    const other = calls.call("Heartbeat", {});
    calls.receive('[3,"id1",{"idTagInfo":{"status":"Accepted"}}]');
    calls.receive('[3,"who",{}]');
    calls.receive('[4,"-1","RpcFrameworkError","",{}]');
    expect(calls.waiting).toBe(1);
    calls.receive('[3,"id2",{}]');
    calls.receive('[3,"id2",{}]');
    expect((await other).kind).toBe("result");
    expect(problems()).toEqual([
      "a late or second answer: Authorize was given up after its timeout",
      "answers no CALL of ours",
      "the far end could not read a message of ours",
      "a late or second answer: Heartbeat was answered",
    ]);
    expect(sent).toHaveLength(2);
  });

  test("without a connection nothing is sent; when it breaks everything fails at once", async () => {
    const { calls, sent, clock } = rig();
    leakCheck = clock;
    const outcomes = [calls.call("A", {}), calls.call("B", {}), calls.call("C", {})];
    calls.disconnected();
    expect(await Promise.all(outcomes)).toEqual([
      { kind: "disconnected", sent: true },
      { kind: "disconnected", sent: false },
      { kind: "disconnected", sent: false },
    ]);
    expect(await calls.call("D", {})).toEqual({ kind: "disconnected", sent: false });
    calls.connected();
    void calls.call("E", {});
    expect(sent.map((s) => JSON.parse(s)[2])).toEqual(["A", "E"]);
    calls.close();
  });

  test("a socket that does not take the text", async () => {
    const { calls, clock, records } = rig({ send: () => false });
    leakCheck = clock;
    expect(await calls.call("A", {})).toEqual({ kind: "disconnected", sent: false });
    expect(records).toEqual([]);
  });

  test("a payload that fails our own check is not sent", async () => {
    const { calls, sent, records } = rig({ check: payloadCheck("1.6") });
    const problem = "Authorize does not fit its schema: idTag is missing";
    expect(await calls.call("Authorize", {})).toEqual({ kind: "invalid", problem });
    expect(sent).toEqual([]);
    expect(records).toMatchObject([
      { direction: "out", action: "Authorize", problem: `not sent: ${problem}` },
    ]);
    const loop: Record<string, unknown> = {};
    loop.self = loop;
    expect(await calls.call("DataTransfer", loop)).toMatchObject({ kind: "invalid" });
    expect(await calls.call("DataTransfer", { data: 1n })).toMatchObject({ kind: "invalid" });
    const next = calls.call("Heartbeat", {});
    calls.receive('[3,"id4",{"currentTime":"2030-01-01T00:00:00Z"}]');
    expect((await next).kind).toBe("result");
  });

  test("our own message ids are looked at as well", async () => {
    const ids = ["x".repeat(37), "", "a", "a", "b"];
    const { calls, sent } = rig({ ids: { next: () => ids.shift() ?? "" } });
    expect(await calls.call("Heartbeat", {})).toMatchObject({
      kind: "invalid",
      problem: expect.stringContaining("37"),
    });
    expect(await calls.call("Heartbeat", {})).toMatchObject({
      kind: "invalid",
      problem: expect.stringContaining("empty"),
    });
    const good = calls.call("Heartbeat", {});
    calls.receive('[3,"a",{}]');
    expect((await good).kind).toBe("result");
    expect(await calls.call("Heartbeat", {})).toMatchObject({
      problem: expect.stringContaining("used before"),
    });
    void calls.call("Heartbeat", {});
    expect(sent.map((s) => JSON.parse(s)[1])).toEqual(["a", "b"]);
  });

  test("an answer that does not fit is invalid when strict, a recorded problem when not", async () => {
    const problem = "the answer to Authorize does not fit its schema: idTagInfo is missing";
    const strict = rig({ check: payloadCheck("1.6") });
    const outcome = strict.calls.call("Authorize", { idTag: "A" });
    strict.calls.receive('[3,"id1",{}]');
    expect(await outcome).toEqual({ kind: "invalid", problem });
    expect(strict.problems()).toEqual([problem]);
    const lenient = rig({ check: payloadCheck("1.6"), strict: false });
    const result = lenient.calls.call("Authorize", { idTag: "A" });
    lenient.calls.receive('[3,"id1",{}]');
    expect(await result).toEqual({ kind: "result", payload: {} });
    expect(lenient.problems()).toEqual([problem]);
  });

  test("a far end that answers while the text is still being handed over", async () => {
    const r = rig({
      send: (text) => {
        r.calls.receive(`[3,"${JSON.parse(text)[1]}",{}]`);
        return true;
      },
    });
    leakCheck = r.clock;
    const all = await Promise.all([r.calls.call("A", {}), r.calls.call("B", {})]);
    expect(all.map((o) => o.kind)).toEqual(["result", "result"]);
  });
});

describe("CALLs of the far end", () => {
  const settle = (clock: SimulatedClock) => clock.advance(0);

  test("an answer, and what is to run after it was sent", async () => {
    const seen: string[] = [];
    const { calls, sent, records } = rig({
      handler: (action, payload, id) => {
        seen.push(`${action} ${JSON.stringify(payload)} ${id}`);
        return { ok: true, payload: { status: "Accepted" }, after: () => seen.push(`after ${sent.length}`) };
      },
    });
    calls.receive('[2,"x","Reset",{"type":"Soft"}]');
    expect(seen).toEqual(['Reset {"type":"Soft"} x', "after 1"]);
    expect(sent).toEqual(['[3,"x",{"status":"Accepted"}]']);
    expect(records.map((r) => [r.direction, r.messageType, r.action])).toEqual([
      ["in", "CALL", "Reset"],
      ["out", "CALLRESULT", "Reset"],
    ]);
  });

  test("a refusal, spelled as the version spells it", () => {
    const handler = (): CallAnswer => ({
      ok: false,
      code: "OccurrenceConstraintViolation",
      description: "too long",
    });
    for (const [version, code] of [
      ["1.6", "OccurenceConstraintViolation"],
      ["2.0.1", "OccurrenceConstraintViolation"],
    ] as const) {
      const { calls, sent } = rig({ version, handler });
      calls.receive('[2,"x","SendLocalList",{}]');
      expect(sent).toEqual([`[4,"x","${code}","too long",{}]`]);
    }
  });

  test("one after the other, in order", async () => {
    const open: ((a: CallAnswer) => void)[] = [];
    const started: string[] = [];
    const { calls, sent, clock } = rig({
      handler: (_action, _payload, id) => {
        started.push(id);
        return id === "c" ? accepted : new Promise((resolve) => open.push(resolve));
      },
    });
    for (const id of ["a", "b", "c"]) calls.receive(`[2,"${id}","Reset",{}]`);
    expect(started).toEqual(["a"]);
    open[0]?.(accepted);
    await settle(clock);
    expect(started).toEqual(["a", "b"]);
    open[1]?.({ ok: false, code: "NotSupported", description: "" });
    await settle(clock);
    expect(sent.map((s) => JSON.parse(s).slice(0, 2))).toEqual([
      [3, "a"],
      [4, "b"],
      [3, "c"],
    ]);
  });

  test.each([
    [
      "throws",
      () => {
        throw new Error("disk full, password hunter2");
      },
    ],
    ["rejects", () => Promise.reject(new Error("disk full, password hunter2"))],
    ["gives nothing", () => undefined as never],
    ["gives a promise of nothing", () => Promise.resolve(undefined as never)],
    ["gives what JSON cannot hold", () => ({ ok: true as const, payload: { n: 1n } })],
    [
      "gives details that JSON cannot hold",
      () => ({ ok: false as const, code: "GenericError" as const, description: "", details: 1n }),
    ],
  ])("a handler that %s", async (_what, handler) => {
    const { calls, sent, clock, problems } = rig({ handler: handler as CallsOptions["handler"] });
    calls.receive('[2,"x","Reset",{}]');
    calls.receive('[2,"y","Reset",{}]');
    await settle(clock);
    expect(sent.map((s) => JSON.parse(s).slice(0, 3))).toEqual([
      [4, "x", "InternalError"],
      [4, "y", "InternalError"],
    ]);
    expect(problems()).toHaveLength(2);
    expect(sent.join()).not.toContain("hunter2");
  });

  test("our own answer must fit as well", () => {
    const { calls, sent, problems } = rig({
      check: payloadCheck("1.6"),
      handler: () => ({ ok: true, payload: { status: "Perhaps" } }),
    });
    calls.receive('[2,"x","Reset",{"type":"Soft"}]');
    expect(sent).toEqual(['[4,"x","InternalError","Reset could not be answered",{}]']);
    expect(problems()).toEqual([
      "our answer to Reset does not fit its schema: status: must be one of Accepted, Rejected",
    ]);
  });

  test("a payload that does not fit: refused when strict, handled with a recorded problem when not", () => {
    const strict = rig({ check: payloadCheck("1.6") });
    strict.calls.receive('[2,"x","Reset",{}]');
    strict.calls.receive('[2,"y","Explode",{}]');
    strict.calls.receive('[2,"z","Reset",{"type":"Soft","how":1}]');
    expect(strict.sent).toEqual([
      '[4,"x","OccurenceConstraintViolation","type is missing",{}]',
      '[4,"y","NotImplemented","Explode is not known",{}]',
      '[4,"z","FormationViolation","how is not known here",{}]',
    ]);
    expect(strict.problems()).toHaveLength(3);
    const lenient = rig({ check: payloadCheck("1.6"), strict: false });
    lenient.calls.receive('[2,"x","Reset",{}]');
    expect(lenient.sent).toEqual(['[3,"x",{"status":"Accepted"}]']);
    expect(lenient.problems()).toEqual(["type is missing"]);
  });

  test("a flood is answered without being kept", async () => {
    let release: (a: CallAnswer) => void = () => {};
    const { calls, sent, clock } = rig({
      handler: (_a, _p, id) => (id === "0" ? new Promise((resolve) => (release = resolve)) : accepted),
    });
    for (let i = 0; i < 1_000; i++) calls.receive(`[2,"${i}","Reset",{}]`);
    const kept = MAX_WAITING_CALLS + 1;
    expect(sent).toHaveLength(1_000 - kept);
    expect(sent[0]).toContain(`[4,"${kept}","GenericError","too many CALLs at once`);
    release(accepted);
    await settle(clock);
    expect(sent).toHaveLength(1_000);
  });

  test.each([
    ["1.6", []],
    ["2.0.1", ['[4,"x","RpcFrameworkError","a CALL with this message id is being handled already",{}]']],
  ] as const)("%s: the id of a CALL that is being handled comes again", async (version, answers) => {
    let release: (a: CallAnswer) => void = () => {};
    const { calls, sent, clock, problems } = rig({
      version,
      handler: () => new Promise((resolve) => (release = resolve)),
    });
    calls.receive('[2,"x","Reset",{}]');
    calls.receive('[2,"x","Reset",{}]');
    expect(sent).toEqual(answers);
    expect(problems()).toEqual(["a CALL with this message id is being handled already"]);
    release(accepted);
    await settle(clock);
    expect(sent).toEqual([...answers, '[3,"x",{"status":"Accepted"}]']);
  });

  test("the answer to a CALL of a broken connection is not sent over the next one", async () => {
    const open: ((a: CallAnswer) => void)[] = [];
    let ran = 0;
    const { calls, sent, clock } = rig({ handler: () => new Promise((resolve) => open.push(resolve)) });
    const answer: CallAnswer = { ok: true, payload: {}, after: () => ran++ };
    calls.receive('[2,"x","Reset",{}]');
    calls.receive('[2,"y","Reset",{}]');
    calls.disconnected();
    calls.connected();
    calls.receive('[2,"x","Reset",{}]');
    open[0]?.(answer);
    await settle(clock);
    expect(sent).toEqual([]);
    expect(ran).toBe(0);
    open[1]?.(answer);
    await settle(clock);
    expect(sent).toEqual(['[3,"x",{}]']);
    expect(ran).toBe(1);
    expect(open).toHaveLength(2);
  });
});

describe("what is no frame", () => {
  const answers = (version: OcppVersion, text: string) => {
    const { calls, sent, records } = rig({ version });
    calls.receive(text);
    expect(records[0]).toMatchObject({ direction: "in", problem: expect.any(String) });
    return sent.map((s) => JSON.parse(s).slice(0, 3));
  };

  test.each([
    ["nonsense", "nonsense", [], [[4, "-1", "RpcFrameworkError"]]],
    ["an object", "{}", [], [[4, "-1", "RpcFrameworkError"]]],
    ["a CALL without an id", '[2,1,"Reset",{}]', [], [[4, "-1", "RpcFrameworkError"]]],
    ["half a CALL", '[2,"x","Re', [[4, "x", "FormationViolation"]], [[4, "x", "RpcFrameworkError"]]],
    ["half a result", '[3,"x",{"a', [], []],
    ["a bad payload", '[2,"x","Reset",[]]', [[4, "x", "FormationViolation"]], [[4, "x", "FormatViolation"]]],
    ["an unknown type", '[9,"x",{}]', [], [[4, "x", "MessageTypeNotSupported"]]],
    ["an unknown type without id", "[9]", [], [[4, "-1", "MessageTypeNotSupported"]]],
    ["2.1's SEND", '[6,"x","NotifyPeriodicEventStream",{}]', [], [[4, "x", "MessageTypeNotSupported"]]],
    ["2.1's CALLRESULTERROR", '[5,"x","GenericError","",{}]', [], [[4, "x", "MessageTypeNotSupported"]]],
  ] as const)("%s", (_what, text, v16, v201) => {
    expect(answers("1.6", text)).toEqual(v16);
    expect(answers("2.0.1", text)).toEqual(v201);
  });

  test("of a long one the record keeps the beginning", () => {
    const { calls, records } = rig();
    calls.receive("x".repeat(1_000_000));
    expect(records[0]?.raw.length).toBeLessThan(20_000);
  });
});

describe("by-passing", () => {
  test("an injected text is marked, and so is the answer to it", async () => {
    const { calls, sent, records } = rig();
    const own = calls.call("Heartbeat", {});
    expect(calls.sendRaw('[2,"mine","Authorize",{}]')).toBe(true);
    expect(calls.sendRaw("rubbish")).toBe(true);
    calls.receive('[3,"mine",{}]');
    calls.receive('[3,"id1",{}]');
    expect((await own).kind).toBe("result");
    expect(sent).toEqual(['[2,"id1","Heartbeat",{}]', '[2,"mine","Authorize",{}]', "rubbish"]);
    expect(records.slice(1, 4)).toMatchObject([
      { direction: "out", messageType: "CALL", id: "mine", action: "Authorize", injected: true },
      { direction: "out", messageType: "INVALID", raw: "rubbish", injected: true },
      { direction: "in", messageType: "CALLRESULT", id: "mine", action: "Authorize", injected: true },
    ]);
    expect(records[3]).not.toHaveProperty("problem");
    expect(records[4]).not.toHaveProperty("injected");
    calls.disconnected();
    expect(calls.sendRaw("x")).toBe(false);
  });

  test("without a listener everything works the same", async () => {
    const sent: string[] = [];
    const calls = new Calls({
      version: "2.0.1",
      clock: new SimulatedClock(),
      ids: { next: () => "1" },
      timeoutMs: 1,
      handler: () => accepted,
      send: (t) => sent.push(t) > 0,
    });
    const before = calls.call("Heartbeat", {});
    calls.connected();
    calls.receive("rubbish");
    calls.receive('[2,"x","Reset",{}]');
    calls.receive('[3,"x",{}]');
    const outcome: CallOutcome = await before;
    expect(outcome.kind).toBe("disconnected");
    expect(sent).toHaveLength(2);
  });

  test("what arrives without a connection is recorded only", () => {
    const { calls, sent, problems } = rig();
    calls.disconnected();
    calls.receive('[2,"x","Reset",{}]');
    calls.receive("rubbish");
    expect(sent).toEqual([]);
    expect(problems()).toEqual(["came without a connection", "not valid JSON"]);
  });
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  binaryText,
  clip,
  encodeFrame,
  MAX_FRAME_BYTES,
  MAX_NESTING,
  nestsWithin,
  parseFrame,
  recordOf,
} from "../../../src/ocpp/rpc/frame.ts";
import type { Frame } from "../../../src/ocpp/rpc/types.ts";

describe("frames that are read", () => {
  test.each([
    [[2, "1", "Heartbeat", {}], { type: "CALL", id: "1", action: "Heartbeat", payload: {} }],
    [[2, "1", "Heartbeat", null], { type: "CALL", id: "1", action: "Heartbeat", payload: {} }],
    [[3, "1", { status: "Accepted" }], { type: "CALLRESULT", id: "1", payload: { status: "Accepted" } }],
    [[3, "1", null], { type: "CALLRESULT", id: "1", payload: {} }],
    [
      [4, "1", "NotSupported", "no", { a: 1 }],
      { type: "CALLERROR", id: "1", code: "NotSupported", description: "no", details: { a: 1 } },
    ],
    [
      [4, "1", "NotSupported"],
      { type: "CALLERROR", id: "1", code: "NotSupported", description: "", details: {} },
    ],
    [
      [5, "1", "FormatViolation", "no", {}],
      { type: "CALLRESULTERROR", id: "1", code: "FormatViolation", description: "no", details: {} },
    ],
    [
      [6, "1", "NotifyPeriodicEventStream", {}],
      { type: "SEND", id: "1", action: "NotifyPeriodicEventStream", payload: {} },
    ],
    [[2, "x".repeat(36), "A", {}], { type: "CALL", id: "x".repeat(36), action: "A", payload: {} }],
  ])("%j", (list, frame) => {
    expect(parseFrame(JSON.stringify(list))).toEqual({ ok: true, frame });
  });

  test("a Local Authorization List of 15,000 entries", () => {
    const localAuthorizationList = Array.from({ length: 15_000 }, (_, i) => ({
      idToken: { idToken: `04A2241B${i.toString(16).padStart(6, "0")}`, type: "ISO14443" },
      idTokenInfo: {
        status: "Accepted",
        cacheExpiryDateTime: "2031-01-01T00:00:00.000Z",
        chargingPriority: 0,
      },
    }));
    const text = JSON.stringify([2, "1", "SendLocalList", { versionNumber: 1, localAuthorizationList }]);
    expect(text.length).toBeGreaterThan(2_000_000);
    expect(parseFrame(text).ok).toBe(true);
  });
});

describe("texts that are no frames", () => {
  const deep = "[".repeat(MAX_NESTING + 1) + "]".repeat(MAX_NESTING + 1);
  test.each([
    ["", "RpcFrameworkError", "not valid JSON", undefined, true],
    ["hello", "RpcFrameworkError", "not valid JSON", undefined, true],
    ["{}", "RpcFrameworkError", "not a JSON array", undefined, true],
    ["null", "RpcFrameworkError", "not a JSON array", undefined, true],
    ["[]", "RpcFrameworkError", "an empty array", undefined, true],
    ['[2,"19","Reset",{"type":"So', "RpcFrameworkError", "not valid JSON", "19", true],
    ['[3,"19",{"a":', "RpcFrameworkError", "not valid JSON", "19", false],
    ["[2]", "RpcFrameworkError", "the message id is not a text", undefined, true],
    ['[2,17,"Reset",{}]', "RpcFrameworkError", "the message id is not a text", undefined, true],
    ['[2,"","Reset",{}]', "RpcFrameworkError", "the message id is empty", undefined, true],
    [
      `[2,"${"x".repeat(37)}","Reset",{}]`,
      "RpcFrameworkError",
      "37 characters, 36 are",
      "x".repeat(37),
      true,
    ],
    [`[2,"${"x".repeat(300)}","Reset",{}]`, "RpcFrameworkError", "300 characters", undefined, true],
    ['[2,"1","Reset"]', "RpcFrameworkError", "a CALL has 4 elements, not 3", "1", true],
    ['[2,"1","Reset",{},{}]', "RpcFrameworkError", "a CALL has 4 elements, not 5", "1", true],
    ['[2,"1",7,{}]', "RpcFrameworkError", "the action is not a name", "1", true],
    ['[2,"1","",{}]', "RpcFrameworkError", "the action is not a name", "1", true],
    ['[2,"1","Reset",[]]', "FormatViolation", "the payload is not an object", "1", true],
    ['[2,"1","Reset","x"]', "FormatViolation", "the payload is not an object", "1", true],
    ['[3,"1"]', "RpcFrameworkError", "3 elements, not 2", "1", false],
    ['[3,"1",5]', "RpcFrameworkError", "the payload is not an object", "1", false],
    ['[4,"1",5]', "RpcFrameworkError", "the error code is not a text", "1", false],
    ['[4,"1","a","b",{},1]', "RpcFrameworkError", "5 elements, not 6", "1", false],
    ['[7,"1","Reset",{}]', "MessageTypeNotSupported", "the message type 7 is unknown", "1", false],
    ['["2","1","Reset",{}]', "MessageTypeNotSupported", "the message type is not a number", "1", false],
    ["[[]]", "MessageTypeNotSupported", "the message type is not a number", undefined, false],
    [`[2,"1","A",${deep}]`, "RpcFrameworkError", "nested deeper than 64 levels", "1", true],
    [
      '[2,"1","A",{"__proto__":{"admin":true}}]',
      "FormatViolation",
      "a property is called __proto__",
      "1",
      true,
    ],
    ['[2,"1","A",{"x":[{"\\u005f_pr\\u006fto__":1}]}]', "FormatViolation", "__proto__", "1", true],
    ['[3,"1",{"__proto__":1}]', "FormatViolation", "__proto__", "1", false],
  ] as const)("%.60s", (text, code, detail, id, isCall) => {
    const parsed = parseFrame(text);
    expect(parsed).toEqual({
      ok: false,
      code,
      detail: expect.stringContaining(detail),
      isCall,
      ...(id === undefined ? {} : { id }),
    });
  });

  test("larger than the limit, counted in bytes", () => {
    const of = (length: number, c: string) => `[2,"1","A",{"x":"${c.repeat(length)}"}]`;
    expect(parseFrame(of(MAX_FRAME_BYTES - 30, "x")).ok).toBe(true);
    expect(parseFrame(of(MAX_FRAME_BYTES, "x"))).toMatchObject({
      ok: false,
      id: "1",
      detail: "larger than 4194304 bytes",
    });
    expect(parseFrame(of(MAX_FRAME_BYTES / 2, "€"))).toMatchObject({
      ok: false,
      detail: "larger than 4194304 bytes",
    });
  });

  test("millions of brackets", () => {
    expect(parseFrame("[".repeat(4_000_000))).toMatchObject({
      ok: false,
      detail: "nested deeper than 64 levels",
    });
    expect(parseFrame(`[2,"1","A",${'{"a":'.repeat(500_000)}`)).toMatchObject({ ok: false, id: "1" });
  });

  test("details do not repeat the text", () => {
    const parsed = parseFrame('{"idToken":"31415926","type":"KeyCode"} 271828');
    expect(parsed).toMatchObject({ ok: false });
    expect(JSON.stringify(parsed)).not.toMatch(/31415926|271828/);
  });

  test("a binary message becomes a text that is no frame", () => {
    const text = binaryText(Buffer.from('[2,"1","Reset",{"type":"Hard"}]'));
    expect(text).toBe(
      "<binary message of 31 bytes: 5b322c2231222c225265736574222c7b2274797065223a2248617264227d5d>",
    );
    expect(parseFrame(text).ok).toBe(false);
    expect(binaryText(new Uint8Array(1000)).length).toBeLessThan(120);
  });
});

describe("encoding", () => {
  const error = (code: string, description = "", details: unknown = undefined): Frame => ({
    type: "CALLERROR",
    id: "1",
    code,
    description,
    details,
  });

  test.each([
    ["FormatViolation", "FormationViolation", "FormatViolation"],
    ["OccurrenceConstraintViolation", "OccurenceConstraintViolation", "OccurrenceConstraintViolation"],
    ["RpcFrameworkError", "FormationViolation", "RpcFrameworkError"],
    ["MessageTypeNotSupported", "NotSupported", "MessageTypeNotSupported"],
    ["FormationViolation", "FormationViolation", "FormatViolation"],
    ["GenericError", "GenericError", "GenericError"],
    ["constructor", "constructor", "constructor"],
  ])("%s is spelled %s in 1.6 and %s in 2.0.1", (code, v16, v201) => {
    expect(encodeFrame(error(code), "1.6")).toBe(`[4,"1","${v16}","",{}]`);
    expect(encodeFrame(error(code), "2.0.1")).toBe(`[4,"1","${v201}","",{}]`);
  });

  test("descriptions have at most 255 characters and no half ones", () => {
    for (const text of ["x".repeat(300), `x${"🔌".repeat(200)}`, "🔌".repeat(200)]) {
      const [, , , description] = JSON.parse(encodeFrame(error("GenericError", text), "1.6"));
      expect(description.length).toBeLessThanOrEqual(255);
      expect(description.length).toBeGreaterThan(252);
      expect(JSON.stringify(description)).not.toContain("\\ud");
    }
    expect(clip("abc", 3)).toBe("abc");
  });

  test("what is not there is an empty object", () => {
    expect(encodeFrame({ type: "CALL", id: "1", action: "Heartbeat", payload: undefined }, "1.6")).toBe(
      '[2,"1","Heartbeat",{}]',
    );
    expect(encodeFrame({ type: "CALLRESULT", id: "1", payload: undefined }, "1.6")).toBe('[3,"1",{}]');
  });

  const id = fc.string({ minLength: 1, maxLength: 36 });
  const payload = fc.dictionary(
    fc.string().filter((k) => k !== "__proto__"),
    fc.jsonValue({ maxDepth: 4 }),
  );
  const plain = (v: unknown) => JSON.parse(JSON.stringify(v));

  test("what is encoded is read back, whatever the version", () => {
    const action = fc.string({ minLength: 1, maxLength: 50 });
    const frame: fc.Arbitrary<Frame> = fc.oneof(
      fc.record({ type: fc.constantFrom("CALL" as const, "SEND" as const), id, action, payload }),
      fc.record({ type: fc.constant("CALLRESULT" as const), id, payload }),
      fc.record({
        type: fc.constantFrom("CALLERROR" as const, "CALLRESULTERROR" as const),
        id,
        code: fc.constantFrom("GenericError", "InternalError"),
        description: fc.string({ maxLength: 255 }),
        details: payload,
      }),
    );
    fc.assert(
      fc.property(frame, fc.constantFrom("1.6" as const, "2.0.1" as const), (f, version) => {
        fc.pre(!JSON.stringify(f).includes("__proto__"));
        expect(parseFrame(encodeFrame(f, version))).toEqual({ ok: true, frame: plain(f) });
      }),
    );
  });
});

describe("total on any input", () => {
  const check = (text: string) => {
    const parsed = parseFrame(text);
    expect(recordOf("in", text).raw).toBe(text);
    if (parsed.ok) {
      expect(parsed.frame.id.length).toBeGreaterThan(0);
      expect(parsed.frame.id.length).toBeLessThanOrEqual(36);
    } else expect(parsed.detail.length).toBeLessThan(200);
  };

  test("any text", () => {
    fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 200 }), check), { numRuns: 500 });
  });

  test("any JSON", () => {
    fc.assert(fc.property(fc.json({ maxDepth: 8 }), check), { numRuns: 500 });
  });

  test("any array that looks like a frame", () => {
    const element = fc.oneof(fc.jsonValue(), fc.constantFrom("__proto__", "", "1", -1, 2, 3, 4, 5, 6, {}));
    const list = fc.tuple(
      fc.constantFrom(1, 2, 3, 4, 5, 6, 7, 2.5, "2", null),
      fc.array(element, { maxLength: 6 }),
    );
    fc.assert(
      fc.property(list, ([type, rest]) => check(JSON.stringify([type, ...rest]))),
      { numRuns: 500 },
    );
  });

  test("any distortion of a good frame", () => {
    const good = '[2,"19223201","BootNotification",{"chargePointVendor":"V\\u00e9","list":[{"a":[1]}]}]';
    const at = fc.nat(good.length);
    fc.assert(
      fc.property(at, at, fc.string({ maxLength: 3 }), (a, b, by) =>
        check(good.slice(0, a) + by + good.slice(b)),
      ),
      { numRuns: 500 },
    );
  });

  test("nesting is counted outside of strings only", () => {
    const brackets = '["{[[["]';
    expect(nestsWithin(brackets, 1)).toBe(true);
    expect(nestsWithin('["\\"[[["]', 1)).toBe(true);
    expect(nestsWithin("[[]]", 1)).toBe(false);
    expect(nestsWithin("[[],[],[],[]]", 2)).toBe(true);
  });
});

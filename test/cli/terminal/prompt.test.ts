import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { stationVerbs } from "../../../src/app/verbs.ts";
import { type KeyContext, keyHelp, keys, randomUid, shortKeyHelp } from "../../../src/cli/terminal/keys.ts";
import { editPrompt, emptyPrompt, type Key, type Prompt } from "../../../src/cli/terminal/prompt.ts";
import { CardUid } from "../../../src/station/card.ts";
import { wrap } from "../../../src/util/text.ts";
import { someStatus } from "../../support/control.ts";

function type(...pressed: readonly (string | Key)[]): Prompt | string {
  let prompt = emptyPrompt("UID");
  for (const key of pressed.flatMap((k): Key[] =>
    typeof k === "string" ? [...k].map((c) => ({ sequence: c, name: c })) : [k],
  )) {
    const edited = editPrompt(prompt, key);
    if (edited.kind !== "edit") return edited.kind === "enter" ? `enter ${edited.text}` : "escape";
    prompt = edited.prompt;
  }
  return prompt;
}

const key = (name: string, ctrl = false): Key => ({ name, ctrl, sequence: "\u0000" });

describe("the prompt", () => {
  it.each([
    [["04A2", key("return")], "enter 04A2"],
    [["04A2", key("backspace"), "3", key("return")], "enter 04A3"],
    [["042", key("left"), "A", key("return")], "enter 04A2"],
    [["4A2", key("home"), "0", key("end"), "4", key("return")], "enter 04A24"],
    [["x04A2", key("a", true), key("delete"), key("return")], "enter 04A2"],
    [["junk", key("u", true), "04", key("return")], "enter 04"],
    [["plug one", key("w", true), "1", key("return")], "enter plug 1"],
    [["04", key("escape")], "escape"],
    [["04", key("c", true)], "escape"],
    [["04", key("f1"), { sequence: "é" }, { sequence: "\u0007" }, key("return")], "enter 04"],
  ])("%j gives %j", (pressed, expected) => {
    expect(type(...pressed)).toBe(expected);
  });

  it("keeps the cursor within a bounded text of printable characters", () => {
    const anyKey = fc.record({
      name: fc.constantFrom(
        "left",
        "right",
        "backspace",
        "delete",
        "home",
        "end",
        "a",
        "w",
        "constructor",
        undefined,
      ),
      sequence: fc.string({ maxLength: 2 }),
      ctrl: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(anyKey, { maxLength: 50 }), (pressed) => {
        const end = type(...pressed);
        if (typeof end === "string") return;
        expect(end.text).toMatch(/^[\x20-\x7e]*$/);
        expect(end.cursor).toBeGreaterThanOrEqual(0);
        expect(end.cursor).toBeLessThanOrEqual(end.text.length);
      }),
    );
    expect((type("x".repeat(2000)) as Prompt).text).toHaveLength(500);
  });
});

describe("the keys", () => {
  const at: KeyContext = {
    status: someStatus,
    knownCard: "04A2241BC85E80",
    lastUid: "04AABBCCDDEEFF",
    held: false,
    networkDown: false,
    newUid: () => "04000000000001",
  };

  it.each([
    ["t", at, { line: "tap 04A2241BC85E80" }],
    ["t", { ...at, knownCard: undefined }, { say: expect.stringContaining("No card is known") }],
    ["n", at, { line: "tap 04000000000001" }],
    ["r", at, { line: "tap 04AABBCCDDEEFF" }],
    ["r", { ...at, lastUid: undefined }, { say: expect.any(String) }],
    ["h", at, { line: "hold 04AABBCCDDEEFF" }],
    ["h", { ...at, held: true }, { line: "remove" }],
    ["w", at, { line: "network down" }],
    ["w", { ...at, networkDown: true }, { line: "network up" }],
    ["m", at, { line: "power cut" }],
    ["m", { ...at, status: { ...someStatus, powered: false } }, { line: "power restore" }],
    ["u", at, { prompt: "UID", before: "tap " }],
  ])("%s does what fits", (name, context, action) => {
    expect(keys[name]?.press(context)).toEqual(action);
  });

  it("speak the vocabulary: every line they make is understood", () => {
    for (const row of Object.values(keys)) {
      const action = row.press(at);
      if ("line" in action) expect(stationVerbs.parse(action.line).ok).toBe(true);
    }
  });

  it("are all in the help, and the short help names them on two lines", () => {
    expect(keyHelp()).toHaveLength(Object.keys(keys).length);
    expect(shortKeyHelp.split(" · ").map((part) => part[0])).toEqual(Object.keys(keys));
    const rows = wrap(`  to tap   ${shortKeyHelp}`, 80, 11);
    expect(rows).toHaveLength(2);
  });

  it("make UIDs that cards have, each another", () => {
    const uids = Array.from({ length: 20 }, randomUid);
    expect(new Set(uids).size).toBe(20);
    for (const uid of uids) expect(CardUid.parse(uid).hex).toMatch(/^04[0-9A-F]{12}$/);
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Screen } from "../../../src/cli/terminal/screen.ts";
import { clip, width, wrap } from "../../../src/util/text.ts";
import { FakeTerminal } from "../../support/terminal.ts";

describe("the screen", () => {
  it("keeps one status line below the log", () => {
    const terminal = new FakeTerminal();
    const screen = new Screen(terminal);
    screen.bottom({ text: "CP001 online" });
    screen.log("first");
    screen.log("second");
    screen.bottom({ text: "CP001 offline" });
    expect(terminal.lines).toEqual(["first", "second", "CP001 offline"]);
    expect(terminal.cursor).toEqual({ row: 2, col: 13 });
  });

  it("clips the status line to less than a row, and log lines where asked", () => {
    const terminal = new FakeTerminal(20);
    const screen = new Screen(terminal);
    screen.bottom({ text: "s".repeat(50) });
    screen.log("f".repeat(50), true);
    screen.log("e".repeat(25));
    expect(terminal.lines).toEqual([`${"f".repeat(19)}…`, "e".repeat(20), "eeeee", `${"s".repeat(18)}…`]);
  });

  it("leaves nothing behind when the terminal becomes narrower", () => {
    const terminal = new FakeTerminal(80);
    const screen = new Screen(terminal);
    screen.log("first");
    screen.bottom({ text: "s".repeat(79) });
    terminal.narrow(30);
    screen.redraw();
    expect(terminal.lines).toEqual(["first", `${"s".repeat(28)}…`]);
  });

  it("shows a prompt with its cursor, scrolled where it is long", () => {
    const terminal = new FakeTerminal(20);
    const screen = new Screen(terminal);
    screen.bottom({ text: "UID> 04A2", cursor: 7 });
    expect(terminal.lines).toEqual(["UID> 04A2"]);
    expect(terminal.cursor.col).toBe(7);
    screen.bottom({ text: `UID> ${"0123456789".repeat(3)}`, cursor: 35 });
    expect(terminal.lines).toEqual(["234567890123456789"]);
    expect(terminal.cursor.col).toBe(18);
  });

  it("takes its line away when closed, and still logs", () => {
    const terminal = new FakeTerminal();
    const screen = new Screen(terminal);
    screen.bottom({ text: "status" });
    screen.close();
    screen.close();
    screen.bottom({ text: "never" });
    screen.redraw();
    screen.log("after");
    expect(terminal.lines).toEqual(["after", ""]);
  });

  it("works where the terminal does not know its size", () => {
    const out = { text: "", write: (t: string) => (out.text += t) };
    new Screen(out).bottom({ text: "x".repeat(100) });
    expect(width(out.text.replace("\r\x1b[0J", ""))).toBe(79);
  });
});

describe("wrapping", () => {
  it.each([
    ["one two three", 80, 2, ["one two three"]],
    ["one two three", 8, 2, ["one two", "  three"]],
    ["  a bb ccc", 5, 2, ["  a", "  bb", "  ccc"]],
    ["endless-word x", 5, 2, ["endless-word", "  x"]],
    ["\x1b[31mone two\x1b[39m", 5, 0, ["\x1b[31mone", "two\x1b[39m"]],
  ])("%j to %i is %j", (text, columns, indent, rows) => {
    expect(wrap(text, columns, indent)).toEqual(rows);
  });
});

describe("clipping", () => {
  it.each([
    ["plain", 5, "plain"],
    ["plain", 4, "pla…"],
    ["\x1b[31mred text\x1b[39m", 4, "\x1b[31mred…\x1b[0m"],
    ["\x1b[31mred\x1b[39m", 3, "\x1b[31mred\x1b[39m"],
    ["卡卡卡", 5, "卡卡…"],
    ["卡卡卡", 4, "卡…"],
  ])("%j to %i is %j", (text, columns, expected) => {
    expect(clip(text, columns)).toBe(expected);
  });

  it("never gives more columns than asked for", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.integer({ min: 2, max: 100 }), (text, columns) => {
        expect(width(clip(text, columns))).toBeLessThanOrEqual(columns);
      }),
    );
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { clip, defined, idIfFits, limitSetting } from "../../src/ocpp/wire.ts";
import { obligingStation } from "./support.ts";

describe("what the dialects share", () => {
  it("leaves out what is undefined, and nothing else", () => {
    expect(defined({ a: undefined, b: null, c: 0, d: "", e: false })).toEqual({
      b: null,
      c: 0,
      d: "",
      e: false,
    });
  });

  it("clips texts to characters, never through the middle of one (property)", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.nat({ max: 40 }), (text, max) => {
        const clipped = clip(text, max);
        expect(text.startsWith(clipped)).toBe(true);
        expect(Array.from(clipped).length).toBeLessThanOrEqual(max);
        expect(clipped).not.toMatch(/[\uD800-\uDBFF]$/);
      }),
    );
    expect(clip("⚡🔌⚡", 2)).toBe("⚡🔌");
  });

  it("keeps an id whole or leaves it out", () => {
    expect(idIfFits("12345", 5)).toBe("12345");
    expect(idIfFits("123456", 5)).toBeUndefined();
    expect(idIfFits("", 5)).toBeUndefined();
    expect(idIfFits(undefined, 5)).toBeUndefined();
  });

  it.each([
    ["10", 10],
    ["", undefined],
    ["many", undefined],
    [undefined, undefined],
  ])("reads the limit %j as %s", (value, limit) => {
    const setting = value === undefined ? { readOnly: true } : { value, readOnly: true };
    expect(limitSetting(obligingStation({}, { Limit: setting }).commands, "Limit")).toBe(limit);
    expect(limitSetting(obligingStation().commands, "Limit")).toBeUndefined();
  });
});
